extension CentralSystem {
    /// Takes in how far a task of the charge point has come. A status that the specification does not have is kept as
    /// it came.
    mutating func noteProgress(of task: StoredProgress.Task, _ call: InboundCall) -> Answer {
        var reader = PayloadReader(call.payload)
        if let status = reader.text("status") {
            let progress = StoredProgress(
                chargePointId: call.chargePointId, task: task, status: status, requestId: reader.integer("requestId"),
                since: now)
            chargePoints[call.chargePointId]?.progress[task] = progress
            effects.append(.store(StoreRequest(ticket: 0, operations: [.progress(progress)])))
        }
        return .result(EmptyPayload.text)
    }
}
