import Foundation
import Testing

@testable import OCPPKit

/// The table of texts that RFC 8259 accepts and refuses.
@Suite("JSON by RFC 8259")
struct JSONCaseTests {
    struct Case {
        let line: Int
        let isAccepted: Bool
        let text: [UInt8]
    }

    private func cases() throws -> [Case] {
        let file = [UInt8](try Data(contentsOf: Fixtures.folder.appending(path: "json-cases.txt")))
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try lines.enumerated().compactMap { number, line in
            guard !line.isEmpty, line.first != UInt8(ascii: "#") else { return nil }
            let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            try #require(cells.count == 3, "line \(number + 1)")
            let verdict = String(decoding: cells[0], as: UTF8.self)
            try #require(verdict == "accept" || verdict == "refuse", "line \(number + 1)")
            return Case(line: number + 1, isAccepted: verdict == "accept", text: try expanded(cells[1]))
        }
    }

    /// `<C3A9>` stands for two bytes, `<5B*64>` for 64 of one.
    private func expanded(_ text: ArraySlice<UInt8>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            bytes += rest[..<open]
            let close = try #require(rest.firstIndex(of: UInt8(ascii: ">")))
            let parts = rest[(open + 1)..<close].split(separator: UInt8(ascii: "*"))
            let digits = parts[0].compactMap(hexadecimalValue)
            let unit = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            let count = parts.count > 1 ? try #require(Int(String(decoding: parts[1], as: UTF8.self))) : 1
            for _ in 0..<count { bytes += unit }
            rest = rest[(close + 1)...]
        }
        return bytes + rest
    }

    @Test func everyTextIsAcceptedOrRefused() throws {
        let cases = try cases()
        #expect(cases.count >= 250)
        #expect(Set(cases.map(\.text)).count == cases.count, "a text stands twice")
        for one in cases {
            let tree = try? JSONTree(parsing: one.text)
            #expect((tree != nil) == one.isAccepted, "line \(one.line)")
            guard let root = tree?.root else { continue }
            // What was read can be written, and reads the same.
            let written = JSONValue(root).bytes
            #expect((try? JSONTree(parsing: written)).map { JSONValue($0.root) } == JSONValue(root), "line \(one.line)")
        }
    }

    /// The same within a frame, where the reader begins elsewhere.
    @Test func everyTextIsAcceptedOrRefusedInAFrame() throws {
        for one in try cases() where one.text.count < 400 || !one.isAccepted {
            let frame = Array(#"[2,"1","DataTransfer",{"data":"#.utf8) + one.text + Array("}]".utf8)
            // Two levels are the frame's own.
            #expect(((try? Frame.read(frame)) != nil) == one.isAccepted, "line \(one.line)")
        }
    }
}
