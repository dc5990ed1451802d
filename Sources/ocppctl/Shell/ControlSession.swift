import OCPPKit
import Storage
import WebEndpoints

/// A conversation with the running server over its control socket.
final class ControlSession {
    private let path: String
    private var client: LineClient?
    private var number: UInt64 = 0

    /// How long the server may take to answer what it need not ask anybody.
    private static let patienceMilliseconds: Int64 = 10_000

    /// Connects when first used.
    init(path: String) { self.path = path }

    /// Whether a server listens; connects to it.
    func connect() throws -> Bool {
        do {
            if client == nil { client = try LineClient(path: path) }
            return true
        } catch .notListening {
            return false
        } catch {
            throw failure(error)
        }
    }

    /// The store of the running server, where one runs that has the one that is meant.
    ///
    /// - Parameter store: a server with another one than the user has named is not asked.
    func serversStore(_ store: StoreOption) throws -> String? {
        guard try connect() else { return nil }
        let path = try ask({ .store(number: $0) }) { reply in
            if case .store(_, let path) = reply { path } else { nil }
        }
        guard let chosen = store.chosen else { return path }
        return StorePath.resolved(chosen) == path ? path : nil
    }

    /// The connected charge points whose id matches a pattern with `*` and `?`.
    func connectedChargePoints(matching pattern: String) throws -> [String] {
        let matching = try ask({ .chargePoints(number: $0) }) { reply in
            if case .chargePoints(_, let ids) = reply { ids } else { nil }
        }.filter { NamePattern.matches($0, pattern) }
        guard !matching.isEmpty else {
            throw CommandFailure(.unreachable, "no connected charge point matches \(pattern)")
        }
        return matching
    }

    /// Every charge point that the server knows of, one by one.
    func stations(_ body: (Station) throws -> Void) throws {
        _ = try ask({ .stations(number: $0) }) { reply -> Int? in
            if case .station(_, let station) = reply { try body(station) }
            if case .done(_, let count) = reply { return count }
            return nil
        }
    }

    /// Changes the authorisation list; durable when it returns.
    func change(_ changes: [TagChange]) throws {
        _ = try ask({ .changeTags(number: $0, changes) }) { reply -> Int? in
            if case .done(_, let count) = reply { count } else { nil }
        }
    }

    /// Begins to follow records: from now on `next` gives them.
    func watch(_ filter: WatchFilter) throws {
        _ = try ask({ .watch(number: $0, filter) }) { reply -> Bool? in
            if case .watching = reply { true } else { nil }
        }
    }

    /// Gives a command to the server, and returns the number under which its outcome will come.
    func send(_ request: CommandRequest) throws -> UInt64 {
        number += 1
        try post(.send(number: number, request))
        return number
    }

    /// What happens next on a `ControlSession`.
    enum Event {
        case reply(ControlReply)
        /// The other descriptor has something to read.
        case input
        case timedOut
    }

    /// - Parameter milliseconds: `nil` waits for ever.
    func next(orInputOn descriptor: Int32? = nil, withinMilliseconds milliseconds: Int64?) throws -> Event {
        do {
            if client == nil { client = try LineClient(path: path) }
            switch try client?.next(orInputOn: descriptor, timeoutMilliseconds: milliseconds.map { Int($0) }) {
            case .line(let line):
                guard let reply = ControlReply(line: line) else {
                    throw CommandFailure(.protocol, "\(path): what answers there is no ocppctl serve")
                }
                return .reply(reply)
            case .input: return .input
            case .timedOut, nil: return .timedOut
            }
        } catch let error as LineClientError {
            throw failure(error)
        }
    }

    /// Asks, and takes replies until one is the answer.
    private func ask<Answer>(
        _ request: (UInt64) -> ControlRequest, _ answer: (ControlReply) throws -> Answer?
    ) throws -> Answer {
        number += 1
        try post(request(number))
        while true {
            switch try next(withinMilliseconds: Self.patienceMilliseconds) {
            case .reply(.error(_, let message)): throw CommandFailure(.internalError, "the server says: \(message)")
            case .reply(let reply): if let value = try answer(reply) { return value }
            case .input, .timedOut: throw failure(.timedOut)
            }
        }
    }

    private func post(_ request: ControlRequest) throws {
        do {
            if client == nil { client = try LineClient(path: path) }
            try client?.send(request.line)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: LineClientError) -> CommandFailure {
        let reason =
            switch error {
            case .notListening(let text), .permissionDenied(let text), .other(let text): text
            case .closed: "\(path): the server closed the connection"
            case .timedOut: "\(path): the server gave no answer"
            case .lineTooLong: "\(path): the server's answer is too long"
            }
        if case .notListening = error {
            return CommandFailure(.unreachable, reason + ". Is 'ocppctl serve' running, with the same --control?")
        }
        return CommandFailure(.unreachable, reason)
    }
}
