extension Command {
    static let smartCharging: [String: Command] = [
        "ClearChargingProfile": Command(reading: { $0.clearChargingProfile(&$1) }),
        "GetCompositeSchedule": Command(reading: { $0.getCompositeSchedule(&$1) }),
        "SetChargingProfile": Command(reading: { $0.setChargingProfile(&$1) }),
    ]
}

extension SimulatedChargePoint {
    fileprivate mutating func setChargingProfile(_ request: inout PayloadReader) -> JSONValue {
        guard let connectorId = request.integer("connectorId"), connectorIds.contains(connectorId),
            let node = request.object("csChargingProfiles"), let profile = acceptable(node, connectorId)
        else { return .status("Rejected") }
        if profile.purpose == .tx {
            guard let number = connectors[Int(connectorId) - 1].chargingSession?.transaction else {
                return .status("Rejected")
            }
            if let asked = profile.transactionId {
                guard case .known(asked)? = transactions[number]?.identity else { return .status("Rejected") }
            }
        }
        profiles.set(profile, atConnector: connectorId)
        applyLimits()
        return .status("Accepted")
    }

    /// A TxProfile that came with a RemoteStartTransaction: it belongs to the transaction that will start.
    mutating func setTransactionProfile(_ value: JSONValue, ofConnector connectorId: Int) -> Bool {
        guard let node = try? JSONTree(parsing: value.bytes).root,
            let profile = acceptable(node, Int64(connectorId)), profile.purpose == .tx, profile.transactionId == nil
        else { return false }
        profiles.set(profile, atConnector: Int64(connectorId))
        return true
    }

    private mutating func acceptable(_ node: JSONNode, _ connectorId: Int64) -> ChargingProfile? {
        do throws(ChargingProfileError) {
            let profile = try ChargingProfile(node)
            if let objection = ChargingProfiles.objection(to: profile, atConnector: connectorId) {
                throw ChargingProfileError(objection)
            }
            guard profile.stackLevel <= configuration.integer("ChargeProfileMaxStackLevel") else {
                throw ChargingProfileError("stackLevel \(profile.stackLevel) is above ChargeProfileMaxStackLevel")
            }
            guard profile.schedule.periods.count <= configuration.integer("ChargingScheduleMaxPeriods") else {
                throw ChargingProfileError("more periods than ChargingScheduleMaxPeriods")
            }
            guard profiles.entries.count < configuration.integer("MaxChargingProfilesInstalled") else {
                throw ChargingProfileError("more profiles than MaxChargingProfilesInstalled")
            }
            return profile
        } catch {
            emit(.told(action: "charging profile", what: error.description))
            return nil
        }
    }

    fileprivate mutating func clearChargingProfile(_ request: inout PayloadReader) -> JSONValue {
        let count = profiles.clear(
            id: request.integer("id"), connectorId: request.integer("connectorId"),
            purpose: request.text("chargingProfilePurpose").flatMap(ChargingProfile.Purpose.init),
            stackLevel: request.integer("stackLevel"))
        applyLimits()
        return .status(count > 0 ? "Accepted" : "Unknown")
    }

    fileprivate func getCompositeSchedule(_ request: inout PayloadReader) -> JSONValue {
        guard let connectorId = request.integer("connectorId"), connectorIds.contains(connectorId),
            let duration = request.integer("duration"), (1...31_536_000).contains(duration)
        else { return .status("Rejected") }
        let unit = request.text("chargingRateUnit").flatMap(ChargingSchedule.Unit.init) ?? .watts
        let connector = connectorId == 0 ? nil : connectors[Int(connectorId) - 1]
        let maximum = connector?.model.maximumWatts ?? connectors.reduce(0) { $0 + $1.model.maximumWatts }
        let schedule = CompositeSchedule(
            of: profiles, connectorId: connectorId,
            start: Timestamp(seconds: now.milliseconds / 1000), duration: duration, unit: unit,
            maximum: .watts(maximum), supply: connector?.model.gridSupply ?? .threePhases,
            chargingStart: connector?.chargingSession?.charging.begin)
        return .object([
            ("status", .string("Accepted")), ("connectorId", .integer(connectorId)),
            ("scheduleStart", .string(schedule.start.description)), ("chargingSchedule", schedule.json),
        ])
    }

    /// Lets each transaction draw what the profiles allow now. The limit of the charge point is shared evenly.
    mutating func applyLimits() {
        guard !profiles.isEmpty || connectors.contains(where: { $0.chargingSession?.limitUntil != nil || $0.isLimited })
        else { return }
        let running = connectors.indices.filter { connectors[$0].chargingSession != nil }
        let whole = profiles.chargePointMoment(at: now)
        for index in running {
            guard let session = connectors[index].chargingSession else { continue }
            let supply = connectors[index].model.gridSupply
            let own = profiles.transactionMoment(
                ofConnector: Int64(index + 1), at: now, chargingStart: session.charging.begin)
            let share = whole.limit.map { GridSupply.threePhases.watts($0) / Int64(running.count) }
            let allowed = [own.limit.map(supply.watts), share].compactMap { $0 }.min()
            connectors[index].limit(toWatts: allowed, until: earliest(own.until, whole.until), at: now)
            reportStatus(index + 1)
        }
    }

    /// The end of a limit that is in effect, or the beginning of one.
    var nextLimitChange: Timestamp? { connectors.compactMap { $0.chargingSession?.limitUntil }.min() }
}

extension GridSupply {
    static let threePhases = GridSupply(volts: 230, phases: 3)
}

extension ConnectorModel {
    /// What amperes of a charging profile are of. A DC connector draws from three phases.
    var gridSupply: GridSupply {
        switch supply {
        case .dc: .threePhases
        case .ac(let phases, let volts): GridSupply(volts: volts, phases: Int64(phases))
        }
    }
}
