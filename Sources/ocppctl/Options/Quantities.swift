import ArgumentParser
import OCPPKit

/// `127.0.0.1:9000`, `[::1]:9000`, `localhost:0`.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: UInt16

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host == "localhost" ? "127.0.0.1" : host.isEmpty ? "::" : host, port: port)
    }

    var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    var defaultValueDescription: String { description }
}

/// `30d`, `12h`, `90m`, `45s`, `500ms`, `1.5h`; a bare number is seconds.
struct Duration: ExpressibleByArgument, CustomStringConvertible, Equatable {
    var milliseconds: Int64
    /// Whether it was said of what. Without it a number is seconds, which nobody means who keeps something for 30 days.
    private(set) var hasUnit = true

    /// As long, however it was said.
    static func == (one: Duration, other: Duration) -> Bool { one.milliseconds == other.milliseconds }

    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("", 1000),
    ]

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        guard let unit = Self.units.first(where: { argument.hasSuffix($0.suffix) }),
            let number = Self.thousandths(argument.dropLast(unit.suffix.count))
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        milliseconds = product / 1000
        hasUnit = !unit.suffix.isEmpty
    }

    /// Of digits with at most three behind a point.
    private static func thousandths(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return ExactDecimal(String(text))?.shifted(by: 3).wholeNumber
    }

    /// - Throws: a usage error for one that is 0, or longer than `most`.
    func validateWait(of option: String, atMost most: Duration) throws {
        guard milliseconds > 0, milliseconds <= most.milliseconds else {
            throw ValidationError("\(option) is more than 0 and at most \(most)")
        }
    }

    /// Of an option that takes days as well as seconds.
    ///
    /// - Throws: a usage error for a number alone, unless it is 0.
    func validateUnit(of option: String) throws {
        guard hasUnit || milliseconds == 0 else {
            let number = ExactDecimal(mantissa: milliseconds, exponent: -3)
            throw ValidationError(
                "\(option) \(number): \(number) of what? Say \(number)d for days, \(number)h, \(number)m or \(number)s")
        }
    }

    var description: String {
        let unit = Self.units.dropFirst().first { milliseconds % $0.milliseconds == 0 } ?? Self.units[0]
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }

    var defaultValueDescription: String { description }
}

/// `1MiB`, `64KiB`, `1048576`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    var bytes: Int

    private static let units: [(suffix: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1),
    ]

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        guard let unit = Self.units.first(where: { argument.hasSuffix($0.suffix) }),
            let number = Int(argument.dropLast(unit.suffix.count)), number >= 0
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow else { return nil }
        bytes = product
    }

    var description: String {
        let unit = Self.units.first { bytes % $0.bytes == 0 } ?? ("", 1)
        return "\(bytes / unit.bytes)\(unit.suffix)"
    }

    var defaultValueDescription: String { description }
}
