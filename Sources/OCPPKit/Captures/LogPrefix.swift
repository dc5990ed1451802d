/// What a log tells about a frame: the text before it, or the values beside it.
struct LogPrefix {
    /// What a capture tells of the packet that a frame came in.
    struct Packet {
        var time: LogTime?
        var number: Int?
        var sourcePort: Int?
        var destinationPort: Int?
        var isMasked: Bool?

        /// A client masks what it sends. Without the mask the ports tell: of two, a server's is the lower one; one alone
        /// is a server's where it is below those that systems give to clients.
        var mark: DirectionMark? {
            func sent(byClient: Bool) -> DirectionMark {
                DirectionMark(text: "", meaning: .absolute(byClient ? .fromChargePoint : .fromCentralSystem))
            }
            if let isMasked { return sent(byClient: isMasked) }
            switch (sourcePort, destinationPort) {
            case (let source?, let destination?):
                return source == destination ? nil : sent(byClient: source > destination)
            case (let source?, nil): return sent(byClient: source >= Packet.firstClientPort)
            case (nil, let destination?): return sent(byClient: destination < Packet.firstClientPort)
            case (nil, nil): return nil
            }
        }

        private static let firstClientPort = 32_768

        mutating func complete(by other: Packet) {
            time = time ?? other.time
            number = number ?? other.number
            sourcePort = sourcePort ?? other.sourcePort
            destinationPort = destinationPort ?? other.destinationPort
            isMasked = isMasked ?? other.isMasked
        }
    }

    private var writtenTime: LogTime?
    private var writtenMark: DirectionMark?
    var chargePointId: String?
    private(set) var packet = Packet()
    private var isFromAddress = false

    var time: LogTime? {
        get { writtenTime ?? packet.time }
        set { writtenTime = newValue }
    }
    var mark: DirectionMark? {
        get { writtenMark ?? packet.mark }
        set { writtenMark = newValue }
    }

    /// A mark stands at most so far before its frame.
    private static let markWindow = 96
    /// Names and addresses are looked for so far before a frame.
    private static let nameWindow = 4096

    init() {}

    /// - Parameter text: what stands before the frame, from the line's start or the frame before.
    init(reading written: ArraySlice<UInt8>) {
        guard !written.isEmpty else { return }
        // Inside a quoted text, signs such as > may stand as escapes.
        let isEscaped = written.firstOffset(of: UInt8(ascii: "\\"), from: written.startIndex) != nil
        let text = isEscaped ? Unquoted.withoutEscapes(written)[...] : written
        time = LogTime.first(in: text)
        let near = text.suffix(LogPrefix.nameWindow)
        readNamedValues(near)
        if mark == nil, let (found, range) = LogPrefix.nearestMark(in: text) {
            mark = found
            if chargePointId == nil { chargePointId = LogPrefix.chargePointId(in: text, mark: range, found) }
        }
        if chargePointId == nil { chargePointId = LogPrefix.idInAddress(near) ?? LogPrefix.idInRequest(near) }
    }

    /// Takes from another what is not known here.
    mutating func complete(by other: LogPrefix) {
        writtenTime = writtenTime ?? other.writtenTime
        completeOrigin(by: other)
        completePacket(by: other)
    }

    /// The same, but for the direction: two frames on a line may go either way.
    mutating func completePlace(by other: LogPrefix) {
        time = time ?? other.time
        chargePointId = chargePointId ?? other.chargePointId
    }

    /// Whose frame it is and which way it went, as something around it tells.
    mutating func completeOrigin(by other: LogPrefix) {
        chargePointId = chargePointId ?? other.chargePointId
        writtenMark = writtenMark ?? other.writtenMark
    }

    /// What is said of the packet or the connection in another part of it.
    mutating func completePacket(by other: LogPrefix) {
        packet.complete(by: other.packet)
        if other.isFromAddress { chargePointId = chargePointId ?? other.chargePointId }
    }

    /// The mark that a value is as a whole: a CSV cell, a JSON member.
    static func mark(_ value: ArraySlice<UInt8>) -> DirectionMark? {
        let text = value.map(lowercased)
        guard let first = text.first else { return nil }
        if let (mark, end) = LogSides.mark(in: text[...], at: 0), end == text.count { return mark }
        return LogFormats.marksByFirstByte[Int(first)].first { $0.text == text && $0.mark.after == nil }?.mark
    }

    // MARK: name=value

