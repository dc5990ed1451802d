/// What the commands ask of a running `serve`, and what it answers: one JSON line each over the control socket.
///
/// A connection may ask many things at once; answers carry the number of their question and come in any order.
public enum ControlRequest: Sendable {
    /// Send a command to a charge point; the answer is its outcome.
    case send(number: UInt64, CommandRequest)
    /// Which charge points are connected.
    case chargePoints(number: UInt64)
    /// What is known of every charge point: the answers are a `ControlReply.station` for each, in the order of their
    /// ids, then `ControlReply.done` with their count. Without a server, `StoreReader.stations` gives the same.
    case stations(number: UInt64)
    /// What the server has counted: `ControlReply.metrics`.
    case metrics(number: UInt64)
    /// Changes the authorisation list, all changes in one commit or none. The answer is `ControlReply.done` with the
    /// number of changes once they are durable and count, or an error and nothing has changed. A line has at most 4 MiB,
    /// so a long list goes in parts of some thousand changes. Without a server, whoever changes the list opens
    /// `SQLiteStore`, which locks the others out, and commits `StoreOperation.tag`.
    case changeTags(number: UInt64, [TagChange])
    /// Follow the records. The answers are `ControlReply.watching`, then a `ControlReply.record` for each that passes,
    /// in their order, until the connection ends; and `ControlReply.lost` where the client was too slow for some.
    case watch(number: UInt64, WatchFilter)
    /// Which store the server has; the answer is `ControlReply.store`.
    case store(number: UInt64)

