/// One sample of a meter, with the specification's defaults filled in.
public struct MeterSample: Sendable, Equatable {
    /// `nil` where the log does not tell.
    public var chargePointId: String?
    /// As the charge point gave it; of a stop's samples, its session's, where that is known. 0 is the main meter.
    public var connectorId: Int64?
    /// As the charge point gave it.
    public var transactionId: Int64?
    /// The charge point's own time; `nil` where it cannot be read.
    public var timestamp: Timestamp?
    public var context: String
    public var measurand: String
    /// `nil` for all phases together.
    public var phase: String?
    public var location: String
    public var format: String
    /// `nil` where none is given and the measurand is no energy, for which alone there is a default.
    public var unit: String?
    /// The value's text, as it came.
    public var value: String

    /// The samples of a MeterValues or of a StopTransaction's `transactionData`, in order; none for other frames.
    ///
    /// - Parameter connectorId: for a stop, which does not name it: `SessionFolder.session(of:)` knows it.
    public static func samples(from record: FrameRecord, connectorId: Int64? = nil) -> [MeterSample] {
        guard record.frame.kind == .call, let payload = record.payload else { return [] }
        switch record.meantAction {
        case "MeterValues":
            return samples(of: MeterValuesRequest(payload), chargePointId: record.chargePointId)
        case "StopTransaction":
            return samples(
                of: StopTransactionRequest(payload), chargePointId: record.chargePointId, connectorId: connectorId)
        default: return []
        }
    }

    /// The samples of a stored event, in order.
    ///
    /// - Parameters:
    ///   - connectorId: for a stop, whose payload does not name it.
    ///   - payload: a request's payload, JSON text of an object; one that cannot be read has no samples.
    public static func samples(
        kind: TransactionEvent.Kind, chargePointId: String?, connectorId: Int64?, payload: [UInt8]
    ) -> [MeterSample] {
        guard let node = try? JSONTree(parsing: payload).root else { return [] }
        switch kind {
        case .start, .securityEvent, .conflict: return []
        case .stop:
            return samples(of: StopTransactionRequest(node), chargePointId: chargePointId, connectorId: connectorId)
        case .meterValues: return samples(of: MeterValuesRequest(node), chargePointId: chargePointId)
        }
    }

    private static func samples(of request: MeterValuesRequest, chargePointId: String?) -> [MeterSample] {
        request.meterValues.flatMap { meterValue in
            meterValue.samples.map {
                MeterSample(
                    $0, at: meterValue.timestamp, chargePointId: chargePointId, connectorId: request.connectorId,
                    transactionId: request.transactionId)
            }
        }
    }

    private static func samples(
        of request: StopTransactionRequest, chargePointId: String?, connectorId: Int64?
    ) -> [MeterSample] {
        request.transactionData.flatMap { meterValue in
            meterValue.samples.map {
                MeterSample(
                    $0, at: meterValue.timestamp, chargePointId: chargePointId, connectorId: connectorId,
                    transactionId: request.transactionId)
            }
        }
    }

    private init(
        _ sample: SampledValue, at time: Timestamp?, chargePointId: String?, connectorId: Int64?, transactionId: Int64?
    ) {
        self.chargePointId = chargePointId
        self.connectorId = connectorId
        self.transactionId = transactionId
        timestamp = time
        context = sample.context?.text ?? SampledValue.defaultContext.rawValue
        measurand = sample.measurand?.text ?? SampledValue.defaultMeasurand.rawValue
        phase = sample.phase?.text
        location = sample.location?.text ?? SampledValue.defaultLocation.rawValue
        format = sample.format?.text ?? SampledValue.defaultFormat.rawValue
        unit = sample.unit ?? (measurand.hasPrefix("Energy.") ? SampledValue.defaultUnit : nil)
        value = sample.value
    }
}

/// Samples as rows: `ocppctl export-meter-values`.
public typealias MeterSampleTable = RowTable<MeterSample>

extension MeterSample: TableRow {
    public enum Column: String, CaseIterable, Sendable {
        case chargePointId, connectorId, transactionId, timestamp, context, measurand, phase, location, format, unit
        case value
    }

    public static var recordName: String { "meterValue" }

    public func cell(_ column: Column) -> Cell {
        switch column {
        case .chargePointId: .text(chargePointId)
        case .connectorId: .integer(connectorId)
        case .transactionId: .integer(transactionId)
        case .timestamp: .time(timestamp)
        case .context: .text(context)
        case .measurand: .text(measurand)
        case .phase: .text(phase)
        case .location: .text(location)
        case .format: .text(format)
        case .unit: .text(unit)
        case .value: .reading(value)
        }
    }
}