    private mutating func readNamedValues(_ text: ArraySlice<UInt8>) {
        var position = text.startIndex
        while let equals = text.firstOffset(of: UInt8(ascii: "="), from: position) {
            position = equals + 1
            let name = text[..<equals].suffix(24)
            guard
                let start = name.lastIndex(where: { !LogPrefix.isWordByte($0) }).map({ $0 + 1 }) ?? name.indices.first,
                let role = LogRole(named: name[start...])
            else { continue }
            var value = text[position...]
            if value.first == UInt8(ascii: "\"") || value.first == UInt8(ascii: "'") { value = value.dropFirst() }
            let isAddress = role == .address
            value = value.prefix {
                LogPrefix.isIdByte($0) || $0 == UInt8(ascii: ":") || isAddress && $0 == UInt8(ascii: "/")
            }
            take(role, value)
        }
    }

    /// Notes a named value; what is known already stays.
    mutating func take(_ role: LogRole, _ value: ArraySlice<UInt8>) {
        func number() -> Int? { Int(String(decoding: value, as: UTF8.self)) }
        switch role {
        case .time: writtenTime = writtenTime ?? LogTime.value(value)
        case .chargePoint:
            if chargePointId == nil, !value.isEmpty, value.count <= 64 {
                chargePointId = String(decoding: value, as: UTF8.self)
            }
        case .direction: writtenMark = writtenMark ?? LogPrefix.mark(value)
        case .clientDirection:
            if writtenMark == nil, var mark = LogPrefix.mark(value) {
                mark.loggedBy = .chargePoint
                writtenMark = mark
            }
        case .address:
            if chargePointId == nil, let id = LogPrefix.idInAddress(value) ?? LogPrefix.idInPath(value) {
                chargePointId = id
                isFromAddress = true
            }
        case .packetTime: packet.time = packet.time ?? LogTime.value(value)
        case .packetNumber: packet.number = packet.number ?? number()
        case .sourcePort: packet.sourcePort = packet.sourcePort ?? number()
        case .destinationPort: packet.destinationPort = packet.destinationPort ?? number()
        case .mask:
            let text = String(decoding: value, as: UTF8.self).lowercased()
            if ["1", "true"].contains(text) { packet.isMasked = packet.isMasked ?? true }
            if ["0", "false"].contains(text) { packet.isMasked = packet.isMasked ?? false }
        }
    }

    // MARK: marks

    private static func nearestMark(in text: ArraySlice<UInt8>) -> (DirectionMark, Range<Int>)? {
        let limit = max(text.startIndex, text.endIndex - markWindow)
        var end = text.endIndex
        while let position = MarkStarts.last(in: limit..<end, of: text) {
            end = position
            if let (mark, end) = LogSides.mark(in: text, at: position), isDelimited(position..<end, in: text) {
                return (mark, position..<end)
            }
            let rows = LogFormats.marksByFirstByte[Int(lowercased(text[position]))]
            for row in rows.indices {
                // The last letter tells most words from each other.
                let end = position + rows[row].text.count
                guard end <= text.endIndex, lowercased(text[end - 1]) == rows[row].text[end - 1 - position] else {
                    continue
                }
                let (pattern, mark) = rows[row]
                if matches(pattern, mark, in: text, at: position), isDelimited(position..<end, in: text) {
                    return (mark, position..<end)
                }
            }
        }
        return nil
    }

    private static func matches(
        _ pattern: [UInt8], _ mark: DirectionMark, in text: ArraySlice<UInt8>, at start: Int
    ) -> Bool {
        let found = text[start..<start + pattern.count]
        guard found.elementsEqual(pattern, by: { lowercased($0) == $1 }) else { return false }
        if mark.isCaseSensitive, !found.elementsEqual(mark.text.utf8) { return false }
        guard let before = mark.after else { return true }
        return text[..<start].suffix(before.utf8.count).elementsEqual(before.utf8)
    }

    private static func isDelimited(_ range: Range<Int>, in text: ArraySlice<UInt8>) -> Bool {
        opensMark(at: range.lowerBound, in: text)
            && (range.upperBound == text.endIndex
                || delimits(text[range.upperBound], signAt: range.lowerBound, in: text))
    }

    /// Whether a mark may begin at an offset, as what stands before it says.
    private static func opensMark(at start: Int, in text: ArraySlice<UInt8>) -> Bool {
        start == text.startIndex || delimits(text[start - 1], signAt: start, in: text)
    }

