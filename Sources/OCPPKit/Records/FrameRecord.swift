/// A frame as a line: an Open OCPP Trace record, version 1.1, with what is ours inside `meta`.
public struct FrameRecord: Sendable {
    /// Where a frame was found.
    public struct Source: Sendable, Equatable {
        /// The file's name as it was given; `-` for standard input.
        public var file: String
        /// Counted from 1; the line on which the frame begins.
        public var line: Int

        public init(file: String, line: Int) {
            self.file = file
            self.line = line
        }
    }

    /// When the frame was seen; `nil` where the log does not tell.
    public var timestamp: Timestamp?
    public var chargePointId: String?
    public var direction: Direction?
    public var frame: Frame
    /// The CALL's action; on an answer, the one of its CALL, where pairing found it.
    public var action: String?
    public var violations: [Violation]
    /// What was overlooked to read the frame: names of `Repair`, and of rules of quirk profiles.
    public var repairs: [String]
    /// What quirks made of the payload; `nil` where it is read as it came.
    var rewrittenPayload: JSONNode?
    /// What quirks made of a CALL's action; `nil` where they know of none.
    var rewrittenAction: String?
    public var source: Source?
    /// On an answer: how long after its CALL.
    public var responseMilliseconds: Int64?

    /// What is read of the frame: its payload, or what quirks made of it.
    public var payload: JSONNode? { rewrittenPayload ?? frame.payload }

    /// The action that a CALL means, whatever its capitals; as it was sent where OCPP 1.6 has none of that name.
    public var meantAction: String? {
        if rewrittenAction == nil, let index = frame.definitionIndex { return Actions.all[index].name }
        return rewrittenAction ?? frame.action.map { Actions.meant($0)?.name ?? $0 }
    }

    /// The place in `Actions.all` of the action that a CALL means; `nil` where OCPP 1.6 has none of that name.
    var meantIndex: Int? {
        if rewrittenAction == nil, let index = frame.definitionIndex { return index }
        return meantAction.flatMap(Actions.index)
    }

    /// Notes how the frame breaks the specification, and what it takes to read it all the same.
    ///
    /// - Parameter quirks: how its charge point is to be read; learns from a BootNotification.
    public mutating func judge(_ quirks: inout Quirks?) {
        quirks?.read(&self)
        judge()
    }

    /// The same without quirks.
    public mutating func judge() {
        if rewrittenPayload == nil, Validator.isPlainlySound(frame, answering: action) {
            violations = []
            return
        }
        violations = Validator.violations(of: frame, answering: action)
        let names = Repair.names(reading: frame, payload: payload, answering: action, violations: violations)
        for name in names where !repairs.contains(name) { repairs.append(name) }
    }

    /// Writes the record as one line, its newline included.
    public func write(to writer: inout JSONWriter) {
        writer.beginRecord(
            timestamp, chargePointId, connectorId: frame.payload?["connectorId"]?.integer ?? -1, direction, frame.kind)
        writeMessageId(to: &writer)
        writer.member("action", action)
        if let error = frame.error {
            writer.key("error")
            writer.beginObject()
            writer.member("code", error.code)
            writer.member("description", error.description)
            if let details = frame.payload { writer.member("details", details) }
            writer.endObject()
        } else {
            if let payload = frame.payload { writer.member("payload", payload) }
        }
        writer.key("raw")
        writer.string(textOf: frame.node)
        writer.endRecord(violations: violations, repairs: repairs, source, responseMilliseconds)
    }

    private func writeMessageId(to writer: inout JSONWriter) {
        // A plain text's own JSON is how it is written.
        if let node = frame.messageIdNode, let count = node.plainTextCount {
            if count > 0 { writer.member("messageId", node) }
        } else if !frame.messageId.isEmpty {
            writer.member("messageId", frame.messageId)
        }
    }
}

// Beside the type, which so has the initializer of all its members: it alone does not copy what it makes.
extension FrameRecord {
    public init(
        timestamp: Timestamp?, chargePointId: String?, direction: Direction?, frame: Frame, action: String? = nil,
        violations: [Violation] = [], repairs: [String] = [], source: Source? = nil, responseMilliseconds: Int64? = nil
    ) {
        self.init(
            timestamp: timestamp, chargePointId: chargePointId, direction: direction, frame: frame,
            action: action ?? frame.action, violations: violations, repairs: repairs, rewrittenPayload: nil,
            rewrittenAction: nil, source: source, responseMilliseconds: responseMilliseconds)
    }

    /// A frame of which nothing else is known yet.
    init(_ frame: Frame) {
        self.init(timestamp: nil, chargePointId: nil, direction: nil, frame: frame)
    }
}

