import Testing

/// `OCPPCTL_RECORD=1 swift test --filter CommandLineTests` writes down what the commands do now; read it as a diff.
@Suite(.serialized)
struct TranscriptTests {
    @Test(arguments: Transcript.all)
    func theCommandDoesWhatIsWrittenDown(_ transcript: Transcript) throws {
        let outcome = try transcript.run(locale: "C.UTF-8")
        if Transcript.isRecording { return try transcript.record(outcome) }
        expect(outcome, is: transcript.expected)
    }

    /// A Turkish i, and a decimal comma: what goes by the locale does not write the same.
    @Test(.disabled(if: Transcript.isRecording), arguments: Transcript.all)
    func theLocaleChangesNothing(_ transcript: Transcript) throws {
        expect(try transcript.run(locale: "tr_TR.UTF-8"), is: transcript.expected)
    }

    @Test func thereAreCases() {
        #expect(Transcript.all.count > 40)
    }

    private func expect(_ outcome: Transcript.Outcome, is expected: Transcript.Outcome) {
        #expect(outcome.status == expected.status)
        #expect(String(decoding: outcome.stdout, as: UTF8.self) == String(decoding: expected.stdout, as: UTF8.self))
        #expect(String(decoding: outcome.stderr, as: UTF8.self) == String(decoding: expected.stderr, as: UTF8.self))
        #expect(outcome == expected, "bytes that are no UTF-8 differ")
    }
}