    /// A word ends where an id would; a sign stands between blanks or at punctuation.
    private static func delimits(_ byte: UInt8, signAt start: Int, in text: ArraySlice<UInt8>) -> Bool {
        isWordByte(text[start]) ? !isIdByte(byte) : delimitsSigns(byte)
    }

    static func delimitsSigns(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"), UInt8(ascii: ","),
            UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "|"), UInt8(ascii: ";"):
            return true
        default: return false
        }
    }

    // MARK: charge points

    /// `recv CP1: [`, `CP1: send [`, `CP1 > [`.
    private static func chargePointId(in text: ArraySlice<UInt8>, mark range: Range<Int>, _ mark: DirectionMark)
        -> String?
    {
        let between = trimmed(text[range.upperBound...])
        if between.last == UInt8(ascii: ":") {
            var words = between.dropLast().split(separator: UInt8(ascii: " "))
            if words.count == 2, words[0].elementsEqual("from".utf8) || words[0].elementsEqual("to".utf8) {
                words.removeFirst()
            }
            if words.count == 1, let id = id(words[0]) { return id }
        }
        guard let last = text[..<range.lowerBound].last, isBlank(last) else { return nil }
        let before = text[..<range.lowerBound].dropLast()
        let isSign = !isWordByte(text[range.lowerBound])
        guard isSign != (before.last == UInt8(ascii: ":")) else { return nil }
        let word = (isSign ? before : before.dropLast())
        let start =
            word.lastIndex { isBlank($0) || (!isSign && $0 == UInt8(ascii: ":")) }.map { $0 + 1 } ?? word.startIndex
        return id(word[start...])
    }

    /// A word that can name a charge point: no time, no program, no brackets.
    private static func id(_ word: ArraySlice<UInt8>) -> String? {
        guard (1...64).contains(word.count), word.allSatisfy(isIdByte),
            !word.allSatisfy({ !isWordByte($0) })
        else { return nil }
        let text = String(decoding: word, as: UTF8.self)
        return LogFormats.noIds.contains(text.lowercased()) || LogTime.first(in: word) != nil ? nil : text
    }

    /// The last part of the path of a `ws://` or `wss://` address.
    private static func idInAddress(_ text: ArraySlice<UInt8>) -> String? {
        var rest = text
        while let colon = rest.firstOffset(of: UInt8(ascii: ":"), from: rest.startIndex) {
            rest = rest[(colon + 1)...]
            guard rest.first == UInt8(ascii: "/"), rest.starts(with: "//".utf8) else { continue }
            let scheme = text[..<colon].suffix(4).reversed().prefix { isWordByte($0) }.map { $0 | 0x20 }
            guard scheme == Array("sw".utf8) || scheme == Array("ssw".utf8) else {
                continue
            }
            let address = rest.dropFirst(2).prefix {
                isIdByte($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":")
            }
            if let id = lastComponent(address) { return id }
        }
        return nil
    }

    /// The last part of a path such as `/ocpp/CP001`.
    /// The last part of the path of the request for a WebSocket: `GET /ocpp/CP1 HTTP/1.1`.
    private static func idInRequest(_ text: ArraySlice<UInt8>) -> String? {
        let method = "GET /".utf8
        var rest = text
        while let start = rest.firstOffset(of: UInt8(ascii: "G"), from: rest.startIndex) {
            rest = rest[start...]
            let isWhole = start == text.startIndex || !isIdByte(text[start - 1])
            if isWhole, rest.starts(with: method) {
                return idInPath(rest.dropFirst(4).prefix { $0 > 0x20 && $0 != UInt8(ascii: "\"") })
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func idInPath(_ text: ArraySlice<UInt8>) -> String? {
        guard text.first == UInt8(ascii: "/"), text.dropFirst().contains(UInt8(ascii: "/")) else { return nil }
        return lastComponent(text.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    }

    private static func lastComponent(_ path: ArraySlice<UInt8>) -> String? {
        let path = path.last == UInt8(ascii: "/") ? path.dropLast() : path
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let last = path[(slash + 1)...]
        guard !last.isEmpty, last.allSatisfy(isIdByte) else { return nil }
        return String(decoding: Unquoted.percentEncoded(last), as: UTF8.self)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// Letters, digits and what charge point ids have besides.
    static func isIdByte(_ byte: UInt8) -> Bool {
        if isWordByte(byte) { return true }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "@"), UInt8(ascii: "|"),
            UInt8(ascii: "%"), UInt8(ascii: "+"):
            return true
        default: return false
        }
    }
}
