import ArgumentParser
import OCPPKit

/// What a check found out: a `check` record.
struct CheckResult {
    enum Verdict: String { case passed, warning, failed, skipped }

    let check: String
    let verdict: Verdict
    let message: String
    /// What to do about it.
    let advice: String?
    /// Of a failure: how the command ends.
    let status: ExitStatus
}

/// Takes results as they come, writes each at once, and knows how the command ends.
final class CheckReport {
    private let target: String
    private let format: CheckFormat
    private let output = OutputWriter(isLineBuffered: true)
    /// The first failure's; warnings end in success.
    private(set) var status = ExitStatus.done

    init(target: String, format: CheckFormat) {
        self.target = target
        self.format = format
    }

    func passed(_ check: String, _ message: String) throws { try take(check, .passed, message, nil, .done) }

    func skipped(_ check: String, _ message: String) throws { try take(check, .skipped, message, nil, .done) }

    func warning(_ check: String, _ message: String, _ advice: String) throws {
        try take(check, .warning, message, advice, .done)
    }

    func failed(_ check: String, _ status: ExitStatus, _ message: String, _ advice: String) throws {
        try take(check, .failed, message, advice, status)
    }

    private func take(
        _ check: String, _ verdict: CheckResult.Verdict, _ message: String, _ advice: String?, _ status: ExitStatus
    ) throws {
        let result = CheckResult(check: check, verdict: verdict, message: message, advice: advice, status: status)
        if verdict == .failed, self.status == .done { self.status = status }
        switch format {
        case .jsonl: try output.writeLine { write(result, to: &$0) }
        case .text: try output.write(text(of: result).utf8)
        }
    }

    private func write(_ result: CheckResult, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "check")
        writer.member("target", target)
        writer.member("check", result.check)
        writer.member("result", result.verdict.rawValue)
        writer.member("message", result.message)
        writer.member("advice", result.advice)
        writer.endObject()
        writer.endLine()
    }

    /// `FAILED   tls           …`, and what to do on a line below.
    private func text(of result: CheckResult) -> String {
        let word = result.verdict == .failed ? "FAILED" : result.verdict.rawValue
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        var text = padded(word, 9) + padded(result.check, 14) + oneLine(result.message) + "\n"
        if let advice = result.advice { text += String(repeating: " ", count: 23) + oneLine(advice) + "\n" }
        return text
    }

    private func oneLine(_ text: String) -> String { Diagnostics.harmless(text).replacing("\n", with: " ") }
}

enum CheckFormat: String, ExpressibleByArgument, CaseIterable { case jsonl, text }

/// How far another clock is from this machine's, in milliseconds.
enum ClockSkew {
    /// Beyond it a clock is wrong, not merely coarse.
    static let tolerance: Int64 = 10_000

    static func words(_ skew: Int64) -> String {
        "\(abs(skew) / 1000) s \(skew < 0 ? "behind" : "ahead of") this machine's clock"
    }
}
