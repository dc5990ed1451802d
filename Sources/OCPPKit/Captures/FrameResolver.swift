/// Works out what a frame's record says beside the frame: when, whose, which way, answering what, breaking which rules.
struct FrameResolver {
    let options: LogOptions
    private var clock: LogClock
    private(set) var pairing = Pairing()
    private(set) var orphanResults = 0
    private var quirks: Quirks?
    /// Who seems to write this log: seen from the last CALL whose action only one side sends.
    private var learntPerspective: Perspective?
    /// How many CALLs in a row have said the same of it.
    private var agreement = 0
    /// After so many the marks are taken at their word.
    private static let sureAgreement = 8

    init(options: LogOptions) {
        self.options = options
        quirks = options.quirks
        clock = LogClock(zone: options.zone, start: options.start)
    }

    /// Another file may be written by the other side.
    mutating func forgetPerspective() {
        learntPerspective = nil
        agreement = 0
    }

    /// A frame found in text, of which nothing else is known yet. In place, as below: records are large.
    mutating func complete(_ record: inout FrameRecord, _ told: LogPrefix, source: FrameRecord.Source) {
        record.timestamp = told.time.flatMap { clock.utc($0) }
        record.chargePointId = told.chargePointId ?? options.chargePointId
        record.source = source
        complete(&record, mark: told.mark)
    }

    /// What begins as a frame and is broken.
    mutating func resolve(
        _ error: FrameError, raw: [UInt8], _ told: LogPrefix, source: FrameRecord.Source
    ) -> UnreadableFrame {
        UnreadableFrame(
            error: error, raw: raw, source: source, timestamp: told.time.flatMap { clock.utc($0) },
            chargePointId: told.chargePointId ?? options.chargePointId)
    }

    /// A frame record that stood in the log: what it says stays.
    mutating func complete(_ record: inout FrameRecord, source: FrameRecord.Source) {
        record.chargePointId = record.chargePointId ?? options.chargePointId
        record.source = record.source ?? source
        complete(&record, mark: nil)
    }

    /// Finds out which way a frame went and what it answers, and judges it.
    private mutating func complete(_ record: inout FrameRecord, mark: DirectionMark?) {
        if record.frame.kind == .call {
            let direction = record.direction ?? direction(ofCall: record.frame, mark)
            record.direction = direction
            pairing.call(
                record.frame, chargePointId: record.chargePointId, direction: direction, timestamp: record.timestamp)
        } else {
            answer(&record, mark)
        }
        record.judge(&quirks)
    }

    private mutating func direction(ofCall frame: Frame, _ mark: DirectionMark?) -> Direction? {
        if let mark, case .absolute(let direction) = mark.meaning { return direction }
        if let mark, let perspective = options.perspective { return mark.direction(seenFrom: perspective) }
        let sender: Direction? =
            switch frame.definition?.sender {
            case .chargePoint: .fromChargePoint
            case .centralSystem: .fromCentralSystem
            case .either, nil: nil
            }
        guard let mark else { return sender }
        guard let sender else { return mark.direction(seenFrom: learntPerspective ?? mark.loggedBy) }
        let seen: Perspective = mark.direction(seenFrom: .centralSystem) == sender ? .centralSystem : .chargePoint
        agreement = seen == learntPerspective ? agreement + 1 : 1
        learntPerspective = seen
        return sender
    }

    private mutating func answer(_ record: inout FrameRecord, _ mark: DirectionMark?) {
        var told = record.direction
        var isSure = told != nil
        if told == nil, let mark {
            told = mark.direction(seenFrom: options.perspective ?? learntPerspective ?? mark.loggedBy)
            if case .absolute = mark.meaning {
                isSure = true
            } else {
                isSure = options.perspective != nil || agreement >= FrameResolver.sureAgreement
            }
        }
        let chargePointId = record.chargePointId
        var call = pairing.answer(record.frame, chargePointId: chargePointId, direction: told)
        if call == nil, told != nil, !isSure {
            call = pairing.answer(record.frame, chargePointId: chargePointId, direction: nil)
            if let direction = call?.direction { told = direction.opposite }
        }
        record.direction = told ?? call?.direction?.opposite
        guard let call else {
            orphanResults += 1
            return
        }
        record.action = call.action.isEmpty ? nil : call.action
        if let asked = call.timestamp, let answered = record.timestamp, answered >= asked {
            record.responseMilliseconds = answered - asked
        }
    }
}
