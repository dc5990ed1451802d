import Foundation
import Testing

@testable import OCPPKit

private let folder = Fixtures.captures.appending(path: "sessions")

/// Whole sessions of real charge points, and the rows that they must yield.
@Suite("Captured sessions", .enabled(if: Fixtures.exists(folder), "no captures beside the project"))
struct SessionCaptureTests {
    /// Flags that the captures' rows do not judge.
    static let unjudged = ["overlapping", "registerReset", "energyNegative", "stopMissing"]

    @Test func everyRowIsMet() throws {
        let names = try Fixtures.names(in: folder).filter { $0.hasSuffix(".jsonl") }
        #expect(!names.isEmpty)
        for name in names {
            let expectation = folder.appending(path: name.replacing(".jsonl", with: ".expect.json"))
            let expected = try #require(JSONTree(parsing: [UInt8](Data(contentsOf: expectation))).root["sessions"])
            var sessions = SessionFolder()
            for line in try Fixtures.lines(folder.appending(path: name)) { _ = try sessions.fold(record(line)) }
            let rows = try sessions.sessions.map { try JSONTree(parsing: SessionTable().jsonLine($0)).root }
            #expect(rows.count == Array(expected.elements).count, "\(name)")
            for (row, expectedRow) in zip(rows, expected.elements) {
                for (key, value) in expectedRow.members {
                    let column = key.text ?? ""
                    let found = try #require(row.member(named: column), "\(name): \(column)")
                    #expect(judged(found) == judged(value), "\(name): \(column)")
                }
            }
        }
    }

    private func record(_ line: JSONNode) throws -> FrameRecord {
        let frame = try Frame.read(Array(try #require(line["raw"]?.text).utf8))
        return FrameRecord(
            timestamp: line["t"]?.text.flatMap { Timestamp.read($0)?.time }, chargePointId: line["station"]?.text,
            direction: line["dir"]?.isText("from-station") == true ? .fromChargePoint : .fromCentralSystem,
            frame: frame,
            violations: frame.kind == .call ? Validator.violations(of: frame, answering: nil) : [])
    }

    private func judged(_ node: JSONNode) -> String {
        if let number = node.decimal { return number.description }
        guard node.isArray else { return String(decoding: node.raw, as: UTF8.self) }
        return node.elements.compactMap(\.text).filter { !Self.unjudged.contains($0) }.joined(separator: ";")
    }
}
