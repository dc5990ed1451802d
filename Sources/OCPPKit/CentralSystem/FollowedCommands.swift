extension CentralSystem {
    /// What a command asked and how it was answered with a CALLRESULT.
    struct AnsweredCommand {
        let chargePointId: String
        let request: JSONNode?
        let response: JSONNode?
    }

    typealias Follower = @Sendable (inout CentralSystem, AnsweredCommand) -> Void

    /// What the central system learns from the answers to its commands. One file each in `Handlers`.
    static let followers: [String: Follower] = [
        "CancelReservation": { $0.followCancelReservation($1) },
        "ExtendedTriggerMessage": { $0.followTriggerMessage($1) },
        "GetLocalListVersion": { $0.followGetLocalListVersion($1) },
        "ReserveNow": { $0.followReserveNow($1) },
        "SendLocalList": { $0.followSendLocalList($1) },
        "TriggerMessage": { $0.followTriggerMessage($1) },
    ]

    mutating func follow(_ call: OutstandingCall, _ response: JSONNode?, from id: String) {
        guard let follower = Self.followers[call.request.action] else { return }
        let request = try? JSONTree(parsing: call.request.payload).root
        follower(&self, AnsweredCommand(chargePointId: id, request: request, response: response))
    }
}

extension CentralSystem.AnsweredCommand {
    var isAccepted: Bool { response?["status"]?.isText("Accepted") == true }
}
