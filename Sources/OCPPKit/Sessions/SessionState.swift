// A session as JSON text and back, exactly: what `serve` stores and takes up again after a restart.
extension Session {
    /// JSON text of an object, for `init(state:)`. Times are milliseconds since 1970.
    public func encodedState() -> [UInt8] { encodedState(after: encodedStanding()) }

    /// What meter values do not change: the object without its end.
    func encodedStanding() -> JSONWriter {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.beginObject()
        writer.member("number", number)
        writer.member("chargePointId", chargePointId)
        writer.member("connectorId", connectorId)
        writer.member("firstArrival", firstArrival?.milliseconds)
        writer.member("start", startEvent)
        writer.member("stop", stopEvent)
        writer.member("namedTransactionId", namedTransactionId)
        writer.array("startAnswers", startAnswers) { writer, answer in
            writer.beginObject()
            writer.member("transactionId", answer.transactionId)
            writer.member("isAccepted", answer.isAccepted)
            writer.endObject()
        }
        writer.array("pending", pending) { $0.pendingAnswer($1) }
        writer.array("keys", keys) { $0.string($1) }
        return writer
    }

    /// The whole text, with the standing given, which must be the session's.
    @inline(__always) func encodedState(after standing: JSONWriter) -> [UInt8] {
        var writer = standing
        writer.reserve(256)
        writer.member("maxPowerW", highestPower)
        if let lastInstant { writer.member("lastInstant", lastInstant) }
        if let lastReading {
            writer.key("lastReading")
            writer.beginObject()
            writer.member("energy", lastReading.energy)
            writer.member("resolution", lastReading.resolution)
            writer.member("time", lastReading.time?.milliseconds)
            writer.endObject()
        }
        if !noted.isEmpty { writer.array("noted", noted.sorted()) { $0.string($1.rawValue) } }
        writer.endObject()
        return writer.bytes
    }

    /// Reads what `encodedState` wrote; `nil` for anything else.
    public init?(state: JSONNode) {
        guard let number = state["number"]?.integer.flatMap({ Int(exactly: $0) }) else { return nil }
        self.init(
            number: number, chargePointId: state["chargePointId"]?.text, connectorId: state["connectorId"]?.integer,
            firstArrival: state["firstArrival"]?.time)
        startEvent = state["start"].map(Event.init(state:))
        stopEvent = state["stop"].map(Event.init(state:))
        highestPower = state["maxPowerW"]?.decimal
        lastInstant = state["lastInstant"].map(PowerInstant.init(state:))
        namedTransactionId = state["namedTransactionId"]?.integer
        startAnswers = state.elements(of: "startAnswers") {
            StartAnswer(transactionId: $0["transactionId"]?.integer, isAccepted: $0["isAccepted"]?.boolean ?? true)
        }
        pending = state.elements(of: "pending", PendingAnswer.init(state:))
        keys = state.elements(of: "keys", \.text)
        if let reading = state["lastReading"], let energy = reading["energy"]?.decimal {
            lastReading = RegisterReading(
                energy: energy, resolution: reading["resolution"]?.decimal ?? ExactDecimal(1),
                time: reading["time"]?.time)
        }
        noted = Set(state.elements(of: "noted") { $0.text.flatMap(SessionFlag.init(rawValue:)) })
    }
}

extension Session.Event {
    fileprivate init(state: JSONNode) {
        time = state["time"]?.time
        arrival = state["arrival"]?.time
        meter = state["meter"]?.decimal
        idTag = state["idTag"]?.text
        transactionId = state["transactionId"]?.integer
        reason = state["reason"]?.text
    }
}

extension PowerInstant {
    fileprivate init(state: JSONNode) {
        self.init(time: state["time"]?.time)
        total = state["total"]?.decimal
        for entry in state["phases"]?.elements.map(\.self) ?? [] {
            guard let phase = entry["phase"]?.text.flatMap(Phase.init(rawValue:)), let watts = entry["watts"]?.decimal
            else { continue }
            let key = PhaseKey(
                phase: phase, location: entry["location"]?.text.map { Open($0) },
                context: entry["context"]?.text.map { Open($0) })
            phases[key] = watts
        }
    }
}

extension PendingAnswer {
    fileprivate init?(state: JSONNode) {
        guard let kind = state["kind"]?.text.flatMap(Kind.init(rawValue:)), let messageId = state["messageId"]?.text
        else { return nil }
        self.init(
            kind: kind, messageId: messageId, direction: state["direction"]?.text.flatMap(Direction.init(rawValue:)),
            sequence: Int(clamping: state["sequence"]?.integer ?? 0),
            shadows: Int(clamping: state["shadows"]?.integer ?? 0))
    }
}

extension JSONNode {
    fileprivate var time: Timestamp? { integer.map { Timestamp(milliseconds: $0) } }

    fileprivate func elements<Element>(of name: StaticString, _ read: (JSONNode) -> Element?) -> [Element] {
        self[name].map { $0.elements.compactMap(read) } ?? []
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, _ event: Session.Event?) {
        guard let event else { return }
        key(name)
        beginObject()
        member("time", event.time?.milliseconds)
        member("arrival", event.arrival?.milliseconds)
        member("meter", event.meter)
        member("idTag", event.idTag)
        member("transactionId", event.transactionId)
        member("reason", event.reason)
        endObject()
    }

    fileprivate mutating func member(_ name: StaticString, _ instant: PowerInstant) {
        key(name)
        beginObject()
        member("time", instant.time?.milliseconds)
        member("total", instant.total)
        if instant.phases.isEmpty { return endObject() }
        // A fixed order, so that equal sessions are equal texts.
        let phases = instant.phases.sorted { left, right in
            func order(_ key: PowerInstant.PhaseKey) -> (String, String, String) {
                (key.phase.rawValue, key.location?.text ?? "", key.context?.text ?? "")
            }
            return order(left.key) < order(right.key)
        }
        array("phases", phases) { writer, entry in
            writer.beginObject()
            writer.member("phase", entry.key.phase.rawValue)
            writer.member("location", entry.key.location)
            writer.member("context", entry.key.context)
            writer.member("watts", entry.value)
            writer.endObject()
        }
        endObject()
    }

    fileprivate mutating func pendingAnswer(_ pending: PendingAnswer) {
        beginObject()
        member("kind", pending.kind.rawValue)
        member("messageId", pending.messageId)
        member("direction", pending.direction?.rawValue)
        member("sequence", pending.sequence)
        if pending.shadows > 0 { member("shadows", pending.shadows) }
        endObject()
    }

    /// An array; an empty one is left out.
    fileprivate mutating func array<Element>(
        _ name: StaticString, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        key(name)
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }
}
