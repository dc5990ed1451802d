// What charge points send to a central system: lines of the input are messages of one connection.

@testable import OCPPKit

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCentralSystem(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var configuration = CentralSystem.Configuration()
    configuration.isStrict = (bytes.first ?? 0) & 1 == 1
    configuration.refusesBeforeBoot = (bytes.first ?? 0) & 2 == 2
    var core = CentralSystem(configuration: configuration, seed: "fuzz")
    var now = Timestamp(seconds: 1_772_323_200)
    var writer = JSONWriter()
    func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .store(let request) where request.ticket != 0:
                perform(core.handle(.stored(ticket: request.ticket, .committed), at: now))
            case .record(let record): record.write(to: &writer)
            default: break
            }
        }
    }
    perform(core.handle(.connected(1, chargePointId: "CP1", peer: "127.0.0.1", subprotocol: nil), at: now))
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
        now = now.adding(milliseconds: 1000)
        perform(core.handle(.received(1, Array(line)), at: now))
    }
    perform(core.handle(.disconnected(1, reason: "end"), at: now))
    return 0
}
