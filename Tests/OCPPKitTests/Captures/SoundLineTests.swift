import Foundation
import Testing

@testable import OCPPKit

/// Lines whose frames are taken as they stand: only where a closer look finds nothing, and with the same record.
@Suite("Sound lines")
struct SoundLineTests {
    /// A line with a CALL of the action, or with an answer to one, and whether it was taken as it stands. What was is
    /// looked at closely (`checkSound`).
    private func isSound(_ action: String, isRequest: Bool, _ payload: [UInt8]) -> Bool {
        var reader = LogReader()
        var last: LogItem?
        reader.open("x")
        if !isRequest { reader.read(Array("[2,\"1\",\"\(action)\",{}]\n".utf8)) { _ in } }
        let head = isRequest ? "[2,\"1\",\"\(action)\"," : "[3,\"1\","
        reader.read(Array(head.utf8) + payload + Array("]\n".utf8)) { last = $0 }
        reader.close { last = $0 }
        guard case .sound(let record) = last else { return false }
        #expect(record.read.action == action)
        checkSound(record)
        return true
    }

    private struct Valid {
        let action: String
        let isRequest: Bool
        let payload: [UInt8]
    }

    /// The valid payloads of all actions, on one line.
    private static func valid() throws -> [Valid] {
        try Actions.all.flatMap { definition in
            try ["request", "response"].map { kind in
                let text = try Data(
                    contentsOf: Fixtures.folder.appending(path: "\(definition.name)/\(kind)-valid.json"))
                return Valid(
                    action: definition.name, isRequest: kind == "request",
                    payload: text.filter { $0 != 0x0A && $0 != 0x0D })
            }
        }
    }

    /// What is plainly sound as a payload is so as a part of a line, but where an entity may stand in it.
    @Test func validPayloadsAreTaken() throws {
        var taken = 0
        for valid in try Self.valid() {
            let payload = try JSONTree(parsing: valid.payload).root
            let action = try #require(Actions.named(valid.action)).index
            let isPlain = Validator.isPlainlySound(payload, action: action, isRequest: valid.isRequest)
            let expected = isPlain && !valid.payload.contains(UInt8(ascii: "&"))
            #expect(isSound(valid.action, isRequest: valid.isRequest, valid.payload) == expected, "\(valid.action)")
            if expected { taken += 1 }
        }
        #expect(taken > 60)
    }

    /// What chance makes of valid payloads is taken only where nothing is wrong with it.
    @Test func nothingElseIsTaken() throws {
        var random = SplitMix(state: 2026)
        var counts = (taken: 0, left: 0)
        for valid in try Self.valid() {
            for _ in 0..<60 {
                let mutated = Self.mutated(valid.payload, &random)
                if isSound(valid.action, isRequest: valid.isRequest, mutated) {
                    counts.taken += 1
                } else {
                    counts.left += 1
                }
            }
        }
        #expect(counts.taken > 300 && counts.left > 1000, "\(counts)")
    }

