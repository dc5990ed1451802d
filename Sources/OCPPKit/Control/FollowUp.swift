/// What a charge point's frames mean to a command that waits for a condition.
///
/// A CALL that meets it counts once the central system has answered it with a CALLRESULT: what has to be stored is then
/// stored, and whoever reads the store next finds it. One that is answered with a CALLERROR does not count.
///
/// It is given the records of the charge point's frames from before the command was sent; what comes after the command
/// counts.
public struct FollowUp: Sendable {
    /// How the waiting ended.
    public struct Conclusion: Sendable, Equatable {
        /// The record of the charge point's CALL.
        public let line: [UInt8]
        public let verdict: FrameCondition.Verdict
    }

    /// A CALL of the charge point that waits for its answer. Some charge points give one id to all their messages.
    private struct OpenCall {
        let messageId: String?
        let action: String?
        let position: Int
        let conclusion: Conclusion?
    }

    private let condition: FrameCondition
    private var frameCount = 0
    /// Where the central system's own CALLs stand among the frames.
    private var ownCalls: [String: Int] = [:]
    private var openCalls: [OpenCall] = []
    /// What has come before the command was accepted.
    private var answered: [(position: Int, conclusion: Conclusion)] = []
    /// Where the command stands among the frames; `nil` before it was accepted.
    private var position: Int?

    public init(_ condition: FrameCondition) { self.condition = condition }

    /// Whether what is waited for has come, and only its answer has not.
    public var isUnanswered: Bool {
        openCalls.contains { $0.conclusion != nil && $0.position > position ?? .max }
    }

    /// The command was accepted: from now on its end may be told.
    public mutating func accepted(messageId: String?) -> Conclusion? {
        let position = messageId.flatMap { ownCalls[$0] } ?? 0
        self.position = position
        ownCalls = [:]
        defer { answered = [] }
        return answered.first { $0.position > position }?.conclusion
    }

    /// The charge point's connection has ended: what it left open is never answered.
    public mutating func disconnected() { openCalls = [] }

    /// Takes the next frame of the charge point.
    ///
    /// - Parameter line: the frame's record, which `record` was read from.
    public mutating func take(_ record: JSONNode, line: [UInt8]) -> Conclusion? {
        frameCount += 1
        let isOwn = record["direction"]?.text == Direction.fromCentralSystem.rawValue
        let messageId = record["messageId"]?.text
        let action = record["action"]?.text
        switch (record["messageType"]?.text.flatMap(Frame.Kind.init(rawValue:)), isOwn) {
        case (.call, true):
            if position == nil { ownCalls[messageId ?? ""] = frameCount }
        case (.call, false):
            let verdict = condition.verdict(action: action ?? "", payload: record["payload"])
            openCalls.append(
                OpenCall(
                    messageId: messageId, action: action, position: frameCount,
                    conclusion: verdict.map { Conclusion(line: line, verdict: $0) }))
            // A charge point has given up on CALLs before so many newer ones.
            if openCalls.count > Pairing.maximumOpenCalls { openCalls.removeFirst() }
        case (.callResult, true): return conclude(messageId, action)
        case (.callError, true): _ = take(messageId, action)
        default: break
        }
        return nil
    }

    private mutating func conclude(_ messageId: String?, _ action: String?) -> Conclusion? {
        guard let call = take(messageId, action), let conclusion = call.conclusion else { return nil }
        if let position { return call.position > position ? conclusion : nil }
        answered.append((call.position, conclusion))
        if answered.count > Pairing.maximumOpenCalls { answered.removeFirst() }
        return nil
    }

    /// The CALL that is answered. Of several that cannot be told apart it is the first: answers keep the order.
    private mutating func take(_ messageId: String?, _ action: String?) -> OpenCall? {
        openCalls.firstIndex { $0.messageId == messageId && $0.action == action }.map { openCalls.remove(at: $0) }
    }
}
