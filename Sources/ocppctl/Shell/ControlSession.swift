import Glibc
import OCPPKit
import WebEndpoints

/// A conversation with the running server over its control socket.
final class ControlSession {
    private let path: String
    private var client: LineClient?
    private var number: UInt64 = 0

    /// Connects when first used.
    init(path: String) { self.path = path }

    /// The connected charge points whose id matches a pattern with `*` and `?`.
    func connectedChargePoints(matching pattern: String) throws -> [String] {
        number += 1
        try post(.chargePoints(number: number))
        while true {
            switch try receive(withinMilliseconds: 10_000) {
            case .chargePoints(number, let ids):
                let matching = ids.filter { unsafe fnmatch(pattern, $0, 0) == 0 }
                guard !matching.isEmpty else {
                    throw CommandFailure(.unreachable, "no connected charge point matches \(pattern)")
                }
                return matching
            case .error(_, let message): throw CommandFailure(.internalError, "the server says: \(message)")
            default: continue
            }
        }
    }

    /// Sends requests, `parallel` at a time, and tells each outcome as it comes.
    func send(_ requests: [CommandRequest], parallel: Int, _ tell: (CommandOutcome) throws -> Void) throws {
        var waiting = requests[...]
        var open: Set<UInt64> = []
        let longest = requests.map(\.timeoutMilliseconds).max() ?? 0
        while !waiting.isEmpty || !open.isEmpty {
            while open.count < parallel, let request = waiting.popFirst() {
                number += 1
                open.insert(number)
                try post(.send(number: number, request))
            }
            switch try receive(withinMilliseconds: longest + 10_000) {
            case .outcome(let number, let outcome):
                if open.remove(number) != nil { try tell(outcome) }
            case .error(_, let message): throw CommandFailure(.internalError, "the server says: \(message)")
            case .chargePoints, .station, .done: continue
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

    private func receive(withinMilliseconds milliseconds: Int64) throws -> ControlReply {
        do {
            guard let line = try client?.receiveLine(timeoutMilliseconds: Int(milliseconds)),
                let reply = ControlReply(line: line)
            else { throw CommandFailure(.protocol, "\(path): what answers there is no ocppctl serve") }
            return reply
        } catch let error as LineClientError {
            throw failure(error)
        }
    }
}
