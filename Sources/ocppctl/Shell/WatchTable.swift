import OCPPKit

/// Charge points and their connectors as they are, from what the server knew and the records since. Pure: lines come out.
struct WatchTable {
    private struct Connector {
        var status = ""
        var since: Timestamp?
        var idTag = ""
        var powerWatts: Double?
        var energyWattHours: Double?
        var meterStart: Double?
        var transactionId: Int64?
    }

    private struct Row {
        var isOnline = false
        var lastMessage: Timestamp?
        var connectors: [Int64: Connector] = [:]
        var violations = 0
    }

    private var rows: [String: Row] = [:]
    private var messages = 0
    /// Records that were read too slowly.
    var lost = 0

    mutating func take(_ station: Station) {
        var row = Row(isOnline: station.isOnline, lastMessage: station.lastMessage)
        for connector in station.connectors {
            row.connectors[connector.connectorId] = Connector(status: connector.status, since: connector.since)
        }
        for transaction in station.transactions {
            guard let connector = transaction.connectorId else { continue }
            row.connectors[connector, default: Connector()].idTag = transaction.idTag ?? ""
            row.connectors[connector]?.transactionId = transaction.transactionId
        }
        rows[station.chargePointId] = row
    }

    /// - Parameter record: a line of the record stream.
    mutating func take(_ record: JSONNode) {
        guard let id = record["chargePointId"]?.text else { return }
        var row = rows[id] ?? Row()
        defer { rows[id] = row }
        let time = record["timestamp"]?.text.flatMap { Timestamp(rfc3339: $0) }
        if record["record"]?.text == "connection" {
            row.isOnline = record["event"]?.text == "connected" || (row.isOnline && record["event"]?.text == "refused")
            return
        }
        guard record["messageType"] != nil else { return }
        messages += 1
        if record["meta"]?["violations"] != nil { row.violations += 1 }
        guard record["direction"]?.text == Direction.fromChargePoint.rawValue else {
            // The answer to a start has the transaction's id; which connector waits for one is known.
            if record["action"]?.text == "StartTransaction", let number = record["payload"]?["transactionId"]?.integer,
                let waiting = row.connectors.first(where: {
                    $0.value.meterStart != nil && $0.value.transactionId == nil
                })
            {
                row.connectors[waiting.key]?.transactionId = number
            }
            return
        }
        row.isOnline = true
        row.lastMessage = time ?? row.lastMessage
        guard record["messageType"]?.text == "CALL", let payload = record["payload"] else { return }
        switch record["action"]?.text {
        case "StatusNotification":
            guard let connector = payload["connectorId"]?.integer else { return }
            row.connectors[connector, default: Connector()].status = payload["status"]?.text ?? ""
            row.connectors[connector]?.since = time
        case "StartTransaction":
            guard let connector = payload["connectorId"]?.integer else { return }
            var started = row.connectors[connector] ?? Connector()
            (started.transactionId, started.powerWatts, started.energyWattHours) = (nil, nil, 0)
            started.idTag = payload["idTag"]?.text ?? ""
            started.meterStart = Self.number(payload["meterStart"])
            row.connectors[connector] = started
        case "StopTransaction":
            let number = payload["transactionId"]?.integer
            guard
                let connector = row.connectors.first(where: { $0.value.transactionId == number && number != nil })?.key
            else { return }
            row.connectors[connector]?.transactionId = nil
            row.connectors[connector]?.idTag = ""
            row.connectors[connector]?.powerWatts = nil
            row.connectors[connector]?.meterStart = nil
        case "MeterValues":
            guard let connector = payload["connectorId"]?.integer else { return }
            for value in (payload["meterValue"]?.elements).map({ Array($0) }) ?? [] {
                for sample in (value["sampledValue"]?.elements).map({ Array($0) }) ?? [] {
                    take(sample, &row.connectors[connector, default: Connector()])
                }
            }
        default: break
        }
    }

    private func take(_ sample: JSONNode, _ connector: inout Connector) {
        guard sample["phase"] == nil, let value = Self.number(sample["value"]) else { return }
        let factor: Double = sample["unit"]?.text?.hasPrefix("k") == true ? 1000 : 1
        switch sample["measurand"]?.text ?? "Energy.Active.Import.Register" {
        case "Power.Active.Import": connector.powerWatts = value * factor
        case "Energy.Active.Import.Register":
            if let start = connector.meterStart { connector.energyWattHours = max(0, value * factor - start) }
        default: break
        }
    }

    private static func number(_ node: JSONNode?) -> Double? {
        guard let node else { return nil }
        return Double(node.text ?? String(decoding: node.raw, as: UTF8.self))
    }

    // MARK: Drawing

    /// A head, then a line for each connector, in the order of their charge points' ids.
    func lines(at now: Timestamp) -> [String] {
        let online = rows.values.count { $0.isOnline }
        var head = "\(online) of \(rows.count) charge points online  \(messages) messages"
        if lost > 0 { head += "  \(lost) records lost" }
        var cells = [["CHARGE POINT", "LAST", "", "STATUS", "SINCE", "IDTAG", "POWER", "ENERGY"]]
        for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
            let seen = row.isOnline ? row.lastMessage.map { Self.age($0, now) } ?? "online" : "offline"
            let shown = row.connectors.filter { $0.key > 0 || row.connectors.count == 1 }.sorted { $0.key < $1.key }
            if shown.isEmpty { cells.append([id, seen, "", "", "", "", "", ""]) }
            for (index, (number, connector)) in shown.enumerated() {
                cells.append([
                    index == 0 ? id : "", index == 0 ? seen : "", "\(number)", connector.status,
                    connector.since.map { Self.age($0, now) } ?? "", connector.idTag,
                    connector.powerWatts.map { Self.rounded($0, "W") } ?? "",
                    connector.idTag.isEmpty ? "" : connector.energyWattHours.map { Self.rounded($0, "Wh") } ?? "",
                ])
            }
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return [head, ""]
            + cells.map { row in
                Diagnostics.harmless(
                    zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                ).replacing("\n", with: " ")
            }
    }

    private static func age(_ time: Timestamp, _ now: Timestamp) -> String {
        let seconds = max(0, (now - time) / 1000)
        return seconds < 120
            ? "\(seconds) s"
            : seconds < 7200
                ? "\(seconds / 60) min" : seconds < 172_800 ? "\(seconds / 3600) h" : "\(seconds / 86_400) d"
    }

    /// Watts as they are, kilowatts with one decimal.
    private static func rounded(_ value: Double, _ unit: String) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "?" }
        if abs(value) < 1000 { return "\(Int(value.rounded())) \(unit)" }
        let tenths = Int((value / 100).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) k\(unit)"
    }
}
