/// What is known of one charge point: a line of `ocppctl stations`, from the running server or from the store.
public struct Station: Sendable, Equatable {
    public var chargePointId: String
    /// Always false where no server runs.
    public var isOnline: Bool
    /// Its connection, or the last one that it had; `nil` where it never connected to this store's server.
    public var link: StoredLink?
    /// Of a running server: when its last message came, since the server started.
    public var lastMessage: Timestamp?
    /// Its last BootNotification; `nil` where there was none.
    public var boot: StoredChargePoint?
    /// The last status of each connector, by number.
    public var connectors: [StoredConnector]
    /// Transactions that have started and not ended, in the order of their starts.
    public var transactions: [OpenTransaction]
    /// Firmware updates, diagnostics and logs.
    public var progress: [StoredProgress]
    /// By id; expired ones are left out.
    public var reservations: [StoredReservation]

    public init(
        chargePointId: String, isOnline: Bool = false, link: StoredLink? = nil, lastMessage: Timestamp? = nil,
        boot: StoredChargePoint? = nil, connectors: [StoredConnector] = [], transactions: [OpenTransaction] = [],
        progress: [StoredProgress] = [], reservations: [StoredReservation] = []
    ) {
        self.chargePointId = chargePointId
        self.isOnline = isOnline
        self.link = link
        self.lastMessage = lastMessage
        self.boot = boot
        self.connectors = connectors
        self.transactions = transactions
        self.progress = progress
        self.reservations = reservations
    }

    /// A transaction that has started and not ended.
    public struct OpenTransaction: Sendable, Equatable {
        public var connectorId: Int64?
        public var transactionId: Int64?
        public var idTag: String?
        /// The charge point's own time, or the arrival where its clock was not set.
        public var start: Timestamp?

        public init(connectorId: Int64?, transactionId: Int64?, idTag: String?, start: Timestamp?) {
            self.connectorId = connectorId
            self.transactionId = transactionId
            self.idTag = idTag
            self.start = start
        }

        /// `nil` where the session has ended, as far as can be told, or never began.
        public init?(_ session: Session) {
            guard session.startEvent != nil, !session.isClosed else { return nil }
            self.init(
                connectorId: session.connectorId, transactionId: session.transactionId, idTag: session.idTag,
                start: session.startEvent?.trustedTime ?? session.firstArrival)
        }
    }
}

// The `chargePoint` record.
extension Station {
    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
        writer.endLine()
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("record", "chargePoint")
        writer.member("chargePointId", chargePointId)
        writer.member("online", isOnline)
        writer.member("onlineSince", isOnline ? link?.connected : nil)
        writer.member("lastConnected", link?.connected)
        writer.member("lastDisconnected", link?.disconnected)
        writer.member("lastMessage", lastMessage)
        writer.member("peer", link?.peer)
        writer.member("registration", boot?.registration)
        writer.member("lastBoot", boot?.lastBoot)
        writer.member("vendor", boot?.vendor)
        writer.member("model", boot?.model)
        writer.member("serialNumber", boot?.serialNumber)
        writer.member("firmwareVersion", boot?.firmwareVersion)
        writer.array("connectors", connectors) { connector, writer in
            writer.member("connectorId", connector.connectorId)
            writer.member("status", connector.status)
            writer.member("errorCode", connector.errorCode)
            writer.member("since", connector.since)
        }
        writer.array("transactions", transactions) { transaction, writer in
            writer.member("connectorId", transaction.connectorId)
            writer.member("transactionId", transaction.transactionId)
            writer.member("idTag", transaction.idTag)
            writer.member("start", transaction.start)
        }
        writer.array("progress", progress) { progress, writer in
            writer.member("task", progress.task.rawValue)
            writer.member("status", progress.status)
            writer.member("requestId", progress.requestId)
            writer.member("since", progress.since)
        }
        writer.array("reservations", reservations) { reservation, writer in
            writer.member("reservationId", reservation.reservationId)
            writer.member("connectorId", reservation.connectorId)
            writer.member("idTag", reservation.idTag)
            writer.member("parentIdTag", reservation.parentIdTag)
            writer.member("expiryDate", reservation.expiryDate)
        }
    }

    /// Reads what `write` wrote; `nil` where it is no such record.
    public init?(_ node: JSONNode) {
        guard node["record"]?.isText("chargePoint") == true, let id = node["chargePointId"]?.text else { return nil }
        self.init(chargePointId: id, isOnline: node["online"]?.boolean ?? false, lastMessage: node.time("lastMessage"))
        if let connected = node.time("lastConnected") {
            link = StoredLink(
                chargePointId: id, peer: node["peer"]?.text ?? "", connected: connected,
                disconnected: node.time("lastDisconnected"))
        }
        if let registration = node["registration"]?.text, let lastBoot = node.time("lastBoot") {
            boot = StoredChargePoint(
                chargePointId: id, vendor: node["vendor"]?.text, model: node["model"]?.text,
                serialNumber: node["serialNumber"]?.text, firmwareVersion: node["firmwareVersion"]?.text,
                registration: registration, lastBoot: lastBoot)
        }
        for element in node["connectors"].map({ Array($0.elements) }) ?? [] {
            guard let number = element["connectorId"]?.integer, let since = element.time("since") else { return nil }
            connectors.append(
                StoredConnector(
                    chargePointId: id, connectorId: number, status: element["status"]?.text ?? "",
                    errorCode: element["errorCode"]?.text ?? "", since: since))
        }
        transactions = (node["transactions"].map { Array($0.elements) } ?? []).map {
            OpenTransaction(
                connectorId: $0["connectorId"]?.integer, transactionId: $0["transactionId"]?.integer,
                idTag: $0["idTag"]?.text, start: $0.time("start"))
        }
        progress = (node["progress"].map { Array($0.elements) } ?? []).compactMap { element in
            guard let task = element["task"]?.text.flatMap(StoredProgress.Task.init(rawValue:)),
                let status = element["status"]?.text, let since = element.time("since")
            else { return nil }
            return StoredProgress(
                chargePointId: id, task: task, status: status, requestId: element["requestId"]?.integer, since: since)
        }
        reservations = (node["reservations"].map { Array($0.elements) } ?? []).compactMap { element in
            guard let number = element["reservationId"]?.integer, let connector = element["connectorId"]?.integer,
                let idTag = element["idTag"]?.text, let expiryDate = element.time("expiryDate")
            else { return nil }
            return StoredReservation(
                chargePointId: id, reservationId: number, connectorId: connector, idTag: idTag,
                parentIdTag: element["parentIdTag"]?.text, expiryDate: expiryDate)
        }
    }
}

extension JSONNode {
    /// A member that is a time as we write it.
    fileprivate func time(_ name: StaticString) -> Timestamp? { self[name]?.text.flatMap { Timestamp(rfc3339: $0) } }
}

extension JSONWriter {
    /// An array of objects, empty or not.
    fileprivate mutating func array<Element>(
        _ name: String, _ elements: [Element], _ members: (Element, inout JSONWriter) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements {
            beginObject()
            members(element, &self)
            endObject()
        }
        endArray()
    }
}
