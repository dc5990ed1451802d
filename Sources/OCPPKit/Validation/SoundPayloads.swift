/// Tells payloads that plainly keep to their action's table from those that need a closer look.
///
/// Nearly all payloads are sound, and a server or a log has millions. So the tables of `Messages` are laid flat once, as
/// numbers, and a payload is walked without making a value of it. What is not plainly sound, `Validator` looks at, which
/// knows what to say: `isSound` is true only where it finds nothing and reading needs no `Repair`, and may be false where
/// that is so, too (escapes at the ends of texts, URIs, odd times).
///
/// Memory safety: the rows live as long as the process; a walk lives within the closures that lend it the tree.
@safe struct SoundPayloads: @unchecked Sendable {
    /// For all actions. `@unchecked Sendable`: nothing is written after `init`.
    static let all = SoundPayloads(Actions.all)

    private struct Shape {
        var firstField: Int32
        var fieldCount: Int32
        /// A bit for each field that must be there.
        var required: UInt64
    }

    private struct FieldRow {
        var key: Text
        var kind: Int32
    }

    private struct Text {
        var start: Int32
        var count: Int32
    }

    private struct KindRow {
        enum Code: UInt8 { case string, dateTime, integer, decimal, boolean, enumeration, object, array, other }

        var code: Code
        /// The shape, the elements' kind, or where `wordStarts` has the words of no byte.
        var first: Int32 = 0
        /// Of elements at least; of the longest word's bytes.
        var count: Int32 = 0
        /// Bytes, at most.
        var maximum = Int.max
        /// Of a number, or of a text's bytes; `Int64.min` where there is none.
        var minimum = Int64.min
    }

    /// Behind one pointer, as a walk hands them on with each step.
    @unsafe private struct Rows {
        let shapes: UnsafePointer<Shape>
        let fields: UnsafePointer<FieldRow>
        let kinds: UnsafePointer<KindRow>
        /// Of each enumeration the words by their length, the shortest first.
        let words: UnsafePointer<Text>
        /// Of each enumeration and length where its words begin, up to those of the length after the longest.
        let wordStarts: UnsafePointer<Int32>
        let texts: UnsafePointer<UInt8>
    }

    private let rows: UnsafePointer<Rows>
    /// The shapes of each action's request and response, in the order of `Actions.all`.
    private let actions: [(request: Int32, response: Int32)]

    /// Whether the payload is plainly one that the action allows, no key in it standing twice.
    ///
    /// - Parameter action: its place in `Actions.all`.
    func isSound(_ payload: JSONNode, action: Int, isRequest: Bool) -> Bool {
        let shape = isRequest ? actions[action].request : actions[action].response
        return unsafe payload.storage.withPointers { bytes, entries in
            unsafe Walk(rows: rows, bytes: bytes, entries: entries).object(at: payload.index, shape)
        }
    }

    /// Whether no key stands twice in one object, as far as can be told quickly.
    static func hasUniqueKeys(_ payload: JSONNode) -> Bool {
        unsafe payload.storage.withPointers { bytes, entries in
            unsafe Walk(rows: all.rows, bytes: bytes, entries: entries).hasUniqueKeys(at: payload.index)
        }
    }

    // MARK: The rows

    private struct Builder {
        var shapes: [Shape] = []
        var fields: [FieldRow] = []
        var kinds: [KindRow] = []
        var words: [Text] = []
        var wordStarts: [Int32] = []
        var texts: [UInt8] = []

        mutating func add(_ text: String) -> Text {
            defer { texts += text.utf8 }
            return Text(start: Int32(texts.count), count: Int32(text.utf8.count))
        }

        mutating func add(_ shape: ObjectShape) -> Int32 {
            let rows = shape.fields.map { field in
                FieldRow(key: add(field.key.description), kind: add(field.kind, of: field))
            }
            var required: UInt64 = 0
            for (index, field) in shape.fields.enumerated() where field.isRequired { required |= 1 << index }
            precondition(rows.count <= 64, "a bit for each field")
            shapes.append(
                Shape(firstField: Int32(fields.count), fieldCount: Int32(rows.count), required: required))
            fields += rows
            return Int32(shapes.count - 1)
        }

        mutating func add(_ kind: Field.Kind, of field: Field) -> Int32 {
            var row = KindRow(code: .other)
            switch kind {
            case .string(let maximum):
                row = KindRow(code: .string, maximum: maximum ?? Int.max)
                row.minimum = field.minimum ?? (field.isRequired ? 1 : 0)
            case .dateTime: row.code = .dateTime
            case .uri: break
            case .integer: row = KindRow(code: .integer, minimum: field.minimum ?? Int64.min)
            case .decimal(let tenths):
                if !tenths { row = KindRow(code: .decimal, minimum: field.minimum ?? Int64.min) }
            case .boolean: row.code = .boolean
            case .enumeration(let allowed):
                let found = allowed.map { add($0) }
                let longest = found.map(\.count).max() ?? 0
                row = KindRow(code: .enumeration, first: Int32(wordStarts.count), count: longest)
                for length in 0...longest {
                    wordStarts.append(Int32(words.count))
                    words += found.filter { $0.count == length }
                }
                wordStarts.append(Int32(words.count))
            case .object(let shape): row = KindRow(code: .object, first: add(shape))
            case .array(let element, let minimum):
                row = KindRow(code: .array, first: add(element, of: field), count: Int32(minimum))
            }
            kinds.append(row)
            return Int32(kinds.count - 1)
        }
    }

