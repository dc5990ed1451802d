import Foundation
import Testing

@testable import OCPPKit

/// Whatever a central system sends, a simulated charge point answers it once, and its answer keeps to the specification.
@Suite struct AnyPayloadTests {
    static let commands = Actions.all.filter { $0.sender != .chargePoint }

    /// Every command of the registry is obeyed, and no other.
    @Test func everyCommandIsKnown() {
        #expect(Set(Command.all.keys) == Set(Self.commands.map(\.name)))
    }

    /// A charge point in the middle of everything.
    static func busy() -> ScriptedCentralSystem {
        var system = SimulatedCommandTests.charging()
        _ = system.command("UpdateFirmware", ProfileCommandTests.update)
        _ = system.command("GetDiagnostics", #"{"location":"ftp://example.com/x"}"#)
        _ = system.command("ReserveNow", ProfileCommandTests.reserve(2, "OWNER"))
        return system
    }

    static func answers(_ system: ScriptedCentralSystem) -> Int {
        system.frames.filter { $0.direction == .fromChargePoint && $0.frame.kind != .call }.count
    }

    @Test(arguments: commands.map(\.name))
    func fixturesAreAnswered(name: String) throws {
        for file in try Fixtures.names(in: Fixtures.folder.appending(path: name)) where file.hasPrefix("request") {
            var system = Self.busy()
            let before = Self.answers(system)
            let payload = try Fixtures.json("\(name)/\(file)")
            let text = String(decoding: payload.raw.filter { $0 >= 0x20 }, as: UTF8.self)
            let answered = system.command(name, text)
            let answer = try #require(answered)
            #expect(Self.answers(system) == before + 1, "\(file)")
            #expect((answer.kind == .callResult) == file.contains("-valid") || !Self.isSchemaRule(file), "\(file)")
            system.run(seconds: 100)
            #expect(system.violations.isEmpty, "\(file)")
        }
    }

    private static func isSchemaRule(_ file: String) -> Bool {
        file.split(separator: "-").dropFirst(2).first
            .flatMap { Violation.Code(rawValue: String($0.prefix { $0 != "." })) }?.isSchemaRule ?? true
    }

    /// Numbers at the ends of what 64 bits hold, in each place where a number stands.
    @Test(arguments: commands.map(\.name))
    func extremeNumbers(name: String) throws {
        let payload = JSONValue(try Fixtures.json("\(name)/request-valid.json"))
        for number in ["0", "-1", "9223372036854775807", "-9223372036854775808", "2147483648"] {
            for variant in Self.variants(of: payload, with: .number(number)) {
                var system = Self.busy()
                let before = Self.answers(system)
                _ = system.command(name, String(decoding: variant.bytes, as: UTF8.self))
                #expect(Self.answers(system) == before + 1, "\(number)")
                system.run(seconds: 3700)
                #expect(system.violations.isEmpty, "\(number)")
            }
        }
    }

    /// The value with one of its numbers replaced, for each of them.
    private static func variants(of value: JSONValue, with number: JSONValue) -> [JSONValue] {
        switch value {
        case .number: [number]
        case .object(let members):
            members.flatMap { member in
                variants(of: member.value, with: number).map { changed in
                    var object = value
                    object[member.name] = changed
                    return object
                }
            }
        case .array(let elements):
            elements.indices.flatMap { index in
                variants(of: elements[index], with: number).map { changed in
                    var copy = elements
                    copy[index] = changed
                    return .array(copy)
                }
            }
        case .null, .boolean, .string: []
        }
    }

    @Test(arguments: ["9223372036854775807", "-5", "0"])
    func extremeIntervalsOfABoot(interval: String) {
        for status in ["Accepted", "Pending", "Rejected"] {
            var system = ScriptedCentralSystem()
            system.answer = { action, _ in
                action == "BootNotification"
                    ? #"{"status":"\#(status)","currentTime":"2026-11-22T08:00:00Z","interval":\#(interval)}"# : ""
            }
            system.connect()
            system.run(seconds: 1000)
            #expect(!system.calls("BootNotification").isEmpty)
        }
    }
}
