public import OCPPKit
import Storage
import TransportSecurity
import WebEndpoints

// Who may connect, and what changes about that while the server runs.
extension CentralSystemServer {
    func decide(_ request: UpgradeRequest) -> UpgradeDecision {
        let ruling = gate.rule(on: request, now: WallClock.monotonicMilliseconds) { id in
            !settings.acceptsOnlyKnown || core.isKnown(id) || settings.dojot?.devices[id] != nil
        }
        switch ruling {
        case .decided(let decision):
            noteRefusal(decision, request)
            return decision
        case .check(let id, let entry, let presented, let isSuspect):
            let isTaken = hashing.submit(isSuspect: isSuspect) { [settings, loop, weak self] in
                let verdict = entry.verdict(on: presented, isLenient: settings.security.isLenient)
                guard let self else { return }
                if verdict == .rightNew { settlePending(of: id, accepted: true) }
                loop.post {
                    self.assumeIsolated { $0.settle(request, id, presented, isRight: verdict != .wrong) }
                }
            }
            if isTaken { return .later }
            gate.noteTurnedAway()
            return .refuse(status: 503, reason: "busy; try again")
        }
    }

    private func settle(_ request: UpgradeRequest, _ id: String, _ presented: [UInt8], isRight: Bool) {
        if isRight {
            gate.prove(id, presented, from: request.peerAddress)
            webSockets.settle(request.ticket, .accept)
        } else {
            gate.noteWrongSecret()
            noteRefusal(Gate.unauthorized, request)
            webSockets.settle(request.ticket, Gate.unauthorized)
        }
    }

    /// Told in the log, but not each time: whoever is refused may try again at once, ten thousand times.
    private func noteRefusal(_ decision: UpgradeDecision, _ request: UpgradeRequest) {
        guard case .refuse(let status, let reason) = decision,
            refusalNotices.take("", now: WallClock.monotonicMilliseconds)
        else { return }
        let target = request.rawTarget.prefix(100)
        notice("refused \(target) from \(request.peerAddress) with \(status): \(reason)")
    }

    public nonisolated func insecure(peerAddress: String, _ text: String) {
        assumeIsolated { server in
            guard server.refusalNotices.take("", now: WallClock.monotonicMilliseconds) else { return }
            server.notice("no TLS with \(peerAddress): \(text)")
        }
    }

    /// What has been counted so far.
    public var metrics: Metrics {
        Metrics(
            chargePoints: core.chargePointCounts, connections: webSockets.connectionCount,
            pendingHandshakes: webSockets.pendingCount, recordsLost: sink.lostRecords,
            unreadableMessages: core.unreadableCount, messages: core.counters, writer: writer.statistics,
            storeQueue: writer.pending, brokerDevices: publisher?.connectionCounts, endpoint: webSockets.counters,
            gate: gate.counters, start: startTime)
    }

    // MARK: Reloading

    /// Takes other rules, and reads passwords, certificates and the map of client certificates again: all or nothing.
    ///
    /// Connections go on; what was read is for new ones.
    ///
    /// - Returns: what was read, for people.
    /// - Throws: what is wrong with the first file that cannot be read; everything is as it was then.
    public func reload(_ rules: CentralSystem.Configuration) throws -> [String] {
        let security = settings.security
        let certificates =
            security.usesTLS ? (tls: try security.makeTLS(), clientMap: try security.readClientMap()) : nil
        // The last one that may fail, since it changes what it reads.
        try security.passwords?.reload()
        var messages: [String] = []
        if let passwords = security.passwords {
            gate.forgetProofs()
            messages.append("read \(passwords.path) again: \(passwords.ids.count) charge points")
        }
        if let certificates {
            webSockets.tls = certificates.tls
            gate.clientMap = certificates.clientMap
            messages.append("read the certificates again")
        }
        core.reconfigure(rules)
        return messages
    }

    // MARK: New keys

