import Foundation
import OCPPKit
import Testing

/// Each rule has a folder of fixtures: `log` and the `findings.jsonl` that it must yield, and `silent`, a log with
/// something like it in which nothing is to be found.
@Suite struct FindingsTests {
    private static let folder = Fixtures.folder.appending(path: "findings")
    private static let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []

    private func lines(of log: String, in name: String) throws -> String {
        let url = Self.folder.appending(path: "\(name)/\(log)")
        var findings = Findings()
        for item in readLog(try Array(Data(contentsOf: url)), file: log) { findings.add(item) }
        var writer = JSONWriter()
        for finding in findings.finish() { finding.write(to: &writer) }
        return writer.text
    }

    @Test("Every rule has fixtures, and every fixture a rule")
    func registry() throws {
        let rules = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../Sources/OCPPKit/Findings/Rules")
        let files = try FileManager.default.contentsOfDirectory(atPath: rules.path)
        let codes = Findings.codes.map(\.code)
        #expect(Self.names == codes.sorted())
        #expect(files.sorted() == codes.map { $0.prefix(1).uppercased() + $0.dropFirst() + ".swift" }.sorted())
        #expect(Set(codes).count == 16)
    }

    @Test(arguments: names)
    func found(_ name: String) throws {
        let expected = try String(contentsOf: Self.folder.appending(path: "\(name)/findings.jsonl"), encoding: .utf8)
        #expect(expected.contains("\"code\":\"\(name)\""))
        #expect(try lines(of: "log", in: name) == expected)
    }

    @Test(arguments: names)
    func silent(_ name: String) throws {
        #expect(try lines(of: "silent", in: name) == "")
    }

    @Test("Without times, what needs them is silent, and nothing is invented")
    func withoutTimes() throws {
        for name in ["bootLoop", "irregularHeartbeat", "slowAnswers"] {
            let text = try String(contentsOf: Self.folder.appending(path: "\(name)/log"), encoding: .utf8)
            var findings = Findings()
            let bare = text.split(separator: "\n").map { $0.drop { $0 != " " } }.joined(separator: "\n")
            for item in readLog(bare) { findings.add(item) }
            #expect(findings.finish().isEmpty, "\(name)")
        }
    }

    @Test("Memory is bounded: evidence, different findings, charge points")
    func bounded() {
        var findings = Findings()
        var log = ""
        for number in 0..<2000 {
            log +=
                "CP1 > [2,\"\(number)\",\"StatusNotification\",{\"connectorId\":\(number),\"errorCode\":\"E\(number)\"}]\n"
        }
        for item in readLog(log) { findings.add(item) }
        let found = findings.finish()
        #expect(found.count <= 256)
        #expect(found.allSatisfy { $0.evidence.count <= Finding.maximumEvidence })
        for number in 0...Findings.maximumChargePoints {
            for item in readLog("CP\(number) > [2,\"1\",\"Heartbeat\",{}]\n") { findings.add(item) }
            if number < Findings.maximumChargePoints { #expect(!findings.hasLeftOut) }
        }
        #expect(findings.hasLeftOut)
    }
}
