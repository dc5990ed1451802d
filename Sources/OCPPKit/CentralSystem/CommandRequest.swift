/// A command to one charge point, as `send` asks for it.
public struct CommandRequest: Sendable {
    /// Given back with the outcome.
    public var ticket: UInt64
    public var chargePointId: String
    public var action: String
    /// JSON text of an object.
    public var payload: [UInt8]
    /// How long to wait for the answer.
    public var timeoutMilliseconds: Int64
    /// Sent as it stands in place of a CALL, right or wrong. The answer is the one with the message id that can be read
    /// in it; where there is none, any answer.
    public var text: [UInt8]?

    /// Waits for its turn however long that takes; the others do for as long as for their answer.
    public var isPatient: Bool

    /// The new AuthorizationKey that it brings is kept already.
    public var isKeyKept = false

    /// When it is given up, while another command is on its way; `nil` for a patient one.
    var turnDeadline: Timestamp?

    public init(
        ticket: UInt64, chargePointId: String, action: String, payload: [UInt8], timeoutMilliseconds: Int64,
        text: [UInt8]? = nil, isPatient: Bool = false
    ) {
        self.isPatient = isPatient
        self.ticket = ticket
        self.chargePointId = chargePointId
        self.action = action
        self.payload = payload
        self.timeoutMilliseconds = timeoutMilliseconds
        self.text = text
    }
}

/// How a command ended: the `command` record.
public struct CommandOutcome: Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// Answered without a status, or with one that means yes.
        case accepted
        /// Answered with any other status, or not allowed by the charge point's registration.
        case refused
        /// Answered with a CALLERROR.
        case error
        /// No answer within the time.
        case timeout
        /// Not sent: the charge point is not connected.
        case notConnected
        /// Sent, and the connection ended before an answer, or the central system itself did.
        case unknown
    }

    public var ticket: UInt64
    public var chargePointId: String
    /// Empty for a text in which none can be read.
    public var action: String
    /// `nil` where nothing was sent.
    public var messageId: String?
    public var outcome: Outcome
    /// The answer's status, a CALLERROR's code, or why nothing was sent.
    public var status: String?
    /// The answer's payload, JSON text.
    public var payload: [UInt8]?
    public var responseMilliseconds: Int64?
    /// What a CALLERROR says, or why nothing was sent, for people.
    public var message: String?

    public init(
        ticket: UInt64, chargePointId: String, action: String, messageId: String? = nil, outcome: Outcome,
        status: String? = nil, payload: [UInt8]? = nil, responseMilliseconds: Int64? = nil, message: String? = nil
    ) {
        self.ticket = ticket
        self.chargePointId = chargePointId
        self.action = action
        self.messageId = messageId
        self.outcome = outcome
        self.status = status
        self.payload = payload
        self.responseMilliseconds = responseMilliseconds
        self.message = message
    }

    private static let affirmative: Set<String> = [
        "Accepted", "AcceptedCanceled", "Scheduled", "RebootRequired", "Unlocked",
    ]

    /// An answer's status; what is no text as it stands, and `nil` where there is none.
    static func status(in payload: JSONNode?) -> String? {
        guard let status = payload?["status"], status.kind != .null else { return nil }
        return status.text ?? String(decoding: status.raw, as: UTF8.self)
    }

    /// What an answer's status means; no status means yes.
    static func outcome(of status: String?) -> Outcome {
        status.map { affirmative.contains($0) } ?? true ? .accepted : .refused
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
        writer.endLine()
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("record", "command")
        writer.member("chargePointId", chargePointId)
        writer.member("action", action.isEmpty ? nil : action)
        writer.member("messageId", messageId.flatMap { $0.isEmpty ? nil : $0 })
        writer.member("outcome", outcome.rawValue)
        writer.member("status", status)
        writer.member("payload", raw: payload)
        writer.member("responseMilliseconds", responseMilliseconds)
        writer.member("message", message)
    }
}