    private init(_ definitions: [ActionDefinition]) {
        var builder = Builder()
        actions = definitions.map { (builder.add($0.request), builder.add($0.response)) }
        let rows = unsafe Rows(
            shapes: Self.forever(builder.shapes), fields: Self.forever(builder.fields),
            kinds: Self.forever(builder.kinds), words: Self.forever(builder.words),
            wordStarts: Self.forever(builder.wordStarts), texts: Self.forever(builder.texts))
        unsafe self.rows = Self.forever([rows])
    }

    private static func forever<Row>(_ rows: [Row]) -> UnsafePointer<Row> {
        let space = UnsafeMutableBufferPointer<Row>.allocate(capacity: rows.count)
        _ = unsafe space.initialize(fromContentsOf: rows)
        return unsafe UnsafePointer(space.baseAddress!)
    }

    // MARK: The walk

    @safe private struct Walk {
        let rows: UnsafePointer<Rows>
        let bytes: UnsafePointer<UInt8>
        let entries: UnsafePointer<JSONEntry>

        private func entry(_ index: Int) -> JSONEntry { unsafe entries[index] }
        private func byte(_ offset: Int) -> UInt8 { unsafe bytes[offset] }

        func object(at index: Int, _ shapeIndex: Int32) -> Bool {
            let outer = entry(index)
            guard outer.kind == .object else { return false }
            let shape = unsafe rows.pointee.shapes[Int(shapeIndex)]
            let fields = unsafe rows.pointee.fields + Int(shape.firstField)
            let (end, fieldCount) = (Int(outer.next), Int(shape.fieldCount))
            var seen: UInt64 = 0
            var position = index &+ 1
            // Most senders keep to the order of the tables, so the field behind the last one is tried first.
            var field = 0
            while position < end {
                let key = entry(position)
                guard !key.isIrregular else { return false }
                let (start, count) = content(of: key)
                if unsafe field == fieldCount || !isText(start, count, fields[field].key) {
                    guard let found = unsafe otherField(start, count, fields, fieldCount, behind: field) else {
                        return false
                    }
                    field = found
                }
                let bit: UInt64 = 1 << UInt64(field)
                guard seen & bit == 0, unsafe value(at: position &+ 1, fields[field].kind) else { return false }
                seen |= bit
                field &+= 1
                position = Int(entry(position &+ 1).next)
            }
            return seen & shape.required == shape.required
        }

        /// Which field a key names, those behind another one first.
        private func otherField(
            _ start: Int, _ count: Int, _ fields: UnsafePointer<FieldRow>, _ fieldCount: Int, behind first: Int
        ) -> Int? {
            var field = first
            for _ in 0..<fieldCount {
                field = field + 1 < fieldCount ? field + 1 : 0
                if unsafe isText(start, count, fields[field].key) { return field }
            }
            return nil
        }

        /// Where a string's text begins, and how many bytes it has.
        @inline(__always) private func content(of string: JSONEntry) -> (start: Int, count: Int) {
            (Int(string.start) &+ 1, Int(string.end) &- Int(string.start) &- 2)
        }

        @inline(__always) private func isText(_ start: Int, _ count: Int, _ text: Text) -> Bool {
            guard count == Int(text.count) else { return false }
            return unsafe isEqual(bytes + start, rows.pointee.texts + Int(text.start), count)
        }

        private func value(at index: Int, _ kindIndex: Int32) -> Bool {
            let entry = entry(index)
            let kind = unsafe rows.pointee.kinds[Int(kindIndex)]
            switch kind.code {
            case .string:
                let count = content(of: entry).count
                return entry.kind == .string && count <= kind.maximum && count >= kind.minimum
                    && (count == 0 || isPlainText(entry, count))
                    // Escapes make a text shorter, and not empty.
                    && (!entry.isIrregular || kind.minimum <= 1 && hasPlainEnds(entry))
            case .dateTime: return entry.kind == .string && !entry.isIrregular && isPlainTime(entry)
            case .integer:
                return entry.kind == .number && !entry.isIrregular
                    && (kind.minimum == .min || isInteger(entry, atLeast: kind.minimum))
            case .decimal:
                return entry.kind == .number
                    && (kind.minimum == .min || !entry.isIrregular && isInteger(entry, atLeast: kind.minimum))
            case .boolean: return entry.kind == .true || entry.kind == .false
            case .enumeration:
                let (start, count) = content(of: entry)
                guard entry.kind == .string, !entry.isIrregular, count <= Int(kind.count) else { return false }
                let starts = unsafe rows.pointee.wordStarts + (Int(kind.first) + count)
                var word = unsafe Int(starts[0])
                while unsafe word < Int(starts[1]) {
                    if unsafe isText(start, count, rows.pointee.words[word]) { return true }
                    word &+= 1
                }
                return false
            case .object: return object(at: index, kind.first)
            case .array:
                guard entry.kind == .array else { return false }
                var position = index &+ 1
                var count: Int32 = 0
                while position < Int(entry.next) {
                    guard value(at: position, kind.first) else { return false }
                    position = Int(self.entry(position).next)
                    count &+= 1
                }
                return count >= kind.count
            case .other: return false
            }
        }

