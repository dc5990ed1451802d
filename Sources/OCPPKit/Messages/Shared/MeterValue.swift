/// Readings of one moment (section 7.33).
public struct MeterValue: Sendable {
    public var timestamp: Timestamp?
    public var samples: [SampledValue]

    public init(timestamp: Timestamp?, samples: [SampledValue]) {
        self.timestamp = timestamp
        self.samples = samples
    }

    /// Reads one; samples that cannot be read are left out (`sampleDropped`), the others stay.
    init(_ node: JSONNode, repairs: inout [String]) {
        var reader = PayloadReader(node)
        timestamp = reader.time("timestamp")
        samples = []
        samples.reserveCapacity(4)
        for element in reader.elements("sampledValue") {
            var sampleReader = PayloadReader(element)
            if let sample = SampledValue(&sampleReader) {
                samples.append(sample)
            } else {
                sampleReader.note(.sampleDropped)
            }
            reader.note(sampleReader.repairs)
        }
        repairs += reader.repairs
    }

    /// Reads the array of that name; what is no object in it is left out (`meterValueDropped`).
    static func read(_ key: StaticString, of reader: inout PayloadReader) -> [MeterValue] {
        var values: [MeterValue] = []
        for element in reader.elements(key) {
            guard element.isObject else {
                reader.note(.meterValueDropped)
                continue
            }
            var repairs: [String] = []
            values.append(MeterValue(element, repairs: &repairs))
            reader.note(repairs)
        }
        return values
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("timestamp", timestamp)
        writer.key("sampledValue")
        writer.beginArray()
        for sample in samples { sample.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    /// The fields of MeterValues' `meterValue`.
    static let shape = ObjectShape([
        .required("timestamp", .dateTime),
        .required(
            "sampledValue",
            .array(of: .object(SampledValue.shape(units: SampledValue.unitsAndHertz)), minimum: 1)),
    ])

    /// The fields of StopTransaction's `transactionData`: the same, but its schema takes no samples at all for samples,
    /// and does not have the unit Hertz.
    static let transactionDataShape = ObjectShape([
        .required("timestamp", .dateTime),
        .required("sampledValue", .array(of: .object(SampledValue.shape(units: SampledValue.units)), minimum: 0)),
    ])
}

/// One reading (section 7.43).
///
/// The optional fields are as they came; the specification's defaults for absent ones are beside them.
public struct SampledValue: Sendable {
    /// The value's text, as it came: `21.40`, ` 0.0`, or hexadecimal signed data.
    public var value: String
    /// The value as a number, exactly, where it is one.
    public var number: ExactDecimal?
    public var context: Open<ReadingContext>?
    public var format: Open<ValueFormat>?
    public var measurand: Open<Measurand>?
    public var phase: Open<Phase>?
    public var location: Open<Location>?
    /// As it came; what the specification has is in `SampledValue.units`.
    public var unit: String?

    public static let defaultContext = ReadingContext.samplePeriodic
    public static let defaultFormat = ValueFormat.raw
    public static let defaultMeasurand = Measurand.energyActiveImportRegister
    public static let defaultLocation = Location.outlet
    public static let defaultUnit = "Wh"

    public init(
        _ number: ExactDecimal, _ measurand: Measurand? = nil, unit: String? = nil, phase: Phase? = nil,
        context: ReadingContext? = nil, location: Location? = nil
    ) {
        self.value = number.description
        self.number = number
        self.measurand = measurand.map { .known($0) }
        self.unit = unit
        self.phase = phase.map { .known($0) }
        self.context = context.map { .known($0) }
        self.location = location.map { .known($0) }
    }

    /// `nil` where there is no value at all.
    init?(_ reader: inout PayloadReader) {
        guard let reading = reader.number("value") else { return nil }
        (value, number) = reading
        context = reader.open("context", in: Words.contexts)
        format = reader.open("format", in: Words.formats)
        measurand = reader.open("measurand", in: Words.measurands)
        phase = reader.open("phase", in: Words.phases)
        location = reader.open("location", in: Words.locations)
        unit = reader.word("unit", in: Words.units)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("value", value)
        writer.member("context", context)
        writer.member("format", format)
        writer.member("measurand", measurand)
        writer.member("phase", phase)
        writer.member("location", location)
        writer.member("unit", unit)
        writer.endObject()
    }

    /// UnitOfMeasure (section 7.45); `Celcius` is the specification's own misspelling, which both sides must take.
    public static let units = [
        "Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A", "V", "K", "Celcius", "Celsius",
        "Fahrenheit", "Percent",
    ]

    /// With the one that only MeterValues' schema has.
    static let unitsAndHertz = units + ["Hertz"]

    static func shape(units: [String]) -> ObjectShape {
        ObjectShape([
            .required("value", .string(maximum: nil)),
            .optional("context", .one(of: ReadingContext.self)),
            .optional("format", .one(of: ValueFormat.self)),
            .optional("measurand", .one(of: Measurand.self)),
            .optional("phase", .one(of: Phase.self)),
            .optional("location", .one(of: Location.self)),
            .optional("unit", .enumeration(units)),
        ])
    }
}

/// The words of samples, of which there are more than of anything else.
private enum Words {
    static let contexts = WordTable(ReadingContext.self)
    static let formats = WordTable(ValueFormat.self)
    static let measurands = WordTable(Measurand.self)
    static let phases = WordTable(Phase.self)
    static let locations = WordTable(Location.self)
    static let units = WordTable(SampledValue.unitsAndHertz.map { ($0, $0) })
}
