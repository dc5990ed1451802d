/// Tells payloads and frames that plainly keep to their action's table from those that need a closer look.
///
/// Nearly all are sound, and a server or a log has millions. So the text is walked once, beside the tables, and no value is
/// made of it. What is not plainly sound, `JSONTree` and `Validator` look at, which know what to say: the walk comes to an
/// end only where they find nothing and reading needs no `Repair`, and may not where that is so, too (escapes in keys and at
/// the ends of texts, URIs, odd times).
///
/// Memory safety: `padding` zeros stand behind `count` bytes. No zero is ever passed, so what is looked at begins at `count` at
/// the furthest. The walk lives within the closure that lends it the text.
@safe struct SoundWalk {
    /// So many bytes are looked at together.
    static let padding = 16

    /// Where a string has its quotes.
    struct StringPlace {
        var start: UInt32
        var end: UInt32
        /// Whether neither a backslash nor a delete is in it.
        var isPlain: Bool
    }

    /// What is noted on the way.
    struct Notes {
        /// How many strings there are; of so many as there is room for, it is known where.
        fileprivate(set) var stringCount = 0
        /// What the payload's `connectorId` says; negative where there is none.
        fileprivate(set) var connectorId: Int64 = -1
    }

    let rows: UnsafePointer<SoundTables.Rows>
    let text: UnsafePointer<UInt8>
    let count: Int
    private let places: UnsafeMutablePointer<StringPlace>?
    private let placeCount: Int
    /// Whether this is a line of a log: no breaks and tabs stand between its values, and an ampersand may begin an entity.
    let isLine: Bool

    /// Of a line of a log.
    init(
        _ text: UnsafePointer<UInt8>, count: Int, places: UnsafeMutablePointer<StringPlace>?, placeCount: Int
    ) {
        unsafe rows = SoundTables.all.rows
        unsafe self.text = text
        self.count = count
        unsafe self.places = places
        self.placeCount = placeCount
        isLine = true
    }

    /// Of a text of which it does not matter where its strings are.
    init(_ text: UnsafePointer<UInt8>, count: Int) {
        unsafe rows = SoundTables.all.rows
        unsafe self.text = text
        self.count = count
        unsafe places = nil
        placeCount = 0
        isLine = false
    }

    @inline(__always) func byte(_ offset: Int) -> UInt8 { unsafe text[offset] }

    @inline(__always) func has(_ character: Unicode.Scalar, at offset: Int) -> Bool {
        byte(offset) == UInt8(ascii: character)
    }

    /// For what is seldom met: the reader of JSON knows how to pass it.
    var scanner: JSONScanner {
        unsafe JSONScanner(text, count, maximumDepth: JSONTree.defaultMaximumDepth)
    }

