/// What the central system knows of an idTag (section 7.27).
public struct IdTagInfo: Sendable {
    public var status: Open<AuthorizationStatus>?
    /// When the entry leaves the charge point's authorization cache.
    public var expiryDate: Timestamp?
    /// The tag of the group that this one belongs to; tags of one group may stop each other's transactions.
    public var parentIdTag: String?

    public init(_ status: AuthorizationStatus, expiryDate: Timestamp? = nil, parentIdTag: String? = nil) {
        self.status = .known(status)
        self.expiryDate = expiryDate
        self.parentIdTag = parentIdTag
    }

    /// Reads the member `idTagInfo`.
    static func read(of reader: inout PayloadReader) -> IdTagInfo? {
        guard let node = reader.object("idTagInfo") else { return nil }
        var infoReader = PayloadReader(node)
        var info = IdTagInfo(.accepted)
        info.status = infoReader.open("status")
        info.expiryDate = infoReader.time("expiryDate")
        info.parentIdTag = infoReader.idToken("parentIdTag")
        reader.note(infoReader.repairs)
        return info
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status)
        writer.member("expiryDate", expiryDate)
        writer.member("parentIdTag", parentIdTag)
        writer.endObject()
    }

    static let shape = ObjectShape([
        .optional("expiryDate", .dateTime),
        .optional("parentIdTag", .idToken),
        .required("status", .one(of: AuthorizationStatus.self)),
    ])
}

extension JSONWriter {
    mutating func member(_ name: StaticString, _ value: IdTagInfo?) {
        guard let value else { return }
        key(name)
        value.write(to: &self)
    }
}

/// Whether a tag may charge (section 7.2).
public enum AuthorizationStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case blocked = "Blocked"
    case expired = "Expired"
    case invalid = "Invalid"
    /// The tag is in another transaction already.
    case concurrentTx = "ConcurrentTx"
}

/// Whether a remote start or stop will be tried (section 7.39).
public enum RemoteStartStopStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
}
