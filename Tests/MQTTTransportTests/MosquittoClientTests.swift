import Glibc
import Testing

@testable import MQTTTransport

struct MosquittoClientTests {
    private let nowhere = MQTTBroker(host: "127.0.0.1", port: 1)

    /// Fails when a libmosquitto lays its handle out in another way: see `shrinkWakeUp`.
    @Test func wakeUpOfTheLibraryIsSmall() throws {
        let broker = try Broker()
        let client = try MosquittoClient(
            .dojot("a"), broker: MQTTBroker(host: "127.0.0.1", port: broker.port), maxInFlight: 20)
        #expect(client.hasSmallWakeUp)
    }

    @Test func nulInTheIdentityIsRefusedInsteadOfCutOff() {
        var device = MQTTDevice.dojot("a")
        device.username = "admin\0a"
        #expect(throws: MosquittoFailure.self) {
            try MosquittoClient(device, broker: nowhere, maxInFlight: 20)
        }
    }

    /// libmosquitto's own refusal closes descriptor 0.
    @Test(arguments: ["", "a\u{1}", "a\u{7F}", "a\u{FFFF}", String(repeating: "a", count: 65_536)])
    func badClientIDIsRefusedAndStandardInputStays(clientID: String) throws {
        try #require(fcntl(STDIN_FILENO, F_GETFD) >= 0)
        var device = MQTTDevice.dojot("a")
        device.clientID = clientID
        #expect(throws: MosquittoFailure.self) {
            try MosquittoClient(device, broker: nowhere, maxInFlight: 20)
        }
        #expect(fcntl(STDIN_FILENO, F_GETFD) >= 0)
    }
}
