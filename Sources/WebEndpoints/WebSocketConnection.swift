import CLibwebsockets

/// One charge point's WebSocket on a `WebSocketServer`.
///
/// The reference may travel (`@unchecked Sendable`: its stored values are fixed or the loop's), but every method is for
/// the loop's thread. After `closed` the object stays valid and its methods do nothing.
public final class WebSocketConnection: @unchecked Sendable {
    /// Unique in its server, and increasing.
    public let id: UInt64
    /// An address without port.
    public let peerAddress: String
    /// As in its `UpgradeRequest`.
    public let rawTarget: String
    /// What was agreed on; `nil` where the peer offered none.
    public let subprotocol: String?
    /// For the owner's use. The loop's thread only.
    public var context: AnyObject?

    let wire: WebSocketWire
    /// Keeps the server while it has connections.
    private let server: WebSocketServer

    init(id: UInt64, request: UpgradeRequest, subprotocol: String?, wire: WebSocketWire, server: WebSocketServer) {
        self.id = id
        peerAddress = request.peerAddress
        rawTarget = request.rawTarget
        self.subprotocol = subprotocol
        self.wire = wire
        self.server = server
        wire.keep(self)
    }

    /// Sends a text message: at once where the socket takes it, else in order as soon as it does. Beyond
    /// `maxBacklogBytes` the connection is dropped, and `closed` says 1008.
    public func send(_ text: [UInt8]) {
        wire.loop.checkIsolated()
        wire.send(text)
    }

    /// Sends what is queued, then the close frame. What the peer sends from now on is not delivered.
    /// - Parameter reason: at most 123 bytes arrive, of whole characters.
    public func close(code: UInt16, reason: String) {
        wire.loop.checkIsolated()
        wire.close(code: code, reason: reason)
    }

    /// Sends a ping. A peer that has sent nothing by the server's next round but one is dropped.
    public func ping() {
        wire.loop.checkIsolated()
        wire.ping()
    }

    /// Sends a ping that nothing follows from: whoever asks waits for `ponged`.
    public func probe() {
        wire.loop.checkIsolated()
        wire.probe()
    }

    /// What `send` took and the socket has not.
    public var backlogBytes: Int { wire.backlogBytes }
}

extension WebSocketConnection: WebSocketWireOwner {
    func wireOpened() { server.opened(self) }
    func wireReceived(_ message: [UInt8]) { server.received(self, message) }
    func wirePonged() { server.ponged(self) }
    func wireSlowedDown() { server.wasSlowedDown() }
    func wireClosed(_ reason: CloseReason) { server.closed(self, reason) }
}
