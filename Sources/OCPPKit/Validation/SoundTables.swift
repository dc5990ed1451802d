/// The tables of `Messages` laid flat once, as numbers, for a walk over a text that makes no value of it.
///
/// Memory safety: the rows live as long as the process. Indices in them name only rows of theirs; behind the last text stand
/// as many zeros as a walk wants.
@safe struct SoundTables: @unchecked Sendable {
    /// For all actions. `@unchecked Sendable`: nothing is written after `init`.
    static let all = SoundTables(Actions.all)

    struct Shape {
        var firstField: Int32
        var fieldCount: Int32
        /// A bit for each field that must be there.
        var required: UInt64
    }

    struct Text {
        var start: Int32
        var count: Int32
    }

    struct KindRow {
        enum Code: UInt8 {
            case string, dateTime, integer, decimal, boolean, enumeration, object, array, other
            /// An integer: the connector that the whole message is about.
            case connectorId
        }

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
    @unsafe struct Rows {
        let shapes: UnsafePointer<Shape>
        /// Of each field its key, with its quotes, and its kind.
        let keys: UnsafePointer<Text>
        let kinds: UnsafePointer<KindRow>
        /// Of the elements of arrays.
        let elements: UnsafePointer<KindRow>
        /// Of each enumeration the words by their length, the shortest first.
        let words: UnsafePointer<Text>
        /// Of each enumeration and length where its words begin, up to those of the length after the longest.
        let wordStarts: UnsafePointer<Int32>
        let texts: UnsafePointer<UInt8>
        /// The names of the actions as an enumeration: its kind, its first word, and each word's place in `Actions.all`.
        let actionNames: UnsafePointer<KindRow>
        let firstActionName: Int
        let actionsByName: UnsafePointer<Int32>
        /// Digits of a time of the least value, as text; and beside it, digit by digit, the least and the greatest time that
        /// may be plainly sound, with nothing where no digits are.
        let zeroTime = SoundTables.bytes("0000-00-00T00:00")
        let leastTime = SoundTables.bytes("2010-00-00T00:00") ^ SoundTables.bytes("0000-00-00T00:00")
        let greatestTime = SoundTables.bytes("2099-19-29T29:59") ^ SoundTables.bytes("0000-00-00T00:00")
        /// A key with its quotes.
        let connectorKey: Text
        /// The name of each action, in the order of `Actions.all`.
        let actionTexts: UnsafePointer<Text>
        /// The shapes of each action's request and response, in the order of `Actions.all`.
        let actions: UnsafePointer<(request: Int32, response: Int32)>
    }

    let rows: UnsafePointer<Rows>

    /// The name of an action, given its place in `Actions.all`.
    func actionName(_ action: Int) -> UnsafeBufferPointer<UInt8> {
        let name = unsafe rows.pointee.actionTexts[action]
        return unsafe UnsafeBufferPointer(start: rows.pointee.texts + Int(name.start), count: Int(name.count))
    }

    /// The place in `Actions.all` of the action of a name; -1 where there is none.
    func action(named name: UnsafeBufferPointer<UInt8>) -> Int {
        let tables = unsafe rows.pointee
        guard let text = name.baseAddress, unsafe name.count <= Int(tables.actionNames.pointee.count) else { return -1 }
        let starts = unsafe tables.wordStarts + (Int(tables.actionNames.pointee.first) + name.count)
        for word in unsafe Int(starts[0])..<Int(starts[1]) {
            if unsafe isSameText(text, tables.texts + Int(tables.words[word].start), name.count) {
                return unsafe Int(tables.actionsByName[word - tables.firstActionName])
            }
        }
        return -1
    }

    private struct Builder {
        var shapes: [Shape] = []
        var keys: [Text] = []
        var kinds: [KindRow] = []
        var elements: [KindRow] = []
        var words: [Text] = []
        var wordStarts: [Int32] = []
        var texts: [UInt8] = []

        mutating func add(_ text: String) -> Text {
            defer { texts += text.utf8 }
            return Text(start: Int32(texts.count), count: Int32(text.utf8.count))
        }