    /// Notes a string; there is room where any is left.
    @inline(__always) func note(_ start: Int, _ end: Int, isPlain: Bool, _ notes: inout Notes) {
        if notes.stringCount < placeCount {
            unsafe places.unsafelyUnwrapped[notes.stringCount] = StringPlace(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end), isPlain: isPlain)
        }
        notes.stringCount &+= 1
    }

    // MARK: Frames

    /// Reads the frame that begins with the text, up to its payload.
    func head(_ notes: inout Notes) -> SoundFrame.Head? {
        guard has("[", at: 0) else { return nil }
        var position = behindBlanks(1)
        let isCall = has("2", at: position)
        guard isCall || has("3", at: position), let idStart = behindComma(position &+ 1) else { return nil }
        let idEnd = plainEnd(idStart, &notes)
        // Bytes are never fewer than characters.
        guard (1...36).contains(idEnd &- idStart &- 1), let next = behindComma(idEnd &+ 1) else { return nil }
        position = next
        var action: Int?
        if isCall {
            let end = plainEnd(position, &notes)
            guard end > 0,
                let word = unsafe word(from: position &+ 1, to: end, among: rows.pointee.actionNames),
                let payload = behindComma(end &+ 1)
            else { return nil }
            action = unsafe Int(rows.pointee.actionsByName[word &- rows.pointee.firstActionName])
            position = payload
        }
        return SoundFrame.Head(
            kind: isCall ? .call : .callResult, messageId: idStart..<idEnd &+ 1, action: action, payloadStart: position)
    }

    /// The hash of the message id, as frames have it.
    func messageIdHash(_ head: SoundFrame.Head) -> Int {
        let (start, end) = (head.messageId.lowerBound + 1, head.messageId.upperBound - 1)
        return unsafe Frame.hash(UnsafeRawBufferPointer(start: text + start, count: end - start))
    }

    /// Reads the rest of a frame, behind which nothing but blanks may stand.
    ///
    /// - Parameter action: the CALL's, or that of the CALL which it answers: its place in `Actions.all`; `nil` where it
    ///   is not known. Then the payload may have anything but a key that stands twice.
    func frame(_ head: SoundFrame.Head, action: Int?, _ notes: inout Notes) -> SoundFrame? {
        guard
            let payloadEnd = payload(
                at: head.payloadStart, action: action, isRequest: head.kind == .call, &notes)
        else { return nil }
        let last = behindBlanks(payloadEnd)
        guard has("]", at: last) else { return nil }
        var end = last &+ 1
        while isBlank(byte(end)) { end &+= 1 }
        guard end == count else { return nil }
        return SoundFrame(
            kind: head.kind, text: 0..<last &+ 1, messageId: head.messageId, action: action,
            payload: head.payloadStart..<payloadEnd, connectorId: notes.connectorId)
    }

    /// Passes an object that the action allows, in which no key stands twice.
    func payload(at start: Int, action: Int?, isRequest: Bool, _ notes: inout Notes) -> Int? {
        guard let action else { return anyObject(at: start, depth: 0, &notes) }
        let shapes = unsafe rows.pointee.actions[action]
        return object(at: start, isRequest ? shapes.request : shapes.response, &notes)
    }

    // MARK: Values of a table

    private func object(at start: Int, _ shapeIndex: Int32, _ notes: inout Notes) -> Int? {
        guard has("{", at: start) else { return nil }
        let shape = unsafe rows.pointee.shapes + Int(shapeIndex)
        let required = unsafe shape.pointee.required
        var position = behindBlanks(start &+ 1)
        if has("}", at: position) { return required == 0 ? position &+ 1 : nil }
        let keys = unsafe rows.pointee.keys + Int(shape.pointee.firstField)
        let kinds = unsafe rows.pointee.kinds + Int(shape.pointee.firstField)
        let fieldCount = unsafe Int(shape.pointee.fieldCount)
        var seen: UInt64 = 0
        // Most senders keep to the order of the tables, so the field behind the last one is tried first.
        var field = 0
        while true {
            if unsafe field == fieldCount || !isText(at: position, keys[field]) {
                guard let found = unsafe otherField(at: position, keys, fieldCount, behind: field) else { return nil }
                field = found
            }
            let bit = UInt64(1) &<< UInt64(truncatingIfNeeded: field)
            guard seen & bit == 0 else { return nil }
            seen |= bit
            let keyStart = position
            position = unsafe position &+ Int(keys[field].count)
            note(keyStart, position &- 1, isPlain: true, &notes)
            position = behindBlanks(position)
            guard has(":", at: position) else { return nil }
            position = behindBlanks(position &+ 1)
            let kind = unsafe kinds + field
            // Most values are one word of a few.
            let end =
                unsafe kind.pointee.code == .enumeration
                ? enumerated(at: position, kind, &notes) : value(at: position, kind, &notes)
            guard let end else { return nil }
            field &+= 1
            position = behindBlanks(end)
            guard has(",", at: position) else { break }
            position = behindBlanks(position &+ 1)
        }
        return has("}", at: position) && seen & required == required ? position &+ 1 : nil
    }

    /// Which field the key at an offset names, those behind another one first.
    private func otherField(
        at position: Int, _ keys: UnsafePointer<SoundTables.Text>, _ fieldCount: Int, behind first: Int
    ) -> Int? {
        var field = first
        for _ in 0..<fieldCount {
            field = field &+ 1 < fieldCount ? field &+ 1 : 0
            if unsafe isText(at: position, keys[field]) { return field }
        }
        return nil
    }

    /// Passes a value of a kind.
    private func value(
        at start: Int, _ kind: UnsafePointer<SoundTables.KindRow>, _ notes: inout Notes
    ) -> Int? {
        switch unsafe kind.pointee.code {
        case .object: unsafe object(at: start, kind.pointee.first, &notes)
        case .array: unsafe array(at: start, kind, &notes)
        default: unsafe scalar(at: start, kind, &notes)
        }
    }

    /// Passes a value that holds no others.
    @inline(__always)
    private func scalar(
        at start: Int, _ kind: UnsafePointer<SoundTables.KindRow>, _ notes: inout Notes
    ) -> Int? {
        switch unsafe kind.pointee.code {
        case .string: return unsafe string(at: start, kind, &notes)
        case .enumeration: return unsafe enumerated(at: start, kind, &notes)
        case .dateTime:
            let end = plainEnd(start, &notes)
            guard end > 0, isPlainTime(start &+ 1, end) else { return nil }
            return end &+ 1
        case .integer:
            guard unsafe kind.pointee.minimum == .min else {
                return unsafe plainInteger(at: start, atLeast: kind.pointee.minimum)?.end
            }
            guard let (end, isIrregular) = number(at: start), !isIrregular else { return nil }
            return end
        case .connectorId:
            guard let (end, value) = unsafe plainInteger(at: start, atLeast: kind.pointee.minimum) else { return nil }
            notes.connectorId = value
            return end
        case .decimal:
            guard unsafe kind.pointee.minimum == .min else {
                return unsafe plainInteger(at: start, atLeast: kind.pointee.minimum)?.end
            }
            return number(at: start)?.end
        case .boolean: return has("t", at: start) || has("f", at: start) ? word(at: start) : nil
        case .object, .array, .other: return nil
        }
    }

    @inline(__always)
    private func enumerated(
        at start: Int, _ kind: UnsafePointer<SoundTables.KindRow>, _ notes: inout Notes
    ) -> Int? {
        let end = plainEnd(start, &notes)
        guard end > 0, unsafe word(from: start &+ 1, to: end, among: kind) != nil else { return nil }
        return end &+ 1
    }

    private func array(
        at start: Int, _ kind: UnsafePointer<SoundTables.KindRow>, _ notes: inout Notes
    ) -> Int? {
        guard has("[", at: start) else { return nil }
        let element = unsafe rows.pointee.elements + Int(kind.pointee.first)
        var position = behindBlanks(start &+ 1)
        var count: Int32 = 0
        if !has("]", at: position) {
            while true {
                guard let end = unsafe value(at: position, element, &notes) else { return nil }
                count &+= 1
                position = behindBlanks(end)
                guard has(",", at: position) else { break }
                position = behindBlanks(position &+ 1)
            }
        }
        return unsafe has("]", at: position) && count >= kind.pointee.count ? position &+ 1 : nil
    }

    @inline(__always)
    private func string(
        at start: Int, _ kind: UnsafePointer<SoundTables.KindRow>, _ notes: inout Notes
    ) -> Int? {
        var end = plainEnd(start, &notes)
        if end < 0 {
            guard let irregular = unsafe irregularEnd(start, kind, &notes) else { return nil }
            end = irregular
        }
        let count = end &- start &- 1
        guard unsafe count <= kind.pointee.maximum && count >= kind.pointee.minimum else { return nil }
        guard count > 0 else { return end &+ 1 }
        // No blanks or control characters around it, and not `null`.
        let (first, last) = (byte(start &+ 1), byte(end &- 1))
        guard first > 0x20, first != 0x7F, last > 0x20, last != 0x7F,
            count != 4 || first != UInt8(ascii: "n")
        else { return nil }
        return end &+ 1
    }

    /// Where the text of a string ends that may have escapes and letters beyond ASCII in it.
    private func irregularEnd(
        _ start: Int, _ kind: UnsafePointer<SoundTables.KindRow>, _ notes: inout Notes
    ) -> Int? {
        guard let (end, isIrregular) = anyString(at: start, &notes) else { return nil }
        // Escapes make a text shorter, and not empty.
        guard unsafe !isIrregular || kind.pointee.minimum <= 1 && hasPlainEnds(start &+ 1, end) else { return nil }
        return end
    }

    /// The place of a text among an enumeration's words.
    @inline(__always)
    private func word(from start: Int, to end: Int, among kind: UnsafePointer<SoundTables.KindRow>) -> Int? {
        let count = end &- start
        guard unsafe count <= Int(kind.pointee.count) else { return nil }
        let starts = unsafe rows.pointee.wordStarts + (Int(kind.pointee.first) &+ count)
        var word = unsafe Int(starts[0])
        let last = unsafe Int(starts[1])
        while word < last {
            if unsafe isEqual(text + start, rows.pointee.texts + Int(rows.pointee.words[word].start), count) {
                return word
            }
            word &+= 1
        }
        return nil
    }

    // MARK: Values of no table

    /// So deep values may nest.
    private static let maximumDepth = 32

    private func anyObject(at start: Int, depth: Int, _ notes: inout Notes) -> Int? {
        guard has("{", at: start) else { return nil }
        var position = behindBlanks(start &+ 1)
        if has("}", at: position) { return position &+ 1 }
        // An object of more keys is left to a closer look.
        var keys: [16 of (start: Int, count: Int)] = .init(repeating: (0, 0))
        var keyCount = 0
        while keyCount < keys.count {
            let keyEnd = plainEnd(position, &notes)
            guard keyEnd > 0 else { return nil }
            let (key, count) = (position, keyEnd &+ 1 &- position)
            for earlier in 0..<keyCount where keys[earlier].count == count {
                if unsafe isEqual(text + keys[earlier].start, text + key, count) { return nil }
            }
            keys[keyCount] = (key, count)
            keyCount &+= 1
            position = behindBlanks(keyEnd &+ 1)
            guard has(":", at: position) else { return nil }
            position = behindBlanks(position &+ 1)
            if depth == 0, unsafe isText(at: key, rows.pointee.connectorKey), isDigit(byte(position)) {
                guard let (_, value) = plainInteger(at: position, atLeast: 0) else { return nil }
                notes.connectorId = value
            }
            guard let end = anyValue(at: position, depth: depth &+ 1, &notes) else { return nil }
            position = behindBlanks(end)
            guard has(",", at: position) else { return has("}", at: position) ? position &+ 1 : nil }
            position = behindBlanks(position &+ 1)
        }
        return nil
    }

    private func anyValue(at start: Int, depth: Int, _ notes: inout Notes) -> Int? {
        switch byte(start) {
        case UInt8(ascii: "{"):
            return depth < SoundWalk.maximumDepth ? anyObject(at: start, depth: depth, &notes) : nil
        case UInt8(ascii: "["):
            guard depth < SoundWalk.maximumDepth else { return nil }
            var position = behindBlanks(start &+ 1)
            if has("]", at: position) { return position &+ 1 }
            while true {
                guard let end = anyValue(at: position, depth: depth &+ 1, &notes) else { return nil }
                position = behindBlanks(end)
                guard has(",", at: position) else { return has("]", at: position) ? position &+ 1 : nil }
                position = behindBlanks(position &+ 1)
            }
        case UInt8(ascii: "\""):
            let end = plainEnd(start, &notes)
            return end > 0 ? end &+ 1 : anyString(at: start, &notes).map { $0.end &+ 1 }
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return word(at: start)
        default: return number(at: start)?.end
        }
    }
}
