/// Follows JSON around frames, over as many lines as it has, and gathers what stands beside each frame: the members of
/// the object that holds it, and of those around that.
///
/// An array's elements are messages, packets, requests: times belong to the frames of one element alone; charge point and
/// direction are also taken from the objects around it. Memory is bounded: at most 1,000 frames wait for what comes after
/// them.
struct JSONOutline {
    /// A frame that waits until its object ends.
    struct Held {
        var content: FrameScanner.Finding.Content
        var told: LogPrefix
        let line: Int
        /// Its element has ended.
        fileprivate var isSettled = false

        init(content: FrameScanner.Finding.Content, told: LogPrefix, line: Int) {
            self.content = content
            self.told = told
            self.line = line
        }
    }

    private struct Level {
        let isObject: Bool
        /// Whether this is an element of an array, or the outermost value.
        let isElement: Bool
        /// What the name says that the elements, or an object's one value, are.
        let role: LogRole?
        /// Whether this object only says of what type its value is.
        var isTyped = false
        var told = LogPrefix()
        var held: [Held] = []
    }

    private static let maximumDepth = 64
    private static let maximumHeld = 1000

    private var levels: [Level] = []
    /// What the key before the next value says that it is.
    private var pendingRole: LogRole?
    /// Frames of which everything is known, in order.
    private(set) var ready: [Held] = []

    /// Whether the JSON text goes on after the lines so far.
    var isOpen: Bool { !levels.isEmpty }

    /// Reads on.
    ///
    /// - Returns: false where this is no JSON: then this value is of no use any more.
    mutating func follow(_ text: JoinedLine, from start: Int, _ findings: [FrameScanner.Finding]) -> Bool {
        let bytes = text.bytes
        var next = findings.firstIndex { $0.range.lowerBound >= start } ?? findings.endIndex
        var position = start
        var hasBegun = isOpen
        while position < bytes.count {
            let byte = bytes[position]
            if isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
                position += 1
                continue
            }
            // One value is the whole text.
            if !isOpen, hasBegun { return false }
            if next < findings.endIndex, findings[next].range.lowerBound == position {
                guard isOpen else { return false }
                hold(findings[next], LogPrefix(), text)
                position = findings[next].range.upperBound
                next += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard levels.count < JSONOutline.maximumDepth else { return false }
                let isElement = levels.last.map { !$0.isObject } ?? true
                levels.append(Level(isObject: byte == UInt8(ascii: "{"), isElement: isElement, role: pendingRole))
                pendingRole = nil
                hasBegun = true
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard let level = levels.last, level.isObject == (byte == UInt8(ascii: "}")) else { return false }
                close()
                position += 1
            case UInt8(ascii: "\""):
                guard isOpen, let end = stringEnd(bytes, from: position + 1) else { return false }
                takeString(bytes, position + 1, end, findings, &next, text)
                position = end + 1
            default:
                guard isOpen else { return false }
                let end = bytes[position...].firstIndex { !JSONOutline.scalarBytes.contains($0) } ?? bytes.count
                guard end > position else { return false }
                takeValue(bytes[position..<end])
                position = end
            }
        }
        return hasBegun
    }

    /// Gives what is ready.
    mutating func takeReady() -> [Held] {
        defer { ready = [] }
        return ready
    }

    /// The text breaks off: gives all that is held.
    mutating func finish() -> [Held] {
        while isOpen { close() }
        return takeReady()
    }

    // MARK: values

    /// Numbers, `true`, `false`, `null`.
    private static let scalarBytes = Set("0123456789+-.eEtrufalsn".utf8)

    private func stringEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position < bytes.count ? position : nil
    }

    private mutating func takeString(
        _ bytes: [UInt8], _ start: Int, _ end: Int, _ findings: [FrameScanner.Finding], _ next: inout Int,
        _ text: JoinedLine
    ) {
        var after = end + 1
        while after < bytes.count, isBlank(bytes[after]) { after += 1 }
        let isKey = levels[levels.count - 1].isObject && after < bytes.count && bytes[after] == UInt8(ascii: ":")
        let first = next
        var before = start
        while next < findings.endIndex, findings[next].range.lowerBound <= end {
            let range = findings[next].range
            hold(findings[next], LogPrefix(reading: bytes[before..<max(before, range.lowerBound)]), text)
            before = max(before, min(end, range.upperBound))
            next += 1
        }
        if isKey {
            // A database's export writes a time as an object of one member: `{"$date":"…"}`.
            let last = levels.count - 1
            if bytes[start] == UInt8(ascii: "$"), levels[last].role != nil { levels[last].isTyped = true }
            pendingRole = levels[last].isTyped ? levels[last].role : LogRole(named: bytes[start..<end])
        } else if next == first {
            takeValue(bytes[start..<end])
        } else {
            pendingRole = nil
        }
    }

    private mutating func takeValue(_ value: ArraySlice<UInt8>) {
        let last = levels.count - 1
        let isNamed = levels[last].isObject
        // A name's array tells by its first element.
        let role = isNamed ? pendingRole : levels[last].role
        pendingRole = nil
        guard let role, value.count <= 256 else { return }
        let text =
            value.contains(UInt8(ascii: "\\")) ? Unquoted.string(in: Array(value), from: 0).bytes[...] : value
        // What an array or an object of a type is called, the object around it is told.
        var target = isNamed ? last : last - 1
        while target > 0, levels[target].isTyped { target -= 1 }
        levels[target].told.take(role, text)
    }

    // MARK: levels

    private mutating func hold(_ finding: FrameScanner.Finding, _ told: LogPrefix, _ text: JoinedLine) {
        pendingRole = nil
        levels[levels.count - 1].held.append(
            Held(content: finding.content, told: told, line: text.lineNumber(at: finding.range.lowerBound)))
    }

    private mutating func close() {
        var level = levels.removeLast()
        let told = level.told
        for index in level.held.indices {
            if level.held[index].isSettled {
                level.held[index].told.completeOrigin(by: told)
            } else {
                level.held[index].told.complete(by: told)
            }
        }
        if level.isElement {
            JSONOutline.removeCopies(&level.held)
            for index in level.held.indices { level.held[index].isSettled = true }
        }
        guard isOpen else {
            ready += level.held
            return
        }
        let parent = levels.count - 1
        if !level.isElement { levels[parent].told.completePacket(by: told) }
        levels[parent].held += level.held
        let isAwaited = levels.contains { $0.isObject }
        if level.isElement, !isAwaited || levels[parent].held.count > JSONOutline.maximumHeld { releaseHeld() }
    }

    /// Gives what is held on all levels, completed by what is known so far.
    private mutating func releaseHeld() {
        for index in levels.indices {
            var held = levels[index].held
            levels[index].held = []
            for level in levels[...index].reversed() {
                for index in held.indices { held[index].told.completeOrigin(by: level.told) }
            }
            ready += held
        }
    }

    /// An element can hold the same frame as an array and as a string; it counts once.
    private static func removeCopies(_ held: inout [Held]) {
        var seen: Set<[UInt8]> = []
        guard held.count > 1 else { return }
        held.removeAll { one in
            guard !one.isSettled, case .frame(let frame) = one.content else { return false }
            return !seen.insert(frame.raw.filter { !isBlank($0) }).inserted
        }
    }
}