    /// A character at each place of texts of each length up to two steps of a walk: it is taken just where it is allowed.
    @Test(arguments: [
        (#"""#, false), (#"\"#, false), ("\u{1F}", false), ("\u{0}", false), ("\u{7F}", true), ("é", true), ("€", true),
        ("😀", true), (" ", true), ("!", true), ("~", true), (#"\""#, true), (#"\u00e9"#, true), (#"\n"#, true),
    ])
    func characters(character: String, isJSON: Bool) throws {
        for length in 0...36 {
            for place in 0...length {
                let text =
                    String(repeating: "a", count: place) + character + String(repeating: "x", count: length - place)
                let payload = Array(#"{"vendorId":"v","data":"\#(text)"}"#.utf8)
                let isTaken = isSound("DataTransfer", isRequest: true, payload)
                // At the ends more is asked than in between.
                if place > 5, length - place > 5 { #expect(isTaken == isJSON, "\(text)") }
                if !isJSON { #expect(!isTaken, "\(text)") }
            }
        }
    }

    @Test(arguments: [
        #"[2,"1","Heartbeat",{}]"#, #"[ 2 , "1" , "Heartbeat" , { } ]  "#, "[2,\"1\",\"Heartbeat\",{}]\r",
        #"[3,"7",{"status":"Accepted","n":[1,2.5,{"a":null}]}]"#, #"[3,"7",{"connectorId":3}]"#,
        #"CP1 < [2,"1","Authorize",{"idTag":"A"}]"#,
        #"[2,"1","StatusNotification",{"connectorId":0,"errorCode":"NoError","status":"Available"}]"#,
        #"[2,"1","RemoteStartTransaction",{"idTag":"A","connectorId":1}]"#,
    ])
    func isTaken(line: String) throws { #expect(try sound(line) != nil, "\(line)") }

    @Test(arguments: [
        #"[2,"1","Heartbeat",{}"#, #"[2,"1","Heartbeat",{}]]"#, #"[2,"1","Heartbeat",{},1]"#, #"[2,"","Heartbeat",{}]"#,
        #"[2,"1234567890123456789012345678901234567","Heartbeat",{}]"#, #"[2,"\u0031","Heartbeat",{}]"#,
        #"[2,"1","HeartBeat",{}]"#, #"[2,"1","",{}]"#, #"[22,"1","Heartbeat",{}]"#, #"[2,1,"Heartbeat",{}]"#,
        #"[2,"1","Heartbeat",null]"#, #"[2,"1","Heartbeat",[]]"#, "[2,\"1\",\"Heartbeat\",{\t}]",
        #"[2,"1","Heartbeat",{}] [3,"1",{}]"#, #"[3,"1",{"a":1,"a":1}]"#, #"[3,"1",{"connectorId":1e3}]"#,
        #"[3,"1",{"connectorId":01}]"#, #"[4,"1","GenericError","",{}]"#, #"'[2,"1","Heartbeat",{}]"#,
        #"[2,"1","DataTransfer",{"vendorId":"a&b"}]"#, "[2,\"1\",\"Heartbeat\",{}]\u{0}",
        #"[2,"1","ChangeAvailability",{"connectorId":-1,"type":"Operative"}]"#,
        #"[2,"1","ChangeAvailability",{"connectorId":1234567890123456789,"type":"Operative"}]"#,
    ])
    func isLeft(line: String) throws { #expect(try sound(line) == nil, "\(line)") }

    /// An answer to a CALL of an action that OCPP 1.6 does not have is judged by no table.
    @Test func answersToUnknownActionsAreLeft() throws {
        #expect(try sound("[2,\"1\",\"Unheard\",{}]\n[3,\"1\",{}]") == nil)
    }

    /// Quirks look at values.
    @Test func nothingIsTakenWhereThereAreQuirks() throws {
        var options = LogOptions()
        options.quirks = Quirks([])
        var reader = LogReader(options: options)
        var items: [LogItem] = []
        reader.read(Array("[2,\"1\",\"Heartbeat\",{}]\n".utf8)) { items.append($0) }
        #expect(items.count == 1)
        guard case .frame = items.first else { return #expect(Bool(false), "taken as it stands") }
    }

    /// More strings than there is room to remember, and longer lines than the ones before.
    @Test func longLines() throws {
        let key = #"{"key":"k","readonly":false,"value":"a \"quoted\" text"}"#
        for count in [1, 200, 400, 2000] {
            let keys = [String](repeating: key, count: count).joined(separator: ",")
            let line = "[2,\"1\",\"GetConfiguration\",{}]\n[3,\"1\",{\"configurationKey\":[\(keys)]}]"
            #expect(try sound(line) != nil)
        }
    }

    /// The last item of a log, if its frame was taken as it stands.
    private func sound(_ log: String) throws -> SoundRecord? {
        var reader = LogReader()
        var last: LogItem?
        reader.open("x")
        reader.read(Array(log.utf8)) { last = $0 }
        reader.close { last = $0 }
        guard case .sound(let record) = last else { return nil }
        checkSound(record)
        return record
    }

    // MARK: Chance

    private static let pieces = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "0", "1", "-", ".", "e", "n", "null", "true", "Z", "T", "é",
        "\u{7F}",
        "\t", "\u{0}", "\\u0020", "\\u00e9", "\\\"", "{}", "[]", "\"\"", "20", "&", "a", "\"a\":1,", "-1", "1.5",
    ].map { Array($0.utf8) }

    /// One to three changes: bytes that are replaced, left out, put in, or put somewhere else.
    private static func mutated(_ payload: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = payload
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...4, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &random)!)
            case 1: bytes.removeSubrange(start..<end)
            case 2:
                // A digit or letter for another, which is often allowed.
                guard start < bytes.count, isDigit(bytes[start]) || isLetter(bytes[start]) else { continue }
                bytes[start] = isDigit(bytes[start]) ? 0x30 + UInt8.random(in: 0...9, using: &random) : 0x61
            default:
                let far = min(bytes.count, start + Int.random(in: 0...40, using: &random))
                bytes.insert(contentsOf: bytes[start..<far], at: Int.random(in: 0...bytes.count, using: &random))
            }
        }
        return bytes
    }
}
