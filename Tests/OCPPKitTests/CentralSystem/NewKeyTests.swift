import Testing

@testable import OCPPKit

@Suite struct NewKeyTests {
    private func server(_ id: String) -> CentralSystem {
        var configuration = CentralSystem.Configuration()
        configuration.keepsKeys = true
        var core = CentralSystem(configuration: configuration, seed: "t")
        let now = Timestamp(seconds: 1_800_000_000)
        _ = core.handle(.connected(1, chargePointId: id, peer: "p", subprotocol: nil), at: now)
        let boot = Array(#"[2,"b","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#.utf8)
        for case .store(let request) in core.handle(.received(1, boot), at: now) where request.ticket != 0 {
            _ = core.handle(.stored(ticket: request.ticket, .committed), at: now)
        }
        return core
    }

    private func request(_ key: String, text: [UInt8]? = nil) -> CommandRequest {
        CommandRequest(
            ticket: 7, chargePointId: "CP1", action: "ChangeConfiguration",
            payload: Array(#"{"key":"\#(key)","value":"5c1f"}"#.utf8), timeoutMilliseconds: 1_000, text: text)
    }

    private func sends(_ effects: [Effect]) -> Int {
        effects.count { if case .send = $0 { true } else { false } }
    }

    /// The same once the journal has the command, which has nothing of the key.
    private func sendsOnceKept(_ effects: [Effect], _ core: inout CentralSystem, at now: Timestamp) -> Int {
        var count = sends(effects)
        for case .store(let store) in effects where store.ticket != 0 {
            for case .command(let row) in store.operations {
                #expect(row.action == "ChangeConfiguration")
                let text = String(decoding: row.text, as: UTF8.self)
                #expect(text.contains("5c1f") == text.contains("HeartbeatInterval"))
            }
            count += sends(core.handle(.stored(ticket: store.ticket, .committed), at: now))
        }
        return count
    }

    /// Whoever asks: a key is kept before it is sent.
    @Test(arguments: ["AuthorizationKey", "authorizationKEY"]) func isKeptFirst(_ name: String) {
        var core = server("CP1")
        let now = Timestamp(seconds: 1_800_000_001)
        let first = core.handle(.command(request(name)), at: now)
        #expect(sends(first) == 0)
        guard case .keepKey(var kept)? = first.first else {
            Issue.record("no keepKey: \(first)")
            return
        }
        #expect(kept.newKey == "5c1f" && kept.ticket == 7)
        kept.isKeyKept = true
        #expect(sendsOnceKept(core.handle(.command(kept), at: now), &core, at: now) == 1)
    }

    @Test func otherKeysAreNot() {
        var core = server("CP1")
        let now = Timestamp(seconds: 1_800_000_001)
        #expect(sendsOnceKept(core.handle(.command(request("HeartbeatInterval")), at: now), &core, at: now) == 1)
    }

    @Test func aTextThatIsSentAsItIsIsSeenThrough() {
        var core = server("CP1")
        let text = Array(#"[2,"9","ChangeConfiguration",{"key":"AuthorizationKey","value":"5c1f"}]"#.utf8)
        let effects = core.handle(.command(request("x", text: text)), at: Timestamp(seconds: 1_800_000_001))
        #expect(sends(effects) == 0)
    }
}
