extension CentralSystem {
    /// Sends what a platform's users ask for. How it ends is published as `lastCommand` and `lastCommandResult`; there is
    /// nothing else that they could see it by.
    mutating func actuate(_ message: [UInt8], _ chargePointId: String) {
        for actuation in Actuation.read(message, labels: configuration.attributeLabels) {
            switch actuation.payload {
            case .success(let payload): enqueue(actuation.request(payload, chargePointId: chargePointId))
            case .failure(let problem):
                publish(chargePointId, DojotAttributes.invalid(actuation.action, problem))
                effects.append(.notice("DOJOT: \(chargePointId): \(actuation.action): \(problem.text)"))
            }
        }
    }
}
