import Foundation
import Testing

@testable import OCPPKit

/// Real frames and what people found wrong with them.
@Suite("Captured frames", .enabled(if: Fixtures.exists(Fixtures.capturedFrames), "no captures beside the project"))
struct CapturedFrameTests {
    @Test func everyVerdictIsMet() throws {
        let lines = try Fixtures.lines(Fixtures.capturedFrames)
        #expect(lines.count >= 80)
        for line in lines {
            let id = line["id"]?.integer ?? 0
            let expect = try #require(line["expect"])
            let raw = Array(try #require(line["raw"]?.text).utf8)

            let isJSON = (try? JSONTree(parsing: raw)) != nil
            #expect(isJSON == expect["json_valid"]?.boolean, "frame \(id)")

            let frame = try? Frame.read(raw)
            let isFrame = frame.map { $0.violations.isEmpty } ?? false
            #expect(!isJSON || isFrame == expect["frame_valid"]?.boolean, "frame \(id)")

            guard let frame, let isSchemaValid = expect["schema_valid"]?.boolean else { continue }
            let found = Validator.violations(of: frame, answering: expect["action"]?.text)
            #expect(!found.contains { $0.code.isSchemaRule } == isSchemaValid, "frame \(id): \(found)")
            #expect(!found.contains { $0.code == .format } == expect["format_valid"]?.boolean, "frame \(id): \(found)")
        }
    }
}
