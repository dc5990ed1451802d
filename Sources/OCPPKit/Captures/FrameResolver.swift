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

    /// The same for a frame that is sound as it stands in a text; `nil`, and nothing is noted, where it is not plainly so.
    mutating func soundRecord(
        _ text: inout SoundText, _ told: LogPrefix, source: FrameRecord.Source
    ) -> SoundRecord? {
        // Quirks look at values.
        guard quirks == nil else { return nil }
        let chargePointId = told.chargePointId ?? options.chargePointId
        var hash = 0
        var direction: Direction?
        var call: Pairing.Found?
        let frame = text.read { walk, notes -> SoundFrame? in
            guard let head = walk.head(&notes) else { return nil }
            hash = walk.messageIdHash(head)
            guard head.kind == .callResult else { return walk.frame(head, action: head.action, &notes) }
            (direction, call) = find(hash, chargePointId, nil, told.mark)
            if let call, call.call.definitionIndex == nil { return nil }
            return walk.frame(head, action: call?.call.definitionIndex, &notes)
        }
        guard let frame else { return nil }
        let timestamp = told.time.flatMap { clock.utc($0) }
        var responseMilliseconds: Int64?
        if frame.kind == .call, let action = frame.action {
            direction = self.direction(ofCall: Actions.all[action].sender, told.mark)
            pairing.call(
                hash, action: UInt16(truncatingIfNeeded: action), chargePointId: chargePointId, direction: direction,
                timestamp: timestamp)
        } else {
            responseMilliseconds = take(call, answeredAt: timestamp)
        }
        return SoundRecord(
            text: text, frame: frame, timestamp: timestamp, chargePointId: chargePointId, direction: direction,
            source: source, responseMilliseconds: responseMilliseconds)
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
            let direction = record.direction ?? direction(ofCall: record.frame.definition?.sender, mark)
            record.direction = direction
            pairing.call(
                record.frame, chargePointId: record.chargePointId, direction: direction, timestamp: record.timestamp)
        } else {
            answer(&record, mark)
        }
        record.judge(&quirks)
    }

    private mutating func direction(ofCall sender: Sender?, _ mark: DirectionMark?) -> Direction? {
        if let mark, case .absolute(let direction) = mark.meaning { return direction }
        if let mark, let perspective = options.perspective { return mark.direction(seenFrom: perspective) }
        let sender: Direction? =
            switch sender {
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
        let (direction, found) = find(
            record.frame.messageIdHash, record.chargePointId, record.direction, mark)
        record.direction = direction
        if let action = found?.call.action { record.action = action.isEmpty ? nil : action }
        record.responseMilliseconds = take(found, answeredAt: record.timestamp)
    }

    /// Finds the CALL that an answer belongs to, and which way the answer went.
    ///
    /// - Parameters:
    ///   - hash: of its id.
    ///   - known: which way it went, where something other than a mark tells.
    private mutating func find(
        _ hash: Int, _ chargePointId: String?, _ known: Direction?, _ mark: DirectionMark?
    ) -> (direction: Direction?, found: Pairing.Found?) {
        var told = known
        var isSure = told != nil
        if told == nil, let mark {
            told = mark.direction(seenFrom: options.perspective ?? learntPerspective ?? mark.loggedBy)
            if case .absolute = mark.meaning {
                isSure = true
            } else {
                isSure = options.perspective != nil || agreement >= FrameResolver.sureAgreement
            }
        }
        var found = pairing.find(hash, chargePointId: chargePointId, direction: told)
        if found == nil, told != nil, !isSure {
            found = pairing.find(hash, chargePointId: chargePointId, direction: nil)
            if let direction = found?.call.direction { told = direction.opposite }
        }
        return (told ?? found?.call.direction?.opposite, found)
    }

    /// Notes that a CALL has its answer, or that an answer has none, and says how long it took.
    private mutating func take(_ found: Pairing.Found?, answeredAt answered: Timestamp?) -> Int64? {
        guard let found else {
            orphanResults += 1
            return nil
        }
        pairing.take(found)
        guard let asked = found.call.timestamp, let answered, answered >= asked else { return nil }
        return answered - asked
    }
}