        /// No blanks or control characters around it, and not `null`.
        private func isPlainText(_ entry: JSONEntry, _ count: Int) -> Bool {
            let (first, last) = (byte(Int(entry.start) + 1), byte(Int(entry.end) - 2))
            return first > 0x20 && first != 0x7F && last > 0x20 && last != 0x7F
                && (count != 4 || first != UInt8(ascii: "n"))
        }

        /// Whether no escape at the ends of a text stands for a blank, or for the n of `null`: those of letters beyond
        /// ASCII do not.
        private func hasPlainEnds(_ entry: JSONEntry) -> Bool {
            let (first, end) = (Int(entry.start) + 1, Int(entry.end) - 1)
            guard byte(first) != UInt8(ascii: "n"), byte(first) != UInt8(ascii: "\\") || isLetterEscape(first) else {
                return false
            }
            // If the backslash is itself escaped, plain letters stand behind it, which are as good.
            let last = max(first, end - 6)
            for offset in (isLetterEscape(last) ? last + 1 : last)..<end where byte(offset) == UInt8(ascii: "\\") {
                return false
            }
            return true
        }

        /// Whether `\u` stands there with the number of no ASCII character.
        private func isLetterEscape(_ offset: Int) -> Bool {
            byte(offset) == UInt8(ascii: "\\") && byte(offset + 1) == UInt8(ascii: "u")
                && (byte(offset + 2) != 0x30 || byte(offset + 3) != 0x30 || byte(offset + 4) > UInt8(ascii: "7"))
        }

        private func isInteger(_ entry: JSONEntry, atLeast minimum: Int64) -> Bool {
            let (start, end) = (Int(entry.start), Int(entry.end))
            guard end - start <= 18, byte(start) != UInt8(ascii: "-") else { return false }
            var value: Int64 = 0
            for offset in start..<end { value = value * 10 + Int64(byte(offset) - UInt8(ascii: "0")) }
            return value >= minimum
        }

        /// `2026-11-22T09:45:19Z`, with or without a fraction; no day after the 28th, no leap second.
        private func isPlainTime(_ entry: JSONEntry) -> Bool {
            let (start, end) = (Int(entry.start) + 1, Int(entry.end) - 1)
            guard end - start >= 20, byte(end - 1) == UInt8(ascii: "Z") else { return false }
            func two(_ offset: Int) -> Int {
                let (tens, ones) = (byte(start + offset) &- 0x30, byte(start + offset + 1) &- 0x30)
                return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 100
            }
            guard two(0) == 20, (10...99).contains(two(2)), byte(start + 4) == UInt8(ascii: "-"),
                (1...12).contains(two(5)), byte(start + 7) == UInt8(ascii: "-"), (1...28).contains(two(8)),
                byte(start + 10) == UInt8(ascii: "T"), two(11) < 24, byte(start + 13) == UInt8(ascii: ":"),
                two(14) < 60, byte(start + 16) == UInt8(ascii: ":"), two(17) < 60
            else { return false }
            guard end - start > 20 else { return true }
            guard byte(start + 19) == UInt8(ascii: "."), end - start > 21 else { return false }
            for offset in start + 20..<end - 1 where byte(offset) &- 0x30 >= 10 { return false }
            return true
        }

        func hasUniqueKeys(at index: Int) -> Bool {
            let outer = entry(index)
            var position = index + 1
            guard outer.kind == .object else {
                guard outer.kind == .array else { return true }
                while position < Int(outer.next) {
                    guard hasUniqueKeys(at: position) else { return false }
                    position = Int(entry(position).next)
                }
                return true
            }
            var count = 0
            while position < Int(outer.next) {
                let key = entry(position)
                count += 1
                guard !key.isIrregular, count <= 16 else { return false }
                var earlier = index + 1
                while earlier < position {
                    let other = entry(earlier)
                    if other.end - other.start == key.end - key.start, isSame(key, other) { return false }
                    earlier = Int(entry(earlier + 1).next)
                }
                guard hasUniqueKeys(at: position + 1) else { return false }
                position = Int(entry(position + 1).next)
            }
            return true
        }

        private func isSame(_ left: JSONEntry, _ right: JSONEntry) -> Bool {
            unsafe isEqual(bytes + Int(left.start), bytes + Int(right.start), Int(left.end - left.start))
        }
    }
}

extension JSONTree.Storage {
    /// Lends the text and its index.
    fileprivate func withPointers<Result>(
        _ body: (UnsafePointer<UInt8>, UnsafePointer<JSONEntry>) -> Result
    ) -> Result {
        // A tree has a value, so it has bytes.
        unsafe bytes.withUnsafeBufferPointer { bytes in unsafe body(bytes.baseAddress!, entries.pointer) }
    }
}
