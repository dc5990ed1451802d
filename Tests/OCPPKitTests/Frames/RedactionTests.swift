import Testing

@testable import OCPPKit

@Suite struct RedactionTests {
    private func redacted(_ text: String, hiding known: [String] = []) throws -> String {
        String(decoding: Redaction.redacted(try Frame.read(Array(text.utf8)), hiding: known).raw, as: UTF8.self)
    }

    @Test(arguments: ["AuthorizationKey", "authorizationkey", "AUTHORIZATIONKEY", "Authorization\\u004bey"])
    func hidesANewKey(_ name: String) throws {
        let text = #"[2,"1","ChangeConfiguration",{"key":"\#(name)", "value": "5c1f\u00300a"}]"#
        #expect(try redacted(text) == #"[2,"1","ChangeConfiguration",{"key":"\#(name)", "value": "***"}]"#)
    }

    @Test func hidesAKeyThatIsNoText() throws {
        let text = #"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":12345678}]"#
        #expect(try redacted(text) == #"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]"#)
    }

    @Test func hidesAKeyThatIsToldAgain() throws {
        let text =
            #"[3,"1",{"configurationKey":[{"key":"A","value":"1"},{"key":"authorizationKey","value":"ff"},{"key":"AuthorizationKey"}]}]"#
        let expected =
            #"[3,"1",{"configurationKey":[{"key":"A","value":"1"},{"key":"authorizationKey","value":"***"},{"key":"AuthorizationKey"}]}]"#
        #expect(try redacted(text) == expected)
    }

    @Test func hidesKnownTextsWhereverTheyStand() throws {
        #expect(
            try redacted(#"[4,"1","InternalError","no 5c1f0a",{"v":["5c1f0a5c1f0a"]}]"#, hiding: ["5c1f0a"])
                == #"[4,"1","InternalError","no ***",{"v":["******"]}]"#)
        #expect(try redacted(#"[3,"1",{"v":9.12345}]"#, hiding: ["12345"]) == #"[3,"1",{"v":9.0}]"#)
    }

    @Test func leavesTheRest() throws {
        for text in [
            #"[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}]"#,
            #"[2,"1","DataTransfer",{"key":"AuthorizationKey","value":"300"}]"#, #"[3,"1",{"status":"Accepted"}]"#,
        ] {
            #expect(try redacted(text) == text)
        }
        #expect(Redaction.redacted(text: Array("[2,\"AuthorizationKey\",ff".utf8)) == Array("***".utf8))
        #expect(Redaction.redacted(text: Array("[2,\"x".utf8)) == Array("[2,\"x".utf8))
    }
}
