/// A CALL that matters to sessions, read.
enum SessionEvent {
    case start(StartTransactionRequest)
    case stop(StopTransactionRequest)
    case meterValues(MeterValuesRequest)
    /// The connector became free, at a time of the charge point's clock where it says so.
    case available(connectorId: Int64, time: Timestamp?)

    /// `nil` for every other frame. The direction is not asked: only charge points send these.
    static func told(by record: FrameRecord) -> SessionEvent? {
        guard record.frame.kind == .call, let kind = Kind(of: record.meantIndex), let payload = record.payload
        else { return nil }
        switch kind {
        case .start: return .start(StartTransactionRequest(payload))
        case .stop: return .stop(StopTransactionRequest(payload))
        case .meterValues: return .meterValues(MeterValuesRequest(payload))
        case .status:
            guard payload["status"]?.isText("Available") == true else { return nil }
            let request = StatusNotificationRequest(payload)
            guard let connectorId = request.connectorId, connectorId != 0 else { return nil }
            return .available(connectorId: connectorId, time: request.timestamp)
        }
    }

    /// What a CALL of an action may be.
    enum Kind: Sendable {
        case start, stop, meterValues, status

        /// - Parameter action: its place in `Actions.all`; `nil` for all other actions.
        init?(of action: Int?) {
            guard let action, let kind = Self.byAction[action] else { return nil }
            self = kind
        }

        /// Whether the answer says something about the session.
        var isAnswered: Bool { self == .start || self == .stop }

        private static let byAction: [Kind?] = Actions.all.map { action in
            switch action.name {
            case "StartTransaction": .start
            case "StopTransaction": .stop
            case "MeterValues": .meterValues
            case "StatusNotification": .status
            default: nil
            }
        }
    }
}

/// What a repeated StartTransaction or StopTransaction is known by: the same message id and content, even under another
/// transaction id or with another tag; or the same content under any message id.
struct RepetitionKeys {
    let ofMessage: String
    let ofContent: String

    init(_ start: StartTransactionRequest, messageId: String) {
        let content = "\(text(start.connectorId)) \(text(start.timestamp?.milliseconds)) \(text(start.meterStart))"
        ofMessage = "start message \(content) \(messageId)"
        ofContent = "start content \(content) \(start.idTag ?? "")"
    }

    init(_ stop: StopTransactionRequest, messageId: String) {
        let content = "\(text(stop.timestamp?.milliseconds)) \(text(stop.meterStop))"
        ofMessage = "stop message \(content) \(messageId)"
        ofContent = "stop content \(content) \(text(stop.transactionId))"
    }
}

private func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "-" }
