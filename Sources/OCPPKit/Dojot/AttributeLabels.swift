/// What attributes are called in a template that was there before: by our label, its name, or `nil` for one that is
/// neither made nor published. What is not named keeps our label.
public struct AttributeLabels: Sendable, Equatable {
    private let names: [String: String?]
    private let labels: [String: String]

    public init(_ names: [String: String?] = [:]) {
        self.names = names
        labels = Dictionary(
            names.compactMap { label, name in name.map { ($0, label) } }, uniquingKeysWith: { first, _ in first })
    }

    public var isEmpty: Bool { names.isEmpty }

    /// Our labels and what they are called, in order.
    public var entries: [(label: String, name: String?)] {
        names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What an attribute of ours is called there; `nil` where it is left out.
    public func name(of label: String) -> String? {
        guard let name = names[label] else { return label }
        return name
    }

    /// Our label of an attribute that is called so.
    public func label(of name: String) -> String { labels[name] ?? name }

    /// Reads `{"c1_power_W":"potencia","errorCode":null}`.
    ///
    /// - Throws: what is wrong, for people.
    public init(parsing bytes: [UInt8]) throws(DojotMappingError) {
        do {
            try self.init(JSONTree(parsing: bytes).root)
        } catch let error as DojotMappingError {
            throw error
        } catch {
            throw DojotMappingError(text: "\(error)")
        }
    }

    public init(_ node: JSONNode) throws(DojotMappingError) {
        guard node.isObject else { throw DojotMappingError(text: "not an object of labels and names") }
        var names: [String: String?] = [:]
        var owners: [String: String] = [:]
        for (key, value) in node.members {
            let label = key.text ?? ""
            if value.isNull {
                names[label] = .some(nil)
                continue
            }
            guard let name = value.text, Self.isAllowed(name) else {
                throw DojotMappingError(
                    text: "\(label): not a name that DOJOT takes: letters, digits, _ and -, at most 128")
            }
            guard name != "timestamp" else {
                throw DojotMappingError(text: "\(label): DOJOT takes timestamp for the time of a message")
            }
            if let other = owners.updateValue(label, forKey: name) {
                throw DojotMappingError(text: "\(label) and \(other) are both called \(name)")
            }
            names[label] = name
        }
        self.init(names)
    }

    private static func isAllowed(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// Why names of attributes cannot be taken; the text is for people.
public struct DojotMappingError: Error, Sendable, Equatable {
    public let text: String
}

extension DojotAttributes {
    /// The same values under the names that a template has for them.
    public func renamed(_ labels: AttributeLabels) -> DojotAttributes {
        guard !labels.isEmpty else { return self }
        var renamed = DojotAttributes()
        for (label, value) in values {
            if let name = labels.name(of: label) { renamed.set(name, value) }
        }
        return renamed
    }
}

extension DojotAttributes {
    /// The same values with hashes in place of idTags: the same tag has the same hash, and nobody reads it by chance.
    public var withHashedTags: DojotAttributes {
        var hashed = DojotAttributes()
        for (label, value) in values {
            if label.hasSuffix("_" + ConnectorAttribute.idTag.rawValue), let tag = value.text {
                hashed.set(label, .string(SHA256.hexadecimal(of: Array(tag.utf8))))
            } else {
                hashed.set(label, value)
            }
        }
        return hashed
    }
}
