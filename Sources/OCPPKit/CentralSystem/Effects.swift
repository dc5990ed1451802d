/// A WebSocket connection of a charge point, named by its transport; never used again once closed.
public typealias ConnectionID = UInt64

/// What happens to a central system.
public enum Input: Sendable {
    /// A charge point connected; its identity has been checked.
    case connected(ConnectionID, chargePointId: String, peer: String, subprotocol: String?)
    /// The connection is gone; the text says why, for people.
    case disconnected(ConnectionID, reason: String)
    /// A whole text message.
    case received(ConnectionID, [UInt8])
    /// A connection answered the ping of an `Effect.probe`.
    case answeredProbe(ConnectionID)
    /// What became of a `StoreRequest` with a ticket other than 0.
    case stored(ticket: UInt64, StoreOutcome)
    /// Somebody wants a command sent.
    case command(CommandRequest)
    /// Somebody wants the authorisation list changed; the ticket comes back with `Effect.tagsChanged`.
    case tagChanges(ticket: UInt64, [TagChange])
    /// A platform's users ask something of a charge point: a message of the device's configuration topic.
    case actuation(chargePointId: String, [UInt8])
    /// The time given by `Effect.wake` has come.
    case tick
}

/// What a central system wants done, in this order.
public enum Effect: Sendable {
    /// A text message to a charge point.
    case send(ConnectionID, [UInt8])
    /// Close the connection with this WebSocket status code.
    case close(ConnectionID, code: UInt16, reason: String)
    /// Ping the connection; an answer comes as `Input.answeredProbe`.
    case probe(ConnectionID)
    /// Keep this. Where the ticket is not 0, `Input.stored` must follow.
    case store(StoreRequest)
    /// A line for whoever reads the records.
    case record(Record)
    /// A command came to its end.
    case outcome(CommandOutcome)
    /// Changes of the authorisation list are durable and count; or, with a failure, none of them is.
    case tagsChanged(ticket: UInt64, failure: String?)
    /// Give `Input.tick` at this time, or earlier.
    case wake(at: Timestamp)
    /// The command brings a new AuthorizationKey: keep it beside the old one, then give the command again with
    /// `isKeyKept`, or give its outcome.
    case keepKey(CommandRequest)
    /// Have a certificate signed for the charge point (PKCS #10, PEM) and send it the chain as CertificateSigned.
    case sign(chargePointId: String, request: String)
    /// Something that a person who runs the server should know.
    case notice(String)
}

/// One line of the record stream.
public enum Record: Sendable {
    case frame(FrameRecord)
    case connection(ConnectionRecord)
    case session(Session)
    case command(CommandOutcome)
    case error(UnreadableFrame)
    case alert(Alert)

    /// Writes the line, its newline included.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .frame(let record): record.write(to: &writer)
        case .connection(let record): record.write(to: &writer)
        case .session(let session): writer.rawLine(SessionTable().jsonLine(session))
        case .command(let outcome): outcome.write(to: &writer)
        case .error(let record): record.write(to: &writer)
        case .alert(let alert): alert.write(to: &writer)
        }
    }
}

/// A charge point came or went.
public struct ConnectionRecord: Sendable {
    public enum Event: String, Sendable, CaseIterable {
        case connected, disconnected
        /// Closed without having been the charge point's: a connection that answers has its identity.
        case refused
    }

    public var timestamp: Timestamp
    public var chargePointId: String
    public var event: Event
    /// The other end's address.
    public var peer: String
    public var subprotocol: String?
    /// Why it went, or was refused.
    public var reason: String?

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("record", "connection")
        writer.member("timestamp", timestamp)
        writer.member("chargePointId", chargePointId)
        writer.member("event", event.rawValue)
        writer.member("peer", peer)
        writer.member("subprotocol", subprotocol)
        writer.member("reason", reason)
        writer.endObject()
        writer.endLine()
    }
}
