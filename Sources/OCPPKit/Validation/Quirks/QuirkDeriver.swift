/// Makes quirk profiles of what a capture shows: one for each make of charge point that deviates, with the rules that
/// its frames speak for and, as evidence, every deviation that was seen.
///
/// Give it the frames in order, judged without quirks. Memory is bounded.
public struct QuirkDeriver: Sendable {
    private var known: [String?: ObservedChargePoint] = [:]
    /// In the order in which they were seen.
    private var order: [String?] = []

    private static let limit = 10_000

    public init() {}

    public mutating func add(_ record: FrameRecord) {
        let id = record.chargePointId
        if known[id] == nil {
            guard known.count < Self.limit else { return }
            order.append(id)
            known[id] = ObservedChargePoint()
            known[id]?.evidence.chargePoints = 1
        }
        known[id]?.add(record)
    }

    /// The file of profiles, as `Quirks` reads it; for people, so over many lines. Its last byte is a newline.
    public var file: [UInt8] {
        var makes: [(make: ChargePointMake?, id: String?, evidence: QuirkEvidence)] = []
        for id in order {
            guard let chargePoint = known[id] else { continue }
            if let make = chargePoint.make, let index = makes.firstIndex(where: { $0.make == make }) {
                makes[index].evidence.merge(chargePoint.evidence)
            } else {
                makes.append((chargePoint.make, id, chargePoint.evidence))
            }
        }
        let profiles = makes.filter(\.evidence.isOdd).map { profile($0.make, $0.id, $0.evidence) }
        return pretty(.object([("profiles", .array(profiles))]), indent: 0) + [UInt8(ascii: "\n")]
    }

    private func profile(_ make: ChargePointMake?, _ id: String?, _ evidence: QuirkEvidence) -> JSONValue {
        func present(_ members: [(String, String?)]) -> [(name: String, value: JSONValue)] {
            members.compactMap { name, text in text.map { (name, .string($0)) } }
        }
        let match =
            make.map { present([("vendor", $0.vendor), ("model", $0.model), ("firmware", $0.firmware)]) }
            ?? present([("chargePointId", id)])
        let name = [make?.vendor, make?.model, make?.firmware].compactMap(\.self).joined(separator: " ")
        let rules = evidence.rules
        let violations = evidence.violations.sorted {
            ($0.key.message, $0.key.path, $0.key.code.rawValue) < ($1.key.message, $1.key.path, $1.key.code.rawValue)
        }
        return .object([
            ("name", .string(name.isEmpty ? id ?? "all" : name)),
            ("match", .object(match)),
            ("rules", .object(rules.map { ($0.name.rawValue, $0.value) })),
            (
                "evidence",
                .object([
                    ("chargePoints", .integer(evidence.chargePoints)),
                    ("frames", .integer(evidence.frames)),
                    ("rules", .object(rules.map { ($0.name.rawValue, .string($0.why)) })),
                    (
                        "violations",
                        .array(
                            violations.map { violated, sightings in
                                .object(
                                    [
                                        ("message", .string(violated.message)), ("path", .string(violated.path)),
                                        ("code", .string(violated.code.rawValue)),
                                    ] + members(sightings))
                            })
                    ),
                    (
                        "repairs",
                        .array(
                            evidence.repairs.sorted { $0.key < $1.key }.map { name, sightings in
                                .object([("repair", .string(name))] + members(sightings))
                            })
                    ),
                ])
            ),
        ])
    }

    private func members(_ sightings: QuirkEvidence.Sightings) -> [(name: String, value: JSONValue)] {
        [("count", .integer(sightings.count))]
            + (sightings.first.map { [("first", .string("\($0.file):\($0.line)"))] } ?? [])
    }

    /// Two blanks a level; an object of few values, deep in, is one line.
    private func pretty(_ value: JSONValue, indent: Int) -> [UInt8] {
        func isFlat(_ value: JSONValue) -> Bool {
            switch value {
            case .array(let elements): elements.isEmpty
            case .object(let members): members.isEmpty
            default: true
            }
        }
        func lines(_ items: [[UInt8]], _ open: String, _ close: String) -> [UInt8] {
            let inner = [UInt8](repeating: 0x20, count: indent + 2)
            let body = items.map { inner + $0 }.joined(separator: ",\n".utf8)
            return Array("\(open)\n".utf8) + body + [0x0A] + inner.dropLast(2) + Array(close.utf8)
        }
        switch value {
        case .array(let elements) where !elements.isEmpty:
            return lines(elements.map { pretty($0, indent: indent + 2) }, "[", "]")
        case .object(let members) where !members.isEmpty:
            let line = value.bytes
            if indent >= 8, line.count <= 120, members.allSatisfy({ isFlat($0.value) }) { return line }
            return lines(
                members.map {
                    JSONValue.string($0.name).bytes + Array(": ".utf8) + pretty($0.value, indent: indent + 2)
                },
                "{", "}")
        default: return value.bytes
        }
    }
}
