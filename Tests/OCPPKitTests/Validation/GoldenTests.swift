import Foundation
import Testing

@testable import OCPPKit

/// Frames as they were sent and the records that `decode` writes of them: one file for each code and each repair.
/// `OCPPCTL_RECORD=1` writes the records anew; read the difference.
@Suite("Golden records")
struct GoldenTests {
    private func names(_ folder: String) throws -> [String] {
        try Fixtures.names(in: Fixtures.folder.appending(path: folder)).filter { $0.hasSuffix(".log") }
            .map { String($0.dropLast(4)) }
    }

    /// The records of a log, compared with those beside it.
    private func records(_ folder: String, _ name: String) throws -> [JSONNode] {
        let place = Fixtures.folder.appending(path: folder)
        let log = [UInt8](try Data(contentsOf: place.appending(path: "\(name).log")))
        let golden = place.appending(path: "\(name).jsonl")
        var writer = JSONWriter()
        var reader = LogReader()
        reader.open("\(name).log")
        func write(_ item: LogItem) { item.write(to: &writer) }
        reader.read(log, write)
        reader.close(write)
        if ProcessInfo.processInfo.environment["OCPPCTL_RECORD"] == "1" { try Data(writer.bytes).write(to: golden) }
        let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected, "\(folder)/\(name)")
        return try Fixtures.lines(golden)
    }

    private func texts(_ record: JSONNode?, _ list: StaticString) -> [String] {
        record?["meta"]?[list]?.elements.compactMap { $0.text ?? $0["code"]?.text } ?? []
    }

    @Test func everyRepairHasAGoldenFile() throws {
        #expect(try names("repairs") == Repair.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: Repair.allCases) func theRepairIsNamedBesideItsViolation(_ repair: Repair) throws {
        let record = try records("repairs", repair.rawValue).last
        #expect(texts(record, "repairs") == [repair.rawValue])
        // Three read what the schemas allow.
        if ![.nullTextAsAbsent, .numberTrimmed].contains(repair) { #expect(!texts(record, "violations").isEmpty) }
    }

    @Test func everyViolationAndErrorHasAGoldenFile() throws {
        let codes = Violation.Code.allCases.map(\.rawValue) + ["error-json", "error-truncated", "error-frame"]
        #expect(try names("violations") == codes.sorted())
    }

    @Test(arguments: Violation.Code.allCases) func theViolationIsTheOnlyOne(_ code: Violation.Code) throws {
        #expect(texts(try records("violations", code.rawValue).last, "violations") == [code.rawValue])
    }

    @Test(arguments: ["json", "truncated", "frame"]) func theErrorIsSaid(_ code: String) throws {
        let record = try #require(try records("violations", "error-\(code)").last)
        #expect(record["record"]?.text == "error" && record["code"]?.text == code && record["messageType"] == nil)
        #expect(record["messageTypeId"]?.integer == 2 && record["messageId"]?.text == "1")
    }

    /// What `docs/records.md` lists is what there is.
    @Test func theManualListsEveryRepair() throws {
        let manual = try String(contentsOf: Fixtures.root.appending(path: "docs/records.md"), encoding: .utf8)
        let section = try #require(
            manual.components(separatedBy: "### Repairs").last?.components(separatedBy: "\n## ")[0])
        let listed = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(listed == Repair.allCases.map(\.rawValue))
    }
}