    public var line: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        switch self {
        case .send(let number, let request):
            writer.member("request", "send")
            writer.member("number", number)
            writer.member("chargePointId", request.chargePointId)
            writer.member("action", request.action)
            writer.member("payload", raw: request.payload)
            writer.member("text", request.text.map { String(decoding: $0, as: UTF8.self) })
            writer.member("timeoutMilliseconds", request.timeoutMilliseconds)
        case .store(let number):
            writer.member("request", "store")
            writer.member("number", number)
        case .watch(let number, let filter):
            writer.member("request", "watch")
            writer.member("number", number)
            filter.write(to: &writer)
        case .chargePoints(let number):
            writer.member("request", "chargePoints")
            writer.member("number", number)
        case .stations(let number):
            writer.member("request", "stations")
            writer.member("number", number)
        case .metrics(let number):
            writer.member("request", "metrics")
            writer.member("number", number)
        case .changeTags(let number, let changes):
            writer.member("request", "changeTags")
            writer.member("number", number)
            writer.key("changes")
            writer.beginArray()
            for change in changes {
                writer.beginObject()
                switch change {
                case .put(let tag):
                    writer.key("put")
                    tag.write(to: &writer)
                case .remove(let idTag): writer.member("remove", idTag)
                }
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// - Throws: `ControlError` where the line is no request.
    public init(line: [UInt8]) throws(ControlError) {
        guard let root = try? JSONTree(parsing: line).root, root.isObject else {
            throw ControlError(number: nil, message: "not a JSON object")
        }
        let number = root["number"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0
        func required<Value>(_ value: Value?, _ name: String) throws(ControlError) -> Value {
            guard let value else {
                throw ControlError(number: number, message: "\(name) is missing or of the wrong type")
            }
            return value
        }
        switch root["request"]?.text {
        case "send":
            let payload = root["payload"].flatMap { $0.isObject ? Array($0.raw) : nil }
            self = .send(
                number: number,
                CommandRequest(
                    ticket: 0, chargePointId: try required(root["chargePointId"]?.text, "chargePointId"),
                    action: try required(root["action"]?.text, "action"), payload: try required(payload, "payload"),
                    timeoutMilliseconds: min(max(root["timeoutMilliseconds"]?.integer ?? 30_000, 1), 86_400_000),
                    text: root["text"]?.text.map { Array($0.utf8) }))
        case "store": self = .store(number: number)
        case "watch": self = .watch(number: number, try required(WatchFilter(root), "records"))
        case "chargePoints": self = .chargePoints(number: number)
        case "stations": self = .stations(number: number)
        case "metrics": self = .metrics(number: number)
        case "changeTags":
            let list = try required(root["changes"].flatMap { $0.isArray ? Array($0.elements) : nil }, "changes")
            var changes: [TagChange] = []
            for element in list {
                if let idTag = element["remove"]?.text {
                    changes.append(.remove(idTag: idTag))
                } else {
                    do {
                        changes.append(.put(try Tag(try required(element["put"], "put"))))
                    } catch let error as TagError {
                        throw ControlError(number: number, message: error.message)
                    } catch let error as ControlError {
                        throw error
                    } catch {
                        throw ControlError(number: number, message: "\(error)")
                    }
                }
            }
            self = .changeTags(number: number, changes)
        default: throw ControlError(number: number, message: "unknown request")
        }
    }
}

/// A line on the control socket that is no request.
public struct ControlError: Error, Sendable {
    public let number: UInt64?
    public let message: String
}

/// An answer on the control socket.
public enum ControlReply: Sendable {
    case outcome(number: UInt64, CommandOutcome)
    case chargePoints(number: UInt64, [String])
    case station(number: UInt64, Station)
    /// Names and values of everything that is counted.
    case metrics(number: UInt64, [(name: String, value: UInt64)])
    /// The end of the answers to a request, and how many things it was about.
    case done(number: UInt64, count: Int)
    /// From now on records are told.
    case watching(number: UInt64)
    /// A record: its line, without the newline.
    case record(number: UInt64, [UInt8])
    /// So many records were not told, because the client did not read them in time.
    case lost(number: UInt64, count: Int)
    /// The store's file, without links.
    case store(number: UInt64, String)
    case error(number: UInt64?, String)

    public var line: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        switch self {
        case .outcome(let number, let outcome):
            writer.member("number", number)
            outcome.writeMembers(to: &writer)
        case .chargePoints(let number, let ids):
            writer.member("number", number)
            writer.key("chargePoints")
            writer.beginArray()
            for id in ids { writer.string(id) }
            writer.endArray()
        case .station(let number, let station):
            writer.member("number", number)
            station.writeMembers(to: &writer)
        case .metrics(let number, let samples):
            writer.member("number", number)
            writer.key("metrics")
            writer.beginObject()
            for sample in samples {
                writer.key(sample.name)
                writer.integer(sample.value)
            }
            writer.endObject()
        case .done(let number, let count):
            writer.member("number", number)
            writer.member("done", count)
        case .store(let number, let path):
            writer.member("number", number)
            writer.member("store", path)
        case .watching(let number):
            writer.member("number", number)
            writer.member("watching", true)
        case .record(let number, let line):
            writer.member("number", number)
            writer.member("line", raw: line)
        case .lost(let number, let count):
            writer.member("number", number)
            writer.member("lost", count)
        case .error(let number, let message):
            writer.member("number", number)
            writer.member("error", message)
        }
        writer.endObject()
        return writer.bytes
    }

    /// `nil` where the line is no answer.
    public init?(line: [UInt8]) {
        guard let root = try? JSONTree(parsing: line).root else { return nil }
        let number = root["number"]?.integer.flatMap { UInt64(exactly: $0) }
        if let message = root["error"]?.text {
            self = .error(number: number, message)
        } else if let number, let line = root["line"] {
            self = .record(number: number, Array(line.raw))
        } else if let number, let path = root["store"]?.text {
            self = .store(number: number, path)
        } else if let number, root["watching"]?.boolean == true {
            self = .watching(number: number)
        } else if let number, let count = root["lost"]?.integer {
            self = .lost(number: number, count: Int(clamping: count))
        } else if let number, let count = root["done"]?.integer {
            self = .done(number: number, count: Int(clamping: count))
        } else if let number, let metrics = root["metrics"] {
            let samples = metrics.members.map { ($0.text ?? "", UInt64(clamping: $1.integer ?? 0)) }
            self = .metrics(number: number, samples)
        } else if let number, let station = Station(root) {
            self = .station(number: number, station)
        } else if let ids = root["chargePoints"], let number {
            self = .chargePoints(number: number, ids.elements.compactMap(\.text))
        } else if let number, let id = root["chargePointId"]?.text,
            let outcome = root["outcome"]?.text.flatMap(CommandOutcome.Outcome.init(rawValue:))
        {
            self = .outcome(
                number: number,
                CommandOutcome(
                    ticket: 0, chargePointId: id, action: root["action"]?.text ?? "",
                    messageId: root["messageId"]?.text,
                    outcome: outcome,
                    status: root["status"]?.text, payload: root["payload"].map { Array($0.raw) },
                    responseMilliseconds: root["responseMilliseconds"]?.integer, message: root["message"]?.text))
        } else {
            return nil
        }
    }
}