extension JSONWriter {
    /// Begins the record of a frame: all that stands before its parts.
    ///
    /// - Parameter connectorId: the payload's; negative where there is none.
    mutating func beginRecord(
        _ timestamp: Timestamp?, _ chargePointId: String?, connectorId: Int64, _ direction: Direction?,
        _ kind: Frame.Kind
    ) {
        members(#"{"schemaVersion":"1.1""#)
        member("timestamp", timestamp)
        let idCount = chargePointId.map { TextRoom.greatestCount(ofQuoted: $0) } ?? 0
        unsafe append(atMost: idCount + 200) { room in
            var room = unsafe TextRoom(room)
            room.write(#","ocppVersion":"1.6","transport":"json""#)
            if let chargePointId {
                room.write(#","chargePointId":"#)
                room.quote(chargePointId)
            }
            if connectorId >= 0 {
                room.write(#","connectorId":"#)
                room.write(connectorId)
            }
            switch direction {
            case .fromChargePoint: room.write(#","direction":"cp-to-csms""#)
            case .fromCentralSystem: room.write(#","direction":"csms-to-cp""#)
            case nil: break
            }
            switch kind {
            case .call: room.write(#","messageType":"CALL""#)
            case .callResult: room.write(#","messageType":"CALLRESULT""#)
            case .callError: room.write(#","messageType":"CALLERROR""#)
            }
            return room.count
        }
    }

    /// Ends the record of a frame: all that is ours, and the line's end.
    mutating func endRecord(
        violations: [Violation], repairs: [String], _ source: FrameRecord.Source?, _ responseMilliseconds: Int64?
    ) {
        let hasLists = !violations.isEmpty || !repairs.isEmpty
        guard hasLists || source != nil || responseMilliseconds != nil else {
            endObject()
            return endLine()
        }
        opening(#""meta":{"#)
        if !violations.isEmpty {
            key("violations")
            beginArray()
            for violation in violations { violation.write(to: &self) }
            endArray()
        }
        if !repairs.isEmpty {
            key("repairs")
            beginArray()
            for repair in repairs { string(repair) }
            endArray()
        }
        let fileCount = source.map { TextRoom.greatestCount(ofQuoted: $0.file) } ?? 0
        unsafe append(atMost: fileCount + 120) { room in
            var room = unsafe TextRoom(room)
            if let source {
                if hasLists { room.write(UInt8(ascii: ",")) }
                room.write(#""source":{"file":"#)
                room.quote(source.file)
                room.write(#","line":"#)
                room.write(Int64(source.line))
                room.write(UInt8(ascii: "}"))
            }
            if let responseMilliseconds {
                if hasLists || source != nil { room.write(UInt8(ascii: ",")) }
                room.write(#""responseMilliseconds":"#)
                room.write(responseMilliseconds)
            }
            room.write("}}\n")
            return room.count
        }
        hasWrittenLine()
    }
}

extension FrameRecord {
    /// Reads a line that is a frame record, ours or another tool's; `nil` where it is none.
    ///
    /// The frame comes from `raw`; a record without one has it built from its fields. Of `meta` only what cannot be
    /// worked out again is taken: `repairs`, `source`.
    ///
    /// - Throws: `FrameError` where the line is a frame record whose frame cannot be read.
    public static func read(_ line: JSONNode) throws(FrameError) -> FrameRecord? {
        guard line.isObject, line["record"] == nil,
            let kind = line["messageType"]?.text.flatMap(Frame.Kind.init(rawValue:)),
            line["messageId"] != nil || line["raw"] != nil
        else { return nil }
        let raw = line["raw"]?.text.map { Array($0.utf8) } ?? rebuilt(kind, line)
        let frame = try Frame.read(raw)
        var record = FrameRecord(
            timestamp: line["timestamp"]?.dateTime?.time,
            chargePointId: line["chargePointId"]?.text,
            direction: line["direction"]?.text.flatMap(Direction.init(rawValue:)), frame: frame)
        record.action = frame.action ?? line["action"]?.text
        if let repairs = line["meta"]?["repairs"] { record.repairs = repairs.elements.compactMap(\.text) }
        if let source = line["meta"]?["source"], let file = source["file"]?.text, let number = source["line"]?.integer {
            record.source = Source(file: file, line: Int(clamping: number))
        }
        return record
    }

    private static func rebuilt(_ kind: Frame.Kind, _ line: JSONNode) -> [UInt8] {
        let payload = line["payload"]?.raw ?? ArraySlice("{}".utf8)
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(kind.messageTypeId)
        writer.raw(line["messageId"]?.raw ?? ArraySlice("\"\"".utf8))
        switch kind {
        case .call:
            writer.string(line["action"]?.text ?? "")
            writer.raw(payload)
        case .callResult: writer.raw(payload)
        case .callError:
            writer.string(line["error"]?["code"]?.text ?? "")
            writer.string(line["error"]?["description"]?.text ?? "")
            writer.raw(line["error"]?["details"]?.raw ?? ArraySlice("{}".utf8))
        }
        writer.endArray()
        return writer.bytes
    }
}
