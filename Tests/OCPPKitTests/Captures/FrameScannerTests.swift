import OCPPKit
import Testing

@Suite struct FrameScannerTests {
    private func findings(_ text: String) -> [FrameScanner.Finding] { FrameScanner.findings(in: Array(text.utf8)) }

    private func broken(_ text: String) -> (error: FrameError, raw: String)? {
        guard case .broken(let error, let raw)? = findings(text).first?.content else { return nil }
        return (error, String(decoding: raw, as: UTF8.self))
    }

    private func frame(_ text: String) -> Frame? {
        guard case .frame(let frame)? = findings(text).first?.content else { return nil }
        return frame
    }

    @Test(
        "What looks a little like a frame is none",
        arguments: [
            "[15.6 15.6 15.7]A", "CALL [5481256, MeterValues]", "[1, 2, 3]", "[2, 36, 41]", "[2]", "[2,", "[", "[]",
            "[2 \"a\"]", "[\"2\",\"a\"]", "[2.0,\"a\"]", "[2, null, null]", "[3, 4, [5]]", "[12345678901,\"a\"]",
            "[2,36,\"x\"]", "[4,1,\"x\"]", "{\"messageTypeId\":2}", "{\"uniqueId\":\"1\"}",
        ])
    func none(text: String) {
        #expect(findings(text).isEmpty)
    }

    @Test(
        "Errors have a code, and what can still be read",
        arguments: [
            (#"[2,"a","Heartbeat",{]"#, FrameError.Code.json, 2, "a", "Heartbeat"),
            (#"[2,"a","Heartbeat",{}"#, .truncated, 2, "a", "Heartbeat"),
            (#"[2,"a","Heart"#, .truncated, 2, "a", nil),
            (#"[2,"a"#, .truncated, 2, nil, nil),
            (#"[2,"a","Stat...dorId": "X" }]"#, .truncated, 2, "a", nil),
            (#"[2,"a","Authorize",{"idTag":"AB…,"x":1}]"#, .truncated, 2, "a", "Authorize"),
            (#"[2,"a","Authorize",{...}]"#, .truncated, 2, "a", "Authorize"),
            (#"[2,"a","Authorize",{"idTag":"A" (truncated)"#, .truncated, 2, "a", "Authorize"),
            (#"[2,"a","Authorize"]"#, .frame, 2, "a", "Authorize"),
            (#"[2,"a","Authorize",[]]"#, .frame, 2, "a", "Authorize"),
            (#"[7,"a","Authorize",{}]"#, .frame, 7, "a", "Authorize"),
            (#"[3,"a",{},{}]"#, .frame, 3, "a", nil),
            (#"[2,17,"Heartbeat",{"#, .truncated, 2, "17", "Heartbeat"),
        ] as [(String, FrameError.Code, Int64, String?, String?)])
    func errors(text: String, code: FrameError.Code, typeId: Int64, messageId: String?, action: String?) {
        let error = broken(text)?.error
        #expect(error?.code == code)
        #expect(error?.messageTypeId == typeId)
        #expect(error?.messageId == messageId)
        #expect(error?.action == action)
        #expect(broken(text)?.raw == text)
    }

    @Test("A broken frame ends where the next one begins, or at its quote")
    func ends() {
        #expect(broken(#"'[2,"a","X",{"b":[]', and more"#)?.raw == #"[2,"a","X",{"b":[]"#)
        let glued = findings(#"[2,"a","X",{"b":"cut [3,"a",{}] tail"#)
        #expect(glued.count == 2)
        #expect(broken(#"[2,"a","X",{"b":"cut [3,"a",{}] tail"#)?.raw == #"[2,"a","X",{"b":"cut"#)
    }

    @Test("Quotes within quotes are undone, and the frame comes out as it was")
    func quotes() {
        let raw = #"[2,"é","DataTransfer",{"vendorId":"A","data":"{\"b\":\"\\\\ 🐢\"}"}]"#
        var quoted = raw
        for _ in 0..<4 {
            var writer = JSONWriter()
            writer.string(quoted)
            quoted = writer.text
            #expect(frame(quoted)?.raw.elementsEqual(raw.utf8) == true)
        }
        let cell = "\"" + raw.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        #expect(frame(cell)?.raw.elementsEqual(raw.utf8) == true)
    }

    @Test("A frame wrapped as an object is a frame with a violation")
    func objects() {
        let call = frame(#"x {"Action":"Heartbeat","CallType":2,"UniqueId":"1","Payload":{"a":1}} y"#)
        #expect(call?.kind == .call)
        #expect(call?.messageId == "1")
        #expect(call?.action == "Heartbeat")
        #expect(call?.payload?["a"]?.integer == 1)
        #expect(call?.violations.map(\.code) == [.frame])
        let error = frame(#"{"message_type_id":4,"unique_id":"1","error_code":"GenericError","error_details":{}}"#)
        #expect(error?.error?.code == "GenericError")
        // The record of such a frame can be read again.
        #expect(throws: Never.self) { try Frame.read(Array(call!.raw)) }
    }

    @Test("A payload's own arrays and texts are no frames")
    func nested() {
        let text = #"[2,"a","DataTransfer",{"vendorId":"A","data":"[2,\"b\",\"Heartbeat\",{}]","x":[2,"c"]}]"#
        #expect(findings(text).count == 1)
        #expect(frame(text)?.messageId == "a")
    }
}
