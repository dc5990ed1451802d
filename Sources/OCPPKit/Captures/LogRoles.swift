/// What a named value of a log tells: a JSON member, a CSV column, `name=value`. Rows of the table are data.
enum LogRole: Sendable {
    case time, chargePoint, direction
    /// The direction as the side that opened the connection sees it: the charge point's.
    case clientDirection
    /// An address whose path ends in the charge point's identity.
    case address
    /// Of a packet: when it was seen, its number, its ports, and whether it is masked as a client's is (RFC 6455, 5.3).
    case packetTime, packetNumber, sourcePort, destinationPort, mask

    /// Names are compared without case and anything but letters.
    init?(named name: some Sequence<UInt8>) {
        var letters: [UInt8] = []
        for byte in name where (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") {
            guard letters.count < 24 else { return nil }
            letters.append(byte | 0x20)
        }
        guard let role = LogRole.names[letters] else { return nil }
        self = role
    }

    private static let rows: [(role: LogRole, names: [String])] = [
        (
            .time,
            [
                "timestamp", "time", "ts", "t", "datetime", "date", "createdat", "receivedat", "sentat", "loggedat",
                "eventtime", "eventtimestamp", "logtime", "asctime", "timestamputc", "utctime", "timeutc", "createdon",
                "realtimetimestamp", "timegenerated", "timereported", "messagetime", "messagetimestamp", "when",
            ]
        ),
        (
            .chargePoint,
            [
                "chargeboxid", "chargeboxidentity", "chargebox", "chargepointid", "chargepoint", "chargepointidentity",
                "chargepointname", "cpid", "cp", "cpidentity", "cpname", "stationid", "station", "stationidentity",
                "stationname", "chargingstationid", "chargingstation", "chargerid", "charger", "chargername",
                "chargeridentity", "evseid", "ocppid", "ocppidentity", "identity", "deviceid", "clientid", "cbid",
            ]
        ),
        (.direction, ["direction", "dir", "messagedirection", "flow"]),
        (.clientDirection, ["type"]),
        (.address, ["url", "uri", "path", "wsurl", "requesturl", "requestpath", "requesturi", "endpoint"]),
        (.packetTime, ["frametimeepoch"]),
        (.packetNumber, ["framenumber"]),
        (.sourcePort, ["tcpsrcport", "srcport", "sourceport", "sport"]),
        (.destinationPort, ["tcpdstport", "dstport", "destport", "destinationport", "dport"]),
        (.mask, ["websocketmask", "mask", "masked"]),
    ]

    private static let names: [[UInt8]: LogRole] = {
        var names: [[UInt8]: LogRole] = [:]
        for row in rows { for name in row.names { names[Array(name.utf8)] = row.role } }
        return names
    }()
}