        /// - Parameter isPayload: whether this is the outermost object.
        mutating func add(_ shape: ObjectShape, isPayload: Bool = false) -> Int32 {
            let rows = shape.fields.map { field in
                var kind = add(field.kind, of: field)
                if isPayload, kind.code == .integer, field.key.description == "connectorId" { kind.code = .connectorId }
                return kind
            }
            var required: UInt64 = 0
            for (index, field) in shape.fields.enumerated() where field.isRequired { required |= 1 << index }
            precondition(rows.count <= 64, "a bit for each field")
            shapes.append(Shape(firstField: Int32(kinds.count), fieldCount: Int32(rows.count), required: required))
            kinds += rows
            keys += shape.fields.map { add("\"\($0.key.description)\"") }
            return Int32(shapes.count - 1)
        }

        mutating func add(_ kind: Field.Kind, of field: Field) -> KindRow {
            switch kind {
            case .string(let maximum):
                KindRow(
                    code: .string, maximum: maximum ?? Int.max, minimum: field.minimum ?? (field.isRequired ? 1 : 0))
            case .dateTime: KindRow(code: .dateTime)
            case .uri: KindRow(code: .other)
            case .integer: KindRow(code: .integer, minimum: field.minimum ?? Int64.min)
            case .decimal(let tenths):
                tenths ? KindRow(code: .other) : KindRow(code: .decimal, minimum: field.minimum ?? Int64.min)
            case .boolean: KindRow(code: .boolean)
            case .enumeration(let allowed): add(allowed)
            case .object(let shape): KindRow(code: .object, first: add(shape))
            case .array(let element, let minimum): add(elements: add(element, of: field), minimum: minimum)
            }
        }

        mutating func add(_ allowed: [String]) -> KindRow {
            let found = allowed.map { add($0) }
            let longest = found.map(\.count).max() ?? 0
            let first = Int32(wordStarts.count)
            for length in 0...longest {
                wordStarts.append(Int32(words.count))
                words += found.filter { $0.count == length }
            }
            wordStarts.append(Int32(words.count))
            return KindRow(code: .enumeration, first: first, count: longest)
        }

        private mutating func add(elements kind: KindRow, minimum: Int) -> KindRow {
            elements.append(kind)
            return KindRow(code: .array, first: Int32(elements.count - 1), count: Int32(minimum))
        }
    }

    private init(_ definitions: [ActionDefinition]) {
        var builder = Builder()
        let actions = definitions.map {
            (request: builder.add($0.request, isPayload: true), response: builder.add($0.response, isPayload: true))
        }
        let firstName = builder.words.count
        let names = builder.add(definitions.map(\.name))
        let actionsByName = builder.words[firstName...].map { word in
            let name = builder.texts[Int(word.start)..<Int(word.start + word.count)]
            return Int32(definitions.firstIndex { $0.name.utf8.elementsEqual(name) } ?? -1)
        }
        let actionTexts = definitions.map { builder.add($0.name) }
        let connectorKey = builder.add("\"connectorId\"")
        builder.texts += [UInt8](repeating: 0, count: SoundWalk.padding)
        let rows = unsafe Rows(
            shapes: Self.forever(builder.shapes), keys: Self.forever(builder.keys),
            kinds: Self.forever(builder.kinds), elements: Self.forever(builder.elements),
            words: Self.forever(builder.words),
            wordStarts: Self.forever(builder.wordStarts), texts: Self.forever(builder.texts),
            actionNames: Self.forever([names]), firstActionName: firstName,
            actionsByName: Self.forever(actionsByName), connectorKey: connectorKey,
            actionTexts: Self.forever(actionTexts),
            actions: Self.forever(actions))
        unsafe self.rows = Self.forever([rows])
    }

    private static func bytes(_ text: StaticString) -> SIMD16<UInt8> { SIMD16(Array(text.description.utf8)) }

    private static func forever<Row>(_ rows: [Row]) -> UnsafePointer<Row> {
        let space = UnsafeMutableBufferPointer<Row>.allocate(capacity: rows.count)
        _ = unsafe space.initialize(fromContentsOf: rows)
        return unsafe UnsafePointer(space.baseAddress!)
    }
}
