/// What a logging system put around a line of text: `{"log":"…","stream":"stdout","time":"…"}`,
/// `{"MESSAGE":"…","__REALTIME_TIMESTAMP":"…"}`, `2026-11-22T09:45:19.146Z stdout F …`.
struct LogEnvelope {
    /// The text inside, in lines.
    let lines: [[UInt8]]
    /// Whether the text was written as an array of bytes.
    let isEncoded: Bool
    /// Whether the text goes on in the next envelope: as it says, or as it seems where it has no newline at its end.
    let isPiece: Bool
    /// What the object's other members tell.
    private(set) var told: LogPrefix

    /// What the member with the text is called, in lower case.
    private static let names = Set(["log", "message", "msg", "line", "text", "short_message", "textpayload"])

    /// `nil` where nothing is around a line.
    init?(_ line: [UInt8]) {
        if let first = line.first, isDigit(first) { self.init(runtime: line) } else { self.init(object: line) }
    }

    /// A container runtime's: a time, the stream, `P` for a piece or `F` for the last one, the text.
    private init?(runtime line: [UInt8]) {
        guard Self.isRuntimes(line[...]) else { return nil }
        let parts = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[2].count == 1,
            parts[2].first == UInt8(ascii: "P") || parts[2].first == UInt8(ascii: "F"),
            let time = LogTime.first(in: parts[0])
        else { return nil }
        lines = [Array(parts[3])]
        isEncoded = true
        isPiece = parts[2].first == UInt8(ascii: "P")
        told = LogPrefix()
        told.time = time
    }

    /// Whether the name of a stream stands behind a first word that begins with a digit.
    static func isRuntimes(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first, isDigit(first), let blank = line.firstIndex(of: 0x20) else { return false }
        let rest = line[(blank + 1)...]
        return rest.first == UInt8(ascii: "s")
            && (rest.starts(with: "stdout ".utf8) || rest.starts(with: "stderr ".utf8))
    }

    private init?(object line: [UInt8]) {
        guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}"),
            let object = (try? JSONTree(parsing: line))?.root, object["record"] == nil, object["messageType"] == nil
        else { return nil }
        var text: [UInt8]?
        var isEncoded = false
        var isContainer = false
        var told = LogPrefix()
        for (key, value) in object.members {
            let name = String(decoding: key.raw.dropFirst().dropLast(), as: UTF8.self).lowercased()
            if Self.names.contains(name) {
                if let string = value.text {
                    text = Array(string.utf8)
                } else if let bytes = Self.bytes(value) {
                    text = bytes
                    isEncoded = true
                }
            } else if name == "stream" {
                isContainer = true
            } else if let role = LogRole(named: key.raw) {
                if let string = value.text {
                    told.take(role, Array(string.utf8)[...])
                } else if value.kind == .number {
                    told.take(role, value.raw)
                }
            }
        }
        guard let text else { return nil }
        let clean = text.contains(0x1B) ? LineSplitter.withoutColours(text) : text
        lines = clean.split(separator: 0x0A).map { $0.last == 0x0D ? Array($0.dropLast()) : Array($0) }
        self.isEncoded = isEncoded
        isPiece = isContainer && text.last != 0x0A && (lines.last.map(LineJoiner.endsInFrame) ?? false)
        self.told = told
    }

    /// A text that is written as its bytes, since it has some that are no text.
    private static func bytes(_ value: JSONNode) -> [UInt8]? {
        guard value.isArray else { return nil }
        var bytes: [UInt8] = []
        for element in value.elements {
            guard let byte = element.integer, (0...255).contains(byte) else { return nil }
            bytes.append(UInt8(byte))
        }
        return bytes.isEmpty ? nil : bytes
    }
}
