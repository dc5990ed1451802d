/// Quirk profiles, and the charge points that they were chosen for so far.
///
/// Which profiles fit a charge point is known from its id at once, and from its vendor, model and firmware once its
/// BootNotification was seen. Of several that fit, all count, the later ones over the earlier.
public struct Quirks: Sendable {
    public let profiles: [QuirkProfile]
    private var makes: [String?: ChargePointMake] = [:]
    /// What was chosen; `.some(nil)` where no profile fits.
    private var chosen: [String?: QuirkRules?] = [:]

    /// More charge points than anybody has; a log may hold any number of ids.
    private static let limit = 100_000

    public init(_ profiles: [QuirkProfile]) { self.profiles = profiles }

    /// Takes note of what a charge point is, from a store.
    public mutating func learn(_ chargePointId: String?, vendor: String?, model: String?, firmware: String?) {
        guard makes.count < Self.limit || makes[chargePointId] != nil else { return }
        makes[chargePointId] = ChargePointMake(vendor: vendor, model: model, firmware: firmware)
        chosen[chargePointId] = nil
    }

    /// Reads a frame of a charge point by its rules: what they make of action and payload is in the record then, and
    /// the rules' names in its `repairs`. Frames of the central system are left alone.
    mutating func read(_ record: inout FrameRecord) {
        let frame = record.frame
        if frame.kind == .call, let definition = frame.action.flatMap(Actions.meant),
            definition.name == ActionDefinition.bootNotification.name
        {
            let boot = BootNotificationRequest(frame.payload)
            learn(
                record.chargePointId, vendor: boot.chargePointVendor, model: boot.chargePointModel,
                firmware: boot.firmwareVersion)
        }
        guard let rules = rules(for: record.chargePointId) else { return }
        var reading = QuirkReading(rules)
        let name = frame.kind == .call ? frame.action : frame.kind == .callResult ? record.action : nil
        guard let name, let definition = Actions.meant(reading.action(name)), isOfChargePoint(record, definition) else {
            return
        }
        if frame.kind == .call, reading.hasNotes { record.rewrittenAction = definition.name }
        if let payload = frame.payload, payload.isObject {
            record.rewrittenPayload = reading.read(payload, of: definition, isRequest: frame.kind == .call)
        }
        for note in reading.notes where !record.repairs.contains(note) { record.repairs.append(note) }
    }

    private func isOfChargePoint(_ record: FrameRecord, _ definition: ActionDefinition) -> Bool {
        if let direction = record.direction { return direction == .fromChargePoint }
        return (definition.sender == .centralSystem) == (record.frame.kind == .callResult)
    }

    private mutating func rules(for id: String?) -> QuirkRules? {
        if let known = chosen[id] { return known }
        let fitting = profiles.filter { $0.match.fits(id, makes[id]) }
        let rules: QuirkRules? =
            fitting.isEmpty ? nil : fitting.reduce(into: QuirkRules()) { $0.merge($1.rules) }
        if chosen.count >= Self.limit { chosen = [:] }
        chosen[id] = .some(rules)
        return rules
    }
}
