import OCPPKit
import Storage

/// What a message costs a central system apart from the network, for valgrind to count: the state machine and the store,
/// in one thread. `serve` itself cannot be counted: valgrind 3.19 crashes where a program's main function is asynchronous.
@main
struct ServedMessage {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, ["Heartbeat", "MeterValues"].contains(arguments[1]), let count = Int(arguments[2])
        else { fatalError("usage: ServedMessage Heartbeat|MeterValues COUNT STORE") }
        var served = ServedMessage(store: try SQLiteStore(path: arguments[3]))
        served.begin()
        for number in 0..<count {
            let connection = ConnectionID(number % groupSize) + 1
            if arguments[1] == "Heartbeat" {
                served.send(connection, "Heartbeat", "{}")
            } else {
                served.send(connection, "MeterValues", served.meterValues(number, of: connection))
            }
            if number % groupSize == groupSize - 1 { served.commit() }
        }
        served.commit()
        served.store.close()
        guard served.answers == count else { fatalError("\(served.answers) of \(count) messages were answered") }
    }

    /// Messages whose requests are stored together, and charge points that send them in turn.
    static let groupSize = 100

    let store: SQLiteStore
    var core = CentralSystem(configuration: CentralSystem.Configuration(), seed: "count")
    var now = Timestamp(seconds: 1_764_057_600)
    var waiting: [StoreRequest] = []
    /// The ids that starts were answered with, by connection; connections count from 1.
    var transactions: [ConnectionID: Int64] = [:]
    var answers = 0

    init(store: SQLiteStore) { self.store = store }

    /// Every charge point boots and starts a transaction.
    mutating func begin() {
        core.tellsFrames = false
        for connection in 1...ConnectionID(Self.groupSize) {
            feed(.connected(connection, chargePointId: "CP\(connection)", peer: "127.0.0.1", subprotocol: "ocpp1.6"))
            send(connection, "BootNotification", #"{"chargePointVendor":"V","chargePointModel":"M"}"#)
            send(
                connection, "StartTransaction",
                #"{"connectorId":1,"idTag":"T\#(connection)","meterStart":0,"timestamp":"\#(now)"}"#)
        }
        commit()
        answers = 0
    }

    mutating func send(_ connection: ConnectionID, _ action: String, _ payload: String) {
        now = now.adding(milliseconds: 10)
        feed(.received(connection, Array("[2,\"\(now.milliseconds)\",\"\(action)\",\(payload)]".utf8)))
    }

    /// Three samples.
    func meterValues(_ number: Int, of connection: ConnectionID) -> String {
        """
        {"connectorId":1,"transactionId":\(transactions[connection] ?? 0),"meterValue":[{"timestamp":"\(now)",\
        "sampledValue":[{"value":"\(number)","measurand":"Energy.Active.Import.Register","unit":"Wh"},\
        {"value":"11000","measurand":"Power.Active.Import","unit":"W"},\
        {"value":"48.2","measurand":"SoC","unit":"Percent"}]}]}
        """
    }

    mutating func feed(_ input: Input) {
        for effect in core.handle(input, at: now) {
            switch effect {
            case .store(let request): waiting.append(request)
            case .send(let connection, let bytes):
                answers += 1
                guard transactions[connection] == nil, let frame = try? Frame.read(bytes) else { continue }
                transactions[connection] = frame.payload?["transactionId"]?.integer
            default: continue
            }
        }
    }

    mutating func commit() {
        let group = waiting + [StoreRequest(ticket: 0, operations: [.frames(core.takeFrames())])]
        waiting = []
        for (request, outcome) in zip(group, store.commit(group)) where request.ticket != 0 {
            feed(.stored(ticket: request.ticket, outcome))
        }
    }
}
