/// One value of a `JSONTree`, by reference: cheap to copy, decoded on demand.
public struct JSONNode: Sendable {
    let storage: JSONTree.Storage
    let index: Int

    private var entry: JSONEntry { storage.entries[index] }

    public var kind: JSONKind { entry.kind }
    public var isObject: Bool { kind == .object }
    public var isArray: Bool { kind == .array }
    public var isNull: Bool { kind == .null }

    /// The value's exact text, quotes and brackets included.
    public var raw: ArraySlice<UInt8> { storage.bytes[Int(entry.start)..<Int(entry.end)] }

    /// Where the value begins in the tree's text.
    public var offset: Int { Int(entry.start) }

    /// A string's text, its escapes resolved; `nil` for any other kind. A lone surrogate becomes U+FFFD.
    public var text: String? {
        guard kind == .string else { return nil }
        return unsafe withPlainText { unsafe String(decoding: $0, as: UTF8.self) }
            ?? unescaped(raw.dropFirst().dropLast())
    }

    /// A string's bytes between its quotes; `nil` for other kinds and where it has escapes.
    var plainText: ArraySlice<UInt8>? {
        let entry = entry
        guard entry.kind == .string, !entry.isIrregular else { return nil }
        return storage.bytes[Int(entry.start) + 1..<Int(entry.end) - 1]
    }

    /// Lends the bytes of `plainText`, and holds nothing; `nil` where there is none.
    ///
    /// Memory safety: they are valid within the closure only.
    func withPlainText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        let entry = entry
        guard entry.kind == .string, !entry.isIrregular else { return nil }
        return unsafe storage.bytes.withUnsafeBufferPointer { bytes in
            unsafe body(UnsafeBufferPointer(rebasing: bytes[Int(entry.start) + 1..<Int(entry.end) - 1]))
        }
    }

    /// How many bytes `plainText` has; `nil` where there is none.
    var plainTextCount: Int? {
        let entry = entry
        return entry.kind == .string && !entry.isIrregular ? Int(entry.end) - Int(entry.start) - 2 : nil
    }

    /// Whether this is the string given, without building one.
    public func isText(_ expected: StaticString) -> Bool {
        guard kind == .string else { return false }
        if entry.isIrregular { return (text ?? "").utf8.elementsEqual(expected.description.utf8) }
        // One byte after the other: a String of the key would be made for each comparison.
        return expected.withUTF8Buffer { name in
            let start = Int(entry.start) + 1
            guard Int(entry.end) - 1 - start == name.count else { return false }
            for offset in 0..<name.count {
                guard unsafe name[offset] == storage.bytes[start + offset] else { return false }
            }
            return true
        }
    }

    /// Whether both are strings of the same characters, scalar by scalar, however they are escaped.
    func hasSameText(as other: JSONNode) -> Bool {
        guard kind == .string, other.kind == .string else { return false }
        let (left, right) = (entry, other.entry)
        guard left.isIrregular || right.isIrregular else {
            guard left.end - left.start == right.end - right.start else { return false }
            for offset in 0..<Int(left.end - left.start) {
                guard storage.bytes[Int(left.start) + offset] == other.storage.bytes[Int(right.start) + offset] else {
                    return false
                }
            }
            return true
        }
        return (text ?? "").utf8.elementsEqual((other.text ?? "").utf8)
    }

    /// A number written as an integer and within 64 bits; `nil` for `1.0`, `1e2` and every other kind.
    public var integer: Int64? {
        guard kind == .number, !entry.isIrregular else { return nil }
        let (start, end) = (Int(entry.start), Int(entry.end))
        // A number that may be too large, or has a sign, is left to the library.
        guard end - start <= 18, storage.bytes[start] != UInt8(ascii: "-") else {
            return Int64(String(decoding: raw, as: UTF8.self))
        }
        var value: Int64 = 0
        for offset in start..<end { value = value &* 10 &+ Int64(storage.bytes[offset] &- UInt8(ascii: "0")) }
        return value
    }

    /// Whether this is a number without fraction and exponent, of any size.
    public var isIntegerLiteral: Bool { kind == .number && !entry.isIrregular }

    /// A number, exactly as written; `nil` for other kinds and where it needs more than 18 digits.
    public var decimal: ExactDecimal? {
        kind == .number ? ExactDecimal(raw) : nil
    }

    /// A text that is a time, read as `Timestamp.read` does; `nil` for any other value.
    public var dateTime: (time: Timestamp, repairs: [Timestamp.Repair])? {
        guard kind == .string else { return nil }
        return unsafe withPlainText { unsafe Timestamp.read($0) } ?? text.flatMap { Timestamp.read($0) }
    }

    public var boolean: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// An object's member of that name, the last where the name stands twice (as other readers take it).
    public subscript(_ name: StaticString) -> JSONNode? {
        guard isObject, let found = storage.value(named: name, ofObjectAt: index) else { return nil }
        return JSONNode(storage: storage, index: found)
    }

    /// An object's member of that name, the last where the name stands twice.
    public func member(named name: String) -> JSONNode? {
        var found: JSONNode?
        for (key, value) in members where (key.text ?? "").utf8.elementsEqual(name.utf8) { found = value }
        return found
    }

    /// An object's members in order, as key and value; nothing for other kinds.
    public var members: Members {
        Members(storage: storage, position: index + 1, end: isObject ? Int(entry.next) : 0)
    }

    /// An array's elements in order; nothing for other kinds.
    public var elements: Elements {
        Elements(storage: storage, position: index + 1, end: isArray ? Int(entry.next) : 0)
    }

    public struct Members: Sequence, IteratorProtocol, Sendable {
        fileprivate let storage: JSONTree.Storage
        fileprivate var position: Int
        fileprivate let end: Int

        public mutating func next() -> (key: JSONNode, value: JSONNode)? {
            guard position < end else { return nil }
            defer { position = Int(storage.entries[position + 1].next) }
            return (JSONNode(storage: storage, index: position), JSONNode(storage: storage, index: position + 1))
        }
    }

    public struct Elements: Sequence, IteratorProtocol, Sendable {
        fileprivate let storage: JSONTree.Storage
        fileprivate var position: Int
        fileprivate let end: Int

        /// No elements.
        static let none = nothing.elements
        private static let nothing = try! JSONTree(parsing: "[]").root

        /// One value, as if it stood in an array.
        static func only(_ value: JSONNode) -> Elements {
            Elements(storage: value.storage, position: value.index, end: value.index + 1)
        }

        public mutating func next() -> JSONNode? {
            nextIndex().map { JSONNode(storage: storage, index: $0) }
        }

        /// Where the next element stands in the tree.
        mutating func nextIndex() -> Int? {
            guard position < end else { return nil }
            defer { position = Int(storage.entries[position].next) }
            return position
        }
    }
}

