import Glibc
import WebEndpoints

/// Says back what it hears, for conformance suites: the WebSocket server of `serve` with its settings, but that messages
/// may be as large as the suite's and binary. Prints its port and lives until it is killed.
@main
enum WebSocketEcho {
    static func main() async throws {
        let loop = try EventLoop()
        var configuration = WebSocketServer.Configuration()
        configuration.maxMessageBytes = 33_554_432
        configuration.maxBacklogBytes = 67_108_864
        configuration.takesBinary = true
        let settings = configuration
        let server = try await loop.run { () throws(EndpointError) in
            try WebSocketServer(loop: loop, configuration: settings, handler: Echo())
        }
        print(server.boundPort)
        fflush(nil)
        while true { pause() }
    }
}

private final class Echo: WebSocketServerHandler {
    func upgrade(_ request: UpgradeRequest) -> UpgradeDecision { .accept }
    func opened(_ connection: WebSocketConnection) {}
    func received(_ connection: WebSocketConnection, _ message: [UInt8]) { connection.send(message) }
    func closed(_ connection: WebSocketConnection, reason: CloseReason) {}
}
