// What the central system says: its answers here, its commands in the next file.
extension SimulatedChargePoint {
    mutating func received(_ bytes: [UInt8]) {
        guard isConnected else { return }
        let frame: Frame
        do throws(FrameError) {
            frame = try Frame.read(bytes)
        } catch {
            emit(.breach("not an OCPP message: \(error.message)"))
            if error.messageTypeId == 2, let id = error.messageId {
                emit(.send(Frame.callError(id: id, code: .formationViolation, description: error.message)))
            }
            return
        }
        switch frame.kind {
        case .call: answer(frame)
        case .callResult: takeResult(frame)
        case .callError: takeError(frame)
        }
    }

    private mutating func takeResult(_ frame: Frame) {
        let outstandingId = queue.outstanding?.messageId
        guard let call = queue.complete(frame.messageId) else {
            return takeOrphan(frame)
        }
        // An earlier try was answered while the last one is under way, whose answer will then come too late.
        if let outstandingId, outstandingId != frame.messageId, queue.outstanding == nil { expire(outstandingId) }
        for violation in Validator.violations(of: frame, answering: call.action) where violation.severity == .error {
            emit(.breach("answer to \(call.action): \(violation.path): \(violation.message)"))
        }
        switch call.purpose {
        case .boot: bootAnswered(BootNotificationResponse(frame.payload))
        case .authorize(let connectorId): authorizeAnswered(connectorId - 1, AuthorizeResponse(frame.payload))
        case .start(let number): startAnswered(number, StartTransactionResponse(frame.payload))
        case .stop(let number): finish(number)
        case .ordered:
            let status = frame.payload?["status"]?.text ?? frame.payload?["idTagInfo"]?["status"]?.text
            emit(.told(action: call.action, what: "answered \(status ?? "with a result")"))
        case .heartbeat, .sample, .status, .meterValues, .report, .notice: break
        }
    }

    private mutating func takeError(_ frame: Frame) {
        guard queue.outstanding?.messageId == frame.messageId else { return takeOrphan(frame) }
        let error = frame.error ?? ("", "")
        let action = queue.outstanding?.call.action ?? ""
        if isOptional(action), [.notImplemented, .notSupported].contains(ErrorCode(rawValue: error.code)) {
            emit(.told(action: action, what: "the central system does not take it (\(error.code))"))
        } else {
            emit(.breach("\(action) answered by \(error.code) \(error.description)"))
        }
        failOutstanding(isAnswered: true)
    }

    /// A central system need not know more than the core profile.
    private func isOptional(_ action: String) -> Bool {
        if case .ordered? = queue.outstanding?.call.purpose { return false }
        return Actions.named(action)?.profile != .core
    }

    /// An answer to a CALL that timed out is only late; any other one that fits nothing should not be there.
    private mutating func takeOrphan(_ frame: Frame) {
        if let index = expiredIds.firstIndex(of: frame.messageId) {
            expiredIds.remove(at: index)
        } else {
            emit(.breach("\(frame.kind.rawValue) \(frame.messageId) answers no open CALL"))
        }
    }

    mutating func callTimedOut() {
        guard let (call, id, _) = queue.outstanding else { return }
        emit(.timedOut(action: call.action))
        expire(id)
        failOutstanding(isAnswered: false)
    }

    private mutating func expire(_ messageId: String) {
        if expiredIds.count == 100 { expiredIds.removeFirst() }
        expiredIds.append(messageId)
    }

    private mutating func failOutstanding(isAnswered: Bool) {
        let attempts = configuration.integer("TransactionMessageAttempts")
        let retryInterval = configuration.integer("TransactionMessageRetryInterval") * 1000
        guard let (call, isGivenUp) = queue.fail(at: now, attempts: attempts, retryInterval: retryInterval), isGivenUp
        else { return }
        switch call.purpose {
        case .boot: bootAt = now.adding(milliseconds: options.bootRetryInterval)
        case .authorize(let connectorId):
            if isAnswered {
                abandonSession(connectorId - 1, .refused, reason: "Error")
            } else {
                authorizeOffline(connectorId - 1)
            }
        case .start(let number):
            transactions[number]?.identity = .givenUp
            emit(.givenUp(action: call.action))
        case .stop(let number):
            transactions[number]?.result.outcome = .undelivered
            emit(.givenUp(action: call.action))
            finish(number)
        case .meterValues: emit(.givenUp(action: call.action))
        case .report(let notification, let status):
            if !isAnswered { retell(notification, status) }
        case .heartbeat, .sample, .status, .notice, .ordered: break
        }
    }

    private mutating func bootAnswered(_ response: BootNotificationResponse) {
        // More than a year is no interval.
        let interval = min(max(response.interval ?? 0, 0), 31_536_000)
        guard response.status?.known == .accepted else {
            let status = response.status?.known ?? .rejected
            registration = status
            let retry = interval > 0 ? interval * 1000 : options.bootRetryInterval
            bootAt = now.adding(milliseconds: retry)
            return emit(.booted(registration: status, intervalSeconds: retry / 1000))
        }
        if interval > 0 { _ = configuration.change("HeartbeatInterval", to: String(interval)) }
        scheduleHeartbeat()
        bootAt = nil
        emit(.booted(registration: .accepted, intervalSeconds: configuration.integer("HeartbeatInterval")))
        if registration != .accepted {
            registration = .accepted
            reported = nil
            for index in connectors.indices { connectors[index].reported = nil }
        }
        reportStatuses()
    }

    private mutating func authorizeAnswered(_ index: Int, _ response: AuthorizeResponse) {
        let status = response.idTagInfo?.status
        guard status?.known != .accepted else { return authorized(index) }
        abandonSession(index, .refused, reason: status?.text ?? "Invalid")
    }

    private mutating func startAnswered(_ number: Int, _ response: StartTransactionResponse) {
        transactions[number]?.identity = response.transactionId.map { .known($0) } ?? .givenUp
        transactions[number]?.result.transactionId = response.transactionId
        guard let status = response.idTagInfo?.status, status != .accepted,
            configuration.isTrue("StopTransactionOnInvalidId"),
            let index = connectors.firstIndex(where: { $0.chargingSession?.transaction == number })
        else { return }
        stopCharging(index, reason: .deAuthorized, outcome: .refused)
    }

    /// The stop is delivered or given up: nothing more will be said of the transaction.
    private mutating func finish(_ number: Int) {
        guard var transaction = transactions.removeValue(forKey: number) else { return }
        if case .givenUp = transaction.identity { transaction.result.outcome = .undelivered }
        emit(.sessionFinished(transaction.result))
    }
}
