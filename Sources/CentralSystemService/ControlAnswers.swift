import OCPPKit
import Storage
public import WebEndpoints

/// Who waits for the answer to a request on the control socket.
struct Asker {
    let connection: LineConnection
    /// Of the request, on that connection.
    let number: UInt64
    /// How many things the request is about.
    var count = 1
}

extension CentralSystemServer: LineServerHandler {
    public nonisolated func opened(_ connection: LineConnection) {}

    public nonisolated func received(_ connection: LineConnection, line: [UInt8]) {
        assumeIsolated { $0.answer(line, on: connection) }
    }

    public nonisolated func closed(_ connection: LineConnection) {
        assumeIsolated { server in
            server.watchers.remove(connection)
            server.askers = server.askers.filter { $0.value.connection !== connection }
        }
    }

    private func answer(_ line: [UInt8], on connection: LineConnection) {
        do {
            switch try ControlRequest(line: line) {
            case .send(let number, var request):
                request.ticket = ticket(for: Asker(connection: connection, number: number))
                feed(.command(request))
            case .chargePoints(let number):
                connection.send(ControlReply.chargePoints(number: number, core.connectedChargePoints).line)
            case .stations(let number):
                let stations = core.stations(at: WallClock.now)
                for station in stations { connection.send(ControlReply.station(number: number, station).line) }
                connection.send(ControlReply.done(number: number, count: stations.count).line)
            case .metrics(let number):
                connection.send(ControlReply.metrics(number: number, metrics.samples).line)
            case .store(let number):
                connection.send(ControlReply.store(number: number, StorePath.resolved(settings.storePath)).line)
            case .watch(let number, let filter): watchers.add(connection, number, filter)
            case .changeTags(let number, let changes):
                let asker = Asker(connection: connection, number: number, count: changes.count)
                feed(.tagChanges(ticket: ticket(for: asker), changes))
            }
        } catch {
            connection.send(ControlReply.error(number: error.number, error.message).line)
        }
    }

    private func ticket(for asker: Asker) -> UInt64 {
        lastTicket += 1
        askers[lastTicket] = asker
        return lastTicket
    }

    func tell(_ outcome: CommandOutcome) {
        guard let asker = askers.removeValue(forKey: outcome.ticket) else { return }
        asker.connection.send(ControlReply.outcome(number: asker.number, outcome).line)
    }

    /// The outcome of changes of the authorisation list.
    func tell(_ ticket: UInt64, _ failure: String?) {
        guard let asker = askers.removeValue(forKey: ticket) else { return }
        let reply: ControlReply =
            if let failure {
                .error(number: asker.number, failure)
            } else {
                .done(number: asker.number, count: asker.count)
            }
        asker.connection.send(reply.line)
    }
}
