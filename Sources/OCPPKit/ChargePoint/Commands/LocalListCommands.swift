extension Command {
    static let localAuthListManagement: [String: Command] = [
        "GetLocalListVersion": Command(reading: { chargePoint, _ in
            .object([("listVersion", .integer(chargePoint.localListVersion))])
        }),
        "SendLocalList": Command(reading: { $0.sendLocalList(&$1) }),
    ]
}

/// The tags that a charge point accepts by itself (section 3.5.2).
struct LocalAuthorizationList: Sendable {
    /// 0 where the list is empty.
    private(set) var version: Int64 = 0
    /// By idTag in small letters: idTags do not tell capital letters from small ones.
    private var entries: [String: IdTagInfo] = [:]

    subscript(_ idTag: String) -> IdTagInfo? { entries[idTag.lowercased()] }

    enum UpdateError: Error { case failed, versionMismatch }

    /// Does what SendLocalList says, or nothing (section 5.15).
    ///
    /// - Parameter maximum: how many entries there is room for.
    mutating func update(
        isFull: Bool, version: Int64, changes: [(idTag: String, info: IdTagInfo?)], maximum: Int
    ) throws(UpdateError) {
        guard version > 0, Set(changes.map { $0.idTag.lowercased() }).count == changes.count else { throw .failed }
        guard isFull || version > self.version else { throw .versionMismatch }
        var updated = isFull ? [:] : entries
        for (idTag, info) in changes {
            // In a full list an entry without information says nothing.
            if isFull, info == nil { throw .failed }
            updated[idTag.lowercased()] = info
        }
        guard updated.count <= maximum else { throw .failed }
        entries = updated
        self.version = updated.isEmpty ? 0 : version
    }
}

extension SimulatedChargePoint {
    private var isLocalListEnabled: Bool { configuration.isTrue("LocalAuthListEnabled") }

    /// −1 says that there is no list.
    fileprivate var localListVersion: Int64 { isLocalListEnabled ? localList.version : -1 }

    /// What the list says of a tag now; `nil` where it is not on it, or the list is off.
    func localStatus(of idTag: String) -> AuthorizationStatus? {
        guard isLocalListEnabled, let info = localList[idTag] else { return nil }
        if let expiry = info.expiryDate, expiry < now { return .expired }
        return info.status?.known ?? .invalid
    }

    fileprivate mutating func sendLocalList(_ request: inout PayloadReader) -> JSONValue {
        guard isLocalListEnabled else { return .status("NotSupported") }
        let elements = Array(request.elements("localAuthorizationList"))
        guard elements.count <= configuration.integer("SendLocalListMaxLength") else { return .status("Failed") }
        let changes = elements.map { element in
            var reader = PayloadReader(element)
            return (idTag: reader.idToken("idTag") ?? "", info: IdTagInfo.read(of: &reader))
        }
        do {
            try localList.update(
                isFull: request.text("updateType") == "Full", version: request.integer("listVersion") ?? 0,
                changes: changes, maximum: Int(configuration.integer("LocalAuthListMaxLength")))
            return .status("Accepted")
        } catch {
            return .status(error == .versionMismatch ? "VersionMismatch" : "Failed")
        }
    }
}
