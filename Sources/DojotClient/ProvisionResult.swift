public import OCPPKit

/// A charge point that DOJOT is to have a device for.
public struct ProvisionedChargePoint: Sendable, Equatable {
    /// The device's label, too.
    public var chargePointID: String
    /// As `latitude,longitude`; `nil` leaves what the device has.
    public var location: String?

    public init(chargePointID: String, location: String? = nil) {
        self.chargePointID = chargePointID
        self.location = location
    }

    var fixedValues: [(FixedAttribute, String)] {
        [(.ocppId, chargePointID)] + (location.map { [(.location, $0)] } ?? [])
    }

    /// Why DOJOT cannot keep this; `nil` where it can. It answers 500 to texts that are too long.
    var problem: String? {
        if chargePointID.isEmpty { return "a charge point id is empty" }
        for (fixed, value) in fixedValues where value.unicodeScalars.count > longestText {
            return "\(fixed.label) has \(value.unicodeScalars.count) characters, and DOJOT keeps \(longestText)"
        }
        return nil
    }
}

/// The longest label and the longest static value, in Unicode scalars.
let longestText = 128

/// What became of one template or device.
public struct ProvisionResult: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case template, device
        /// Of a device, for mutual TLS; its id is its fingerprint.
        case certificate
        /// That a device's values come through to the history.
        case verification
    }

    public enum Outcome: String, Sendable {
        case created, updated, unchanged, failed, verified
        /// Of a dry run.
        case wouldCreate, wouldUpdate
    }

    public let kind: Kind
    public let label: String
    /// DOJOT's; `nil` where there is none, or none was found.
    public let id: String?
    public let result: Outcome
    /// Why it failed, or what else is worth knowing. For people.
    public let message: String?

    public init(kind: Kind, label: String, id: String?, result: Outcome, message: String? = nil) {
        self.kind = kind
        self.label = label
        self.id = id
        self.result = result
        self.message = message
    }

    /// The line that `provision-dojot` writes.
    public var record: JSONValue {
        var record = JSONValue.object([
            ("record", .string("provision")), ("kind", .string(kind.rawValue)), ("label", .string(label)),
        ])
        if let id { record["id"] = .string(id) }
        record["result"] = .string(result.rawValue)
        if let message { record["message"] = .string(message) }
        return record
    }
}
