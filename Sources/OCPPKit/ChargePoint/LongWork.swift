/// Something that takes a while and is told step by step: an update of firmware, an upload.
struct LongWork: Sendable {
    enum Step: Sendable {
        /// The next status of the notification.
        case tell(String)
        /// The same, as soon as no session runs.
        case tellWhenIdle(String)
        /// Starts again, with other firmware.
        case reboot(firmwareVersion: String)
        case securityEvent(type: String)
    }

    let requestId: Int64?
    /// How many milliseconds after the one before each step follows.
    var steps: [(delay: Int64, step: Step)]
    /// When the first of the steps is due.
    var dueAt: Timestamp
    /// The status that was told last.
    var status = "Idle"
}

extension SimulatedChargePoint {
    /// Begins a work. One that tells its steps by the same notification is given up.
    ///
    /// - Parameter notification: the action that tells of it.
    mutating func begin(_ notification: String, requestId: Int64? = nil, _ steps: [(delay: Int64, step: LongWork.Step)])
    {
        guard let first = steps.first else { return }
        works[notification] = LongWork(
            requestId: requestId, steps: steps, dueAt: now.adding(milliseconds: first.delay))
    }

    /// When the next step of any work is due; works rest while the charge point is not accepted.
    var nextWork: Timestamp? {
        guard isConnected, registration == .accepted else { return nil }
        return works.values.filter { !isBlocked($0) }.map(\.dueAt).min()
    }

    private func isBlocked(_ work: LongWork) -> Bool {
        if case .tellWhenIdle = work.steps.first?.step { return connectors.contains { $0.session != nil } }
        return false
    }

    mutating func continueWorks() {
        for notification in works.keys.sorted() {
            guard isConnected, registration == .accepted, var work = works[notification], work.dueAt <= now,
                !isBlocked(work), !work.steps.isEmpty
            else { continue }
            let step = work.steps.removeFirst().step
            if let next = work.steps.first { work.dueAt = now.adding(milliseconds: next.delay) }
            switch step {
            case .tell(let status), .tellWhenIdle(let status): work.status = status
            case .reboot, .securityEvent: break
            }
            works[notification] = work.steps.isEmpty ? nil : work
            switch step {
            case .tell(let status), .tellWhenIdle(let status):
                tell(notification, status: status, requestId: work.requestId)
            case .reboot(let version):
                firmwareVersion = version
                reset = (.soft, now)
            case .securityEvent(let type): sendSecurityEvent(type)
            }
        }
    }

    /// Says how far a work has come.
    mutating func tell(_ notification: String, status: String, requestId: Int64?, isTriggered: Bool = false) {
        var payload = JSONValue.status(status)
        payload["requestId"] = requestId.map { .integer($0) }
        emit(.told(action: notification, what: status))
        queue.append(
            QueuedCall(
                purpose: .report(notification: notification, status: status), action: notification,
                payload: JSONPayload(payload), goesBeforeAcceptance: isTriggered))
    }

    /// Tells the present status of a work, as a trigger asks for it; Idle where there is none.
    mutating func tellStatus(of notification: String) {
        let work = works[notification]
        tell(notification, status: work?.status ?? "Idle", requestId: work?.requestId, isTriggered: true)
    }

    /// A status that the connection took with it is told again.
    mutating func retell(_ notification: String, _ status: String) {
        guard var work = works[notification] else {
            return begin(notification, [(delay: 0, step: .tell(status))])
        }
        work.steps.insert((delay: 0, step: .tell(status)), at: 0)
        work.dueAt = now
        works[notification] = work
    }

    mutating func sendSecurityEvent(_ type: String) {
        emit(.told(action: "SecurityEventNotification", what: type))
        queue.append(
            QueuedCall(
                purpose: .notice, action: "SecurityEventNotification",
                payload: JSONPayload(
                    .object([("type", .string(type)), ("timestamp", .string(now.description))]))))
    }

    /// Steps of which each may be replaced by its failure, which is then the last one: `Options.failures`.
    func steps(
        _ list: [(delay: Int64, status: String, failures: [String])]
    ) -> [(delay: Int64, step: LongWork.Step)] {
        var steps: [(delay: Int64, step: LongWork.Step)] = []
        for (delay, status, failures) in list {
            if let failure = failures.first(where: options.failures.contains) {
                return steps + [(delay, .tell(failure))]
            }
            steps.append((delay, .tell(status)))
        }
        return steps
    }

    /// Whether a file can be fetched from or brought to a place; simulated, so only the form of its URL counts.
    static func canReach(_ location: String?) -> Bool {
        guard let location, let mark = location.firstIndex(of: ":") else { return false }
        return ["ftp", "ftps", "sftp", "http", "https"].contains(location[..<mark].lowercased())
            && location[mark...].hasPrefix("://") && location[mark...].count > 3
    }
}
