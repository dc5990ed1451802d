/// One idTag of the authorisation list, and what is known of it (OCPP 1.6, section 7.27, IdTagInfo).
public struct Tag: Sendable, Equatable {
    /// At most 20 characters, compared without regard to case (IdToken, section 7.28).
    public var idTag: String
    public var status: AuthorizationStatus
    /// The group that it belongs to: tags of one group may stop each other's transactions.
    public var parentIdTag: String?
    /// From then on the tag is Expired.
    public var expiryDate: Timestamp?

    public init(
        _ idTag: String, _ status: AuthorizationStatus = .accepted, parentIdTag: String? = nil,
        expiryDate: Timestamp? = nil
    ) {
        self.idTag = idTag
        self.status = status
        self.parentIdTag = parentIdTag
        self.expiryDate = expiryDate
    }

    /// The status at a time: a tag that would be accepted is Expired once its date has come.
    public func status(at now: Timestamp) -> AuthorizationStatus {
        if status == .accepted, let expiryDate, expiryDate <= now { return .expired }
        return status
    }

    /// The same for two spellings of one idTag.
    public static func key(_ idTag: String) -> String { idTag.lowercased() }
    public var key: String { Tag.key(idTag) }
}

/// Why a text is no tag: for people, without the place.
public struct TagError: Error, Sendable, Equatable {
    public let message: String
    public init(message: String) { self.message = message }
}

// As JSON.
extension Tag {
    /// Reads `{"idTag","status","parentIdTag","expiryDate"}`; all but the first may be absent.
    public init(_ node: JSONNode) throws(TagError) {
        guard let idTag = node["idTag"]?.text else { throw TagError(message: #"not an object with "idTag""#) }
        self.init(try Tag.checked(idTag, "idTag"))
        try read(node)
    }

    /// Reads an element of a local list, `{"idTag","idTagInfo":{…}}` (AuthorizationData, section 7.1); `nil` where
    /// the element takes its idTag off the list.
    public init?(authorizationData node: JSONNode) throws(TagError) {
        guard let idTag = node["idTag"]?.text else { throw TagError(message: #"not an object with "idTag""#) }
        guard let info = node["idTagInfo"], info.isObject else { return nil }
        self.init(idTag)
        try read(info)
    }

    private mutating func read(_ node: JSONNode) throws(TagError) {
        parentIdTag = try node["parentIdTag"]?.text.map { text throws(TagError) in
            try Tag.checked(text, "parentIdTag")
        }
        if let text = node["status"]?.text {
            guard let status = AuthorizationStatus(rawValue: text) else {
                let names = AuthorizationStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw TagError(message: "status \(text) is none of \(names)")
            }
            self.status = status
        }
        if let text = node["expiryDate"]?.text {
            guard let time = Timestamp.read(text)?.time else {
                throw TagError(message: "expiryDate \(text) is no time")
            }
            expiryDate = time
        }
    }

    /// - Throws: where the text is no IdToken: empty, or of more than 20 characters.
    public static func checked(_ idTag: String, _ name: String = "idTag") throws(TagError) -> String {
        guard !idTag.isEmpty else { throw TagError(message: "the \(name) is empty") }
        guard idTag.unicodeScalars.count <= 20 else {
            throw TagError(message: "the \(name) has \(idTag.unicodeScalars.count) characters, limit 20")
        }
        return idTag
    }

    /// Writes what `init(_:)` reads.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("idTag", idTag)
        writer.member("status", status.rawValue)
        writer.member("parentIdTag", parentIdTag)
        writer.member("expiryDate", expiryDate)
        writer.endObject()
    }

    /// Writes what `init(authorizationData:)` reads: an element of SendLocalList's `localAuthorizationList`.
    public func writeAuthorizationData(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("idTag", idTag)
        writer.member("idTagInfo", IdTagInfo(status, expiryDate: expiryDate, parentIdTag: parentIdTag))
        writer.endObject()
    }
}

/// Tags by idTag, whatever its case.
public struct TagList: Sendable, Equatable {
    private var tags: [String: Tag] = [:]

    public init(_ tags: [Tag] = []) {
        for tag in tags { put(tag) }
    }

    public var count: Int { tags.count }
    public var isEmpty: Bool { tags.isEmpty }

    public subscript(_ idTag: String) -> Tag? { tags[Tag.key(idTag)] }

    /// Adds the tag, or replaces the one of the same idTag.
    public mutating func put(_ tag: Tag) { tags[tag.key] = tag }
    public mutating func remove(_ idTag: String) { tags[Tag.key(idTag)] = nil }
}

/// A change of the stored authorisation list. To block a tag or to let it expire is to put it again.
public enum TagChange: Sendable, Equatable {
    /// Adds the tag, or replaces the one of the same idTag.
    case put(Tag)
    /// Takes the idTag off the list; nothing where it is not on it.
    case remove(idTag: String)
}