    /// Sends a new AuthorizationKey: it is valid beside the old one from before it is sent until the charge point's
    /// answer is known, so that nobody is locked out whatever fails in between.
    func rotateKey(_ request: CommandRequest) {
        guard let passwords = settings.security.passwords, let secret = request.newKey.flatMap(Secret.init(text:)),
            secret.kind == .key || settings.security.isLenient
        else {
            return refuse(request, "an AuthorizationKey is 32 to 40 hexadecimal digits; nothing was sent")
        }
        var request = request
        request.isKeyKept = true
        if request.ticket == 0 {
            // Nobody waits for it, but the key must find its way.
            lastTicket += 1
            request.ticket = lastTicket
        }
        let (id, kept) = (request.chargePointId, request)
        let isTaken = hashing.submit(isSuspect: false) { [loop, weak self] in
            guard let self else { return }
            let failure = passwords.failure(changing: id) { entry in
                var entry = entry ?? PasswordFile.Entry()
                entry.pending = StoredSecret(secret)
                return entry
            }
            loop.post {
                self.assumeIsolated { server in
                    if let failure {
                        server.refuse(kept, "not sent, since it cannot be kept: \(failure)")
                    } else {
                        server.rotations.insert(kept.ticket)
                        server.feed(.command(kept))
                    }
                }
            }
        }
        if !isTaken { refuse(request, "busy; nothing was sent") }
    }

    private func refuse(_ request: CommandRequest, _ message: String) {
        let outcome = request.outcome(.refused, message: message)
        perform([.outcome(outcome), .record(.command(outcome))])
    }

    /// The outcome of a new key, kept before it is told. Anything but a clear yes or no leaves both keys valid: the one
    /// that the charge point next proves itself with is then the only one.
    ///
    /// - Returns: false where the command brought no key.
    func finishRotation(_ outcome: CommandOutcome) -> Bool {
        guard rotations.remove(outcome.ticket) != nil else { return false }
        let isSettled: Bool? =
            switch outcome.outcome {
            case .accepted: true
            case .refused, .error, .notConnected: false
            case .timeout, .unknown: nil
            }
        guard let isSettled else { return false }
        gate.forgetProof(of: outcome.chargePointId)
        return hashing.submit(isSuspect: false) { [loop, weak self] in
            guard let self else { return }
            settlePending(of: outcome.chargePointId, accepted: isSettled)
            loop.post { self.assumeIsolated { $0.tell(outcome) } }
        }
    }

    /// Makes the pending secret the only one, or forgets it. Blocks.
    nonisolated func settlePending(of id: String, accepted: Bool) {
        let failure = settings.security.passwords?.failure(changing: id) { entry in
            guard let entry, let pending = entry.pending else { return entry }
            let current = accepted ? pending : entry.current
            return current.map { PasswordFile.Entry(current: $0) }
        }
        if let failure { notice("\(id): both the old and the new key stay valid: \(failure)") }
    }
}

extension PasswordFile {
    /// - Returns: why the change could not be kept.
    func failure(changing id: String, _ change: (Entry?) -> Entry?) -> String? {
        do {
            try self.change(id, change)
            return nil
        } catch {
            return error.description
        }
    }
}

extension PasswordFile.Entry {
    enum Verdict { case wrong, right, rightNew }

    /// Takes its time.
    func verdict(on presented: [UInt8], isLenient: Bool) -> Verdict {
        if current?.matches(presented, isLenient: isLenient) == true { return .right }
        return pending?.matches(presented, isLenient: isLenient) == true ? .rightNew : .wrong
    }
}

extension SecuritySettings {
    func makeTLS() throws(TLSError) -> TLSContext? {
        guard usesTLS else { return nil }
        return try TLSContext(server: tlsIdentities, clientCAFile: profile == 3 ? clientCAFile : nil)
    }

    /// A line for each certificate: its CN or serial number, blanks, the identity. `#` begins a comment.
    func readClientMap() throws(TLSError) -> [String: String]? {
        guard profile == 3, let clientMapFile else { return nil }
        guard let text = readText(clientMapFile) else { throw TLSError("\(clientMapFile) cannot be read") }
        var map: [String: String] = [:]
        // CR LF is one character of a text, and a byte order mark is one that cannot be seen.
        let lines = text.drop { $0 == "\u{FEFF}" }.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.map(\.trimmed).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let blank = line.lastIndex(where: { $0 == " " || $0 == "\t" }) else {
                throw TLSError("\(clientMapFile):\(index + 1): no CN and identity with a blank between them")
            }
            let name = line[..<blank].trimmed, id = line[blank...].trimmed
            guard !name.isEmpty, !id.isEmpty, map.updateValue(id, forKey: name) == nil else {
                throw TLSError("\(clientMapFile):\(index + 1): a name twice, or one that is empty")
            }
        }
        return map
    }
}

extension StringProtocol where SubSequence == Substring {
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