extension JSONTree.Storage {
    /// Where the value of an object's last member of that name stands.
    ///
    /// Readers ask for each field by its name, so this is one of the busiest loops: no node is made of what is passed over.
    /// Memory safety: the index of a text names only its own entries and bytes.
    fileprivate func value(named name: StaticString, ofObjectAt object: Int) -> Int? {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let text = bytes.baseAddress else { return nil }
            let entries = unsafe self.entries.pointer
            let count = name.utf8CodeUnitCount
            var found: Int?
            var position = object &+ 1
            let end = unsafe Int(entries[object].next)
            while position < end {
                let key = unsafe entries[position]
                let start = Int(key.start) &+ 1
                if key.isIrregular {
                    if JSONNode(storage: self, index: position).isText(name) { found = position &+ 1 }
                } else if Int(key.end) &- 1 &- start == count, unsafe isSameText(text + start, name.utf8Start, count) {
                    found = position &+ 1
                }
                position = unsafe Int(entries[position &+ 1].next)
            }
            return found
        }
    }
}

private func unescaped(_ content: ArraySlice<UInt8>) -> String {
    var result = ""
    result.reserveCapacity(content.count)
    var rest = content
    while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
        result += String(decoding: rest[..<backslash], as: UTF8.self)
        let escape = rest[backslash + 1]
        rest = rest[(backslash + 2)...]
        switch escape {
        case UInt8(ascii: "b"): result.unicodeScalars.append("\u{08}")
        case UInt8(ascii: "f"): result.unicodeScalars.append("\u{0C}")
        case UInt8(ascii: "n"): result.unicodeScalars.append("\n")
        case UInt8(ascii: "r"): result.unicodeScalars.append("\r")
        case UInt8(ascii: "t"): result.unicodeScalars.append("\t")
        case UInt8(ascii: "u"): result.unicodeScalars.append(unescapedScalar(&rest))
        default: result.unicodeScalars.append(Unicode.Scalar(escape))
        }
    }
    return result + String(decoding: rest, as: UTF8.self)
}

/// Takes four digits, and a second escape where they are the first half of a pair.
private func unescapedScalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
    let first = fourHexadecimalDigits(rest)
    rest = rest.dropFirst(4)
    if (0xD800..<0xDC00).contains(first), rest.starts(with: Array("\\u".utf8)) {
        let second = fourHexadecimalDigits(rest.dropFirst(2))
        if (0xDC00..<0xE000).contains(second) {
            rest = rest.dropFirst(6)
            return Unicode.Scalar(0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)) ?? "\u{FFFD}"
        }
    }
    return Unicode.Scalar(UInt32(first)) ?? "\u{FFFD}"
}

private func fourHexadecimalDigits(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    bytes.prefix(4).reduce(0) { $0 << 4 | (hexadecimalValue($1) ?? 0) }
}
