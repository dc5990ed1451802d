extension SimulatedChargePoint {
    /// When `handle` wants to be called, at the latest; `nil` where only an input can change anything.
    public var nextDeadline: Timestamp? {
        let isOnline = isConnected && registration == .accepted
        let general: [Timestamp?] = [
            isConnected ? callDeadline : nil,
            isConnected ? bootAt : nil,
            isOnline ? heartbeatAt : nil,
            isOnline ? queue.retryTime.flatMap { $0 > now ? $0 : nil } : nil,
            reset?.deadline, nextWork, nextReservationEnd, nextLimitChange,
        ]
        return (general + connectors.map(nextDeadline)).compactMap { $0 }.min()
    }

    private var callDeadline: Timestamp? {
        queue.outstanding?.since.adding(milliseconds: options.callTimeout)
    }

    private func nextDeadline(of connector: ConnectorState) -> Timestamp? {
        var times = [connector.unplugAt, canStartNext(connector) ? connector.nextStart : nil]
        switch connector.session?.phase {
        case .awaitingCable(let until): times.append(until)
        case .charging(let session): times += [session.endsAt, session.nextSample]
        case .authorizing, nil: break
        }
        return times.compactMap { $0 }.min()
    }

    /// Whether the first of the connector's waiting sessions could begin now.
    private func canStartNext(_ connector: ConnectorState) -> Bool {
        guard canStartSessions, let spec = connector.waiting.first else { return false }
        return canUse(connector.id - 1, idTag: spec.idTag)
    }

    /// Whether the charge point has been accepted since it booted, and does not boot again.
    var canStartSessions: Bool { registration == .accepted && reset == nil }

    /// Does what is due now.
    mutating func handleDeadlines() {
        if isConnected, let callDeadline, callDeadline <= now { callTimedOut() }
        if isConnected, let bootAt, bootAt <= now {
            self.bootAt = nil
            sendBoot()
        }
        if isConnected, registration == .accepted, let heartbeatAt, heartbeatAt <= now {
            scheduleHeartbeat()
            sendHeartbeat()
        }
        endReservations()
        continueWorks()
        for index in connectors.indices { handleDeadlines(ofConnector: index) }
        applyLimits()
    }

    private mutating func handleDeadlines(ofConnector index: Int) {
        switch connectors[index].session?.phase {
        case .charging(let session):
            if session.charging.completion != nil || session.stopsAt.map({ $0 <= now }) ?? false {
                stopCharging(index, reason: .local, outcome: .completed)
            } else if session.endsAt <= now {
                foresee(index)
            } else if let nextSample = session.nextSample, nextSample <= now {
                takePeriodicSample(index)
            }
        case .awaitingCable(let until) where until <= now: abandonSession(index, .cutShort, reason: "Timeout")
        case .awaitingCable, .authorizing, nil: break
        }
        if let unplugAt = connectors[index].unplugAt, unplugAt <= now { unplug(index) }
        if canStartNext(connectors[index]), let nextStart = connectors[index].nextStart, nextStart <= now {
            connectors[index].nextStart = nil
            connectors[index].isPluggedIn = true
            begin(connectors[index].waiting.removeFirst(), on: index, isRemote: false, unplugsByItself: true)
        }
    }

    private mutating func foresee(_ index: Int) {
        guard var session = connectors[index].chargingSession else { return }
        session.foresee(at: now)
        connectors[index].session?.phase = .charging(session)
    }

    mutating func scheduleHeartbeat() {
        let interval = configuration.integer("HeartbeatInterval")
        heartbeatAt = interval > 0 ? now.adding(milliseconds: interval * 1000) : nil
    }

    mutating func resetIfDue() {
        guard let reset else { return }
        guard reset.kind == .hard || !isConnected || queue.transactional.isEmpty || reset.deadline <= now else {
            return
        }
        self.reset = nil
        emit(.rebooting(reset.kind))
        disconnected()
        registration = nil
        bootAt = now
        heartbeatAt = nil
        emit(.reconnect)
    }
}
