import Foundation
import OCPPKit
import Testing

@Suite struct LogCorpusTests {
    @Test("Our logs yield what is expected of them", arguments: LogCorpus.names(in: LogCorpus.fixtures))
    func fixture(name: String) throws {
        try check(name, in: LogCorpus.fixtures)
    }

    @Test(
        "Real logs yield what is expected of them",
        .enabled(if: LogCorpus.hasCaptures, "no captures beside the repository"),
        arguments: LogCorpus.names(in: LogCorpus.captures))
    func capture(name: String) throws {
        try check(name, in: LogCorpus.captures)
    }

    private func check(_ name: String, in folder: String) throws {
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
        let expected = try LogCounts(expected: "\(folder)/\(name).expect.json")
        #expect(LogCounts(readLog(bytes)) == expected)
        // However the stream is cut, the same comes out.
        #expect(LogCounts(readLog(bytes, chunk: 7)) == expected)
    }
}
