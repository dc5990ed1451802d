/// Whether a frame begins at a bracket, and how its quotes are written there.
enum FrameStart: Equatable {
    /// No frame.
    case none
    /// The text ends before it can be told.
    case undecided
    /// As JSON has it. `certain` where the message id is a string; without one a whole frame must follow.
    case plain(typeId: Int, certain: Bool)
    /// Inside a JSON string: `\"`.
    case escaped
    /// Inside a CSV cell: `""`.
    case doubled

    /// Looks at the `[` at an offset: blanks, an integer, blanks, `,`, blanks, and a string or what should be one.
    ///
    /// An array of numbers is none: without a string in the id's place a CALL must go on with an action, a CALLRESULT
    /// with an object, a CALLERROR with its code.
    static func look(at start: Int, in text: ArraySlice<UInt8>) -> FrameStart {
        var cursor = Cursor(text: text, position: start + 1)
        cursor.skipBlanks()
        guard let typeId = cursor.integer() else { return cursor.isAtEnd ? .undecided : .none }
        cursor.skipBlanks()
        guard cursor.take(UInt8(ascii: ",")) else { return cursor.isAtEnd ? .undecided : .none }
        cursor.skipBlanks()
        if cursor.isAtEnd { return .undecided }
        if let quoting = cursor.quoting(typeId: typeId, certain: true) { return quoting }
        // No string where the message id belongs.
        guard (2...4).contains(typeId), cursor.skipOddMessageId() else { return .none }
        cursor.skipBlanks()
        if typeId == 3 {
            guard cursor.take(UInt8(ascii: "{")) else { return .none }
            cursor.skipBlanks()
            return cursor.quoting(typeId: typeId, certain: false) ?? .plain(typeId: typeId, certain: false)
        }
        if cursor.current == UInt8(ascii: "'") { return .plain(typeId: typeId, certain: false) }
        return cursor.quoting(typeId: typeId, certain: false) ?? .none
    }
}

private struct Cursor {
    let text: ArraySlice<UInt8>
    var position: Int
    /// Whether a blank stood as an escape (`\n` as two bytes): the frame is inside a string.
    var sawEscapedBlank = false

    var isAtEnd: Bool { position >= text.endIndex }
    var current: UInt8? { position < text.endIndex ? text[position] : nil }

    mutating func skipBlanks() {
        while position < text.endIndex {
            if isBlank(text[position]) {
                position += 1
            } else if text[position] == UInt8(ascii: "\\"), position + 1 < text.endIndex,
                text[position + 1] == UInt8(ascii: "n") || text[position + 1] == UInt8(ascii: "r")
                    || text[position + 1] == UInt8(ascii: "t")
            {
                sawEscapedBlank = true
                position += 2
            } else {
                return
            }
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    /// Of at most nine digits.
    mutating func integer() -> Int? {
        let isNegative = take(UInt8(ascii: "-"))
        var value = 0
        let first = position
        while let byte = current, isDigit(byte), position - first < 10 {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            position += 1
        }
        guard (1...9).contains(position - first) else { return nil }
        return isNegative ? -value : value
    }

    /// How the quote that stands here is written; `nil` where none stands here.
    func quoting(typeId: Int, certain: Bool) -> FrameStart? {
        var quote = position
        while quote < text.endIndex, text[quote] == UInt8(ascii: "\\") { quote += 1 }
        // Some writers of JSON escape a quote by its number.
        if quote > position, text[quote...].starts(with: "u0022".utf8) { return .escaped }
        guard quote < text.endIndex, text[quote] == UInt8(ascii: "\"") else { return nil }
        // `""` is an empty string where the array goes on after it, and one doubled quote otherwise.
        if quote + 2 < text.endIndex, text[quote + 1] == UInt8(ascii: "\"") {
            let next = text[quote + 2]
            if !isBlank(next), next != UInt8(ascii: ","), next != UInt8(ascii: "]") { return .doubled }
        }
        return quote > position || sawEscapedBlank ? .escaped : .plain(typeId: typeId, certain: certain)
    }

    /// Passes a short value that is no string, and the comma after it.
    mutating func skipOddMessageId() -> Bool {
        let limit = min(text.endIndex, position + 64)
        while position < limit {
            switch text[position] {
            case UInt8(ascii: ","):
                position += 1
                return true
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""):
                return false
            default: position += 1
            }
        }
        return false
    }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
