import OCPPKit

/// Templates and devices of DOJOT's device manager.
struct DeviceManager: Sendable {
    let session: DojotSession

    /// A device with the attributes of a charge point takes about 10 kB, so a page is well below 1 MB.
    private static let pageSize = 50

    /// The templates of exactly this label.
    func templates(labelled label: String) async throws(DojotFailure) -> [RemoteTemplate] {
        var found: [RemoteTemplate] = []
        try await eachRow(of: "template", query: "&attr_format=single" + filter(label)) { row in
            guard let template = RemoteTemplate(row) else { return false }
            if template.label == label { found.append(template) }
            return true
        }
        return found
    }

    /// The devices of exactly this label, or all there are.
    func devices(labelled label: String? = nil) async throws(DojotFailure) -> [RemoteDevice] {
        var found: [RemoteDevice] = []
        try await eachRow(of: "device", query: label.map(filter) ?? "") { row in
            guard let device = RemoteDevice(row) else { return false }
            if label == nil || device.label == label { found.append(device) }
            return true
        }
        return found
    }

    func createTemplate(label: String, attributes: [RemoteAttribute]) async throws(DojotFailure) -> RemoteTemplate {
        let answer = try await session.send("POST", "/template", body: templateBody(label, attributes))
        return try template(in: answer, under: "template")
    }

    func updateTemplate(
        _ id: Int64, label: String, attributes: [RemoteAttribute]
    ) async throws(DojotFailure) -> RemoteTemplate {
        let answer = try await session.send("PUT", "/template/\(id)", body: templateBody(label, attributes))
        return try template(in: answer, under: "updated")
    }

    /// Makes a device and gives its id.
    func create(_ device: RemoteDevice) async throws(DojotFailure) -> String {
        let answer = try await session.send("POST", "/device", body: device.body)
        for row in answer.root["devices"]?.elements.map({ $0 }) ?? [] {
            if let id = row["id"]?.text { return id }
        }
        throw .unexpectedAnswer("POST /device gave no device")
    }

    func update(_ device: RemoteDevice) async throws(DojotFailure) {
        _ = try await session.send("PUT", "/device/\(device.id)", body: device.body)
    }

    // MARK: -

    /// A list that grows while it is read may bring a page that was seen; not one after the other.
    private static let idlePagesAtMost = 10

    /// Reads all pages of a list. A row that comes twice, because the list grew meanwhile, is taken once.
    private func eachRow(
        of kind: String, query: String, take: (JSONNode) -> Bool
    ) async throws(DojotFailure) {
        var seen: Set<[UInt8]> = []
        var page = 1
        // Pages in a row that brought nothing new.
        var idlePages = 0
        while true {
            let path = "/\(kind)?page_size=\(Self.pageSize)&page_num=\(page)\(query)"
            let answer = try await session.send("GET", path).root
            guard let rows = answer.member(named: "\(kind)s"), rows.isArray, let pagination = answer["pagination"]
            else { throw .unexpectedAnswer("GET /\(kind) gave no list") }
            let known = seen.count
            for row in rows.elements {
                guard let id = row["id"] else { throw .unexpectedAnswer("GET /\(kind) gave a row without id") }
                if seen.insert(Array(id.raw)).inserted && !take(row) {
                    throw .unexpectedAnswer("GET /\(kind) gave a \(kind) that lacks something")
                }
            }
            guard pagination["has_next"]?.boolean == true else { return }
            idlePages = seen.count == known ? idlePages + 1 : 0
            guard idlePages < Self.idlePagesAtMost else {
                throw .unexpectedAnswer("GET /\(kind) gave pages without end")
            }
            page += 1
        }
    }

    /// Narrows a list down to labels that contain this one. Wildcards in it let others through, which does no harm;
    /// a backslash would hide the very one that is looked for, so then all are read.
    private func filter(_ label: String) -> String {
        label.contains("\\") ? "" : "&label=\(percentEncoded(label))"
    }

    private func templateBody(_ label: String, _ attributes: [RemoteAttribute]) -> JSONValue {
        .object([("label", .string(label)), ("attrs", .array(attributes.map(\.body)))])
    }

    private func template(in answer: JSONTree, under name: String) throws(DojotFailure) -> RemoteTemplate {
        guard let template = answer.root.member(named: name).flatMap({ RemoteTemplate($0) }) else {
            throw .unexpectedAnswer("a template was changed, and its answer gave none")
        }
        return template
    }
}

/// For use within a query: all but unreserved characters (RFC 3986) as UTF-8 in `%XX`.
func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch Unicode.Scalar(byte) {
        case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~":
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
        }
    }
    return encoded
}
