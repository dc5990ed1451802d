/// How the frames of some charge points are to be read, beyond what every charge point is read with (`Repair`).
///
/// Rules change what is read, never the raw frame, and remove no violation. Each that was applied to a frame stands in
/// its `repairs` as `quirk.` and the rule's name. `docs/quirks.md` has the file's format.
public struct QuirkRules: Sendable {
    /// Turns a local time, its digits taken as UTC, into UTC.
    public typealias Zone = @Sendable (Timestamp) -> Timestamp?

    /// The rules by the names that they have in a file.
    public enum Name: String, Sendable, CaseIterable {
        case timezone, zoneLabels, actions, fields, values, units, measurands, meterUnit, register, connectors, phases
        case without

        /// As it stands in `repairs`.
        var repair: String { "quirk.\(rawValue)" }
    }

    public enum Register: String, Sendable, CaseIterable {
        /// Begins at 0 with each session: a start's `meterStart` counts as 0.
        case session
        /// As the specification has it.
        case lifetime
    }

    public enum Phases: String, Sendable, CaseIterable {
        /// Each phase has its own power; they add up.
        case add
        /// Each phase says the power of all together.
        case total
    }

    /// The zone of times that name none.
    var zone: Zone?
    /// Times that name a zone are local times of `zone` all the same.
    var areZoneLabelsWrong = false
    /// Actions by what they are sent as.
    var actions: [String: String] = [:]
    /// By message (`StopTransaction.req`): fields by what they are sent as, at any depth.
    var fields: [String: [String: String]] = [:]
    /// By field (`unit`): texts of enumerations by what they are sent as.
    var values: [String: [String: String]] = [:]
    /// By measurand: the unit of samples that give none.
    var units: [String: String] = [:]
    /// By unit: the measurand of samples that give none.
    var measurands: [String: String] = [:]
    /// `meterStart` and `meterStop` are in kWh.
    var isMeterInKilowattHours = false
    var register = Register.lifetime
    /// Connectors of StartTransaction and MeterValues by what they are sent as.
    var connectors: [Int64: Int64] = [:]
    var phases = Phases.add
    /// Repairs that are not made: a field that needs one counts as absent.
    var without: Set<Repair> = []
    /// The rules that were given.
    var given: Set<Name> = []

    /// Repairs that can be left out: those of single values.
    static let refusable: [Repair] = [
        .numberAsText, .textAsNumber, .integerWithFraction, .textAsBoolean, .objectForArray, .textForArray, .jsonAsText,
        .overlongTextKept, .unknownValueKept, .missingZone, .shortOffset, .blankForT, .longYear, .misplacedLeapSecond,
    ]

    init() {}

    /// Takes over what another profile says; where both say something, that one.
    mutating func merge(_ other: QuirkRules) {
        if other.given.contains(.timezone) { zone = other.zone }
        if other.given.contains(.zoneLabels) { areZoneLabelsWrong = other.areZoneLabelsWrong }
        if other.given.contains(.meterUnit) { isMeterInKilowattHours = other.isMeterInKilowattHours }
        if other.given.contains(.register) { register = other.register }
        if other.given.contains(.phases) { phases = other.phases }
        actions.merge(other.actions) { $1 }
        fields.merge(other.fields) { $0.merging($1) { $1 } }
        values.merge(other.values) { $0.merging($1) { $1 } }
        units.merge(other.units) { $1 }
        measurands.merge(other.measurands) { $1 }
        connectors.merge(other.connectors) { $1 }
        without.formUnion(other.without)
        given.formUnion(other.given)
    }
}

/// Rules, and the charge points that they are for.
public struct QuirkProfile: Sendable {
    /// For people.
    public var name: String?
    var match: QuirkMatch
    var rules: QuirkRules
}

/// What a charge point said of itself in its BootNotification.
struct ChargePointMake: Sendable, Hashable {
    var vendor: String?
    var model: String?
    var firmware: String?
}

/// Which charge points are meant: patterns, all of which must fit. Case does not matter; what is not known fits no
/// pattern.
struct QuirkMatch: Sendable {
    var vendor: String?
    var model: String?
    var firmware: String?
    var chargePointId: String?

    func fits(_ id: String?, _ make: ChargePointMake?) -> Bool {
        func fits(_ pattern: String?, _ text: String?) -> Bool {
            guard let pattern else { return true }
            return text.map { isMatch(Array($0.lowercased().unicodeScalars), pattern) } ?? false
        }
        return fits(vendor, make?.vendor) && fits(model, make?.model) && fits(firmware, make?.firmware)
            && fits(chargePointId, id)
    }

    /// `*` stands for any characters, `?` for one. In linear time for each `*`.
    private func isMatch(_ text: [Unicode.Scalar], _ pattern: String) -> Bool {
        let pattern = Array(pattern.lowercased().unicodeScalars)
        var (position, next) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if next < pattern.count, pattern[next] == "*" {
                star = (next, position)
                next += 1
            } else if next < pattern.count, pattern[next] == "?" || pattern[next] == text[position] {
                position += 1
                next += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (position, next) = (last.text + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == "*" }
    }
}
