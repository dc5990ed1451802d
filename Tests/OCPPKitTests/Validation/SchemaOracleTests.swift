import Foundation
import Testing

@testable import OCPPKit

/// Verdicts of the official JSON schemas on mutated payloads; `Tests/Oracle/schema_oracle.py` makes them.
@Suite("Agreement with the official schemas")
struct SchemaOracleTests {
    static let corpus =
        ProcessInfo.processInfo.environment["OCPPCTL_SCHEMA_ORACLE"].map { URL(filePath: $0) }
        ?? Fixtures.folder.appending(path: "schema-oracle.jsonl")

    @Test func violationsAreThoseOfTheSchemas() throws {
        let lines = try Fixtures.lines(Self.corpus)
        #expect(lines.count >= 300)
        var actions: Set<String> = []
        for line in lines {
            let action = try #require(line["action"]?.text)
            let definition = try #require(Actions.named(action))
            actions.insert(action)
            let isRequest = line["kind"]?.isText("request") == true
            let text = try #require(line["payload"]?.text)
            let found = Validator.violations(
                ofPayload: try JSONTree(parsing: text).root, shape: isRequest ? definition.request : definition.response
            )

            let ours = Set(found.filter { $0.code.isSchemaRule }.map { "\($0.code.rawValue) \($0.path)" })
            let theirs = Set(
                (line["violations"].map { Array($0.elements) } ?? []).map { pair in
                    pair.elements.compactMap { $0.text }.joined(separator: " ")
                })
            #expect(ours == theirs, "\(action) \(text)")

            let formats = Set(found.filter { $0.code == .format }.map { $0.path })
            #expect(
                formats == Set((line["formats"].map { Array($0.elements) } ?? []).compactMap { $0.text }), "\(text)")
        }
        #expect(actions.count == Actions.all.count)
    }
}
