public import ArgumentParser
public import OCPPKit

/// Writes charging sessions as rows.
struct ExportSessions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write charging sessions as CSV or JSON lines, from the store, records or logs",
        discussion: """
            Without a file the sessions are those of the store, also beside a running serve. A log gives the same rows \
            as the store of the server that wrote it. CSV always begins with its header; what is unknown is empty, or \
            null in JSON lines. The column flags says what is odd about a session, such as stopMissing or \
            deliveredLate.

            --charge-point takes patterns with * and ?, in quotes. Where it names one charge point, the frames of a log \
            that names none are taken for its own.

            A frame that cannot be read is said on standard error with its place, and the rest goes on, with status 0. \
            A file without any OCPP frame is status 65, a missing file or store 66.

            --cursor exports each session of the store once, when its end is known: the file remembers the last one, \
            and changes only after all rows were written. A run that is killed before that leaves rows which the next one \
            writes again; with --output none is lost or repeated, whenever it is killed. Sessions that filters leave out are \
            passed over for good.

            Examples:
              ocppctl export-sessions --since yesterday --until today
              ocppctl export-sessions charge.log.gz --columns chargePointId,start,energyWh
              ocppctl export-sessions --charge-point 'DEPOT-*' --since 7d
              ocppctl export-sessions --by day --timezone America/Sao_Paulo --since 30d
              ocppctl export-sessions --cursor billed.json --output sessions.csv
              ocppctl decode charge.log | ocppctl export-sessions -
            """)

    @OptionGroup var source: RowSourceOptions
    @OptionGroup var rows: RowFormatOptions

    @Option(
        help: ArgumentHelp(
            "Add up sessions, energy and duration: a row for each day of --timezone, charge point or idTag.",
            valueName: "group"))
    var by: Consumption.Grouping?

    @OptionGroup var since: CursorOptions

    func validate() throws {
        if since.output != nil, by != nil { throw ValidationError("--output does not go with --by") }
        try since.check(source)
        if let by { _ = try consumptionTable(by) } else { _ = try sessionTable() }
    }

    func run() throws {
        if let by {
            try exportConsumption(by)
        } else if let cursor = since.cursor, let output = since.output {
            let (store, filter) = (try StoredRows(path: source.store.path), source.filter)
            try ExportFile.add(to: output, after: cursor, sessionTable(), rows.format) { cursor, write in
                try store.sessions(after: cursor) { if filter.matches($0) { try write($0) } }
            }
        } else {
            let writer = try RowWriter(sessionTable(), rows.format)
            try eachSession(writer.write, finish: writer.finish)
        }
    }

    private func sessionTable() throws -> SessionTable { try rows.table(timezone: source.timezoneOffset) }

    private func consumptionTable(_ grouping: Consumption.Grouping) throws -> ConsumptionTable {
        try rows.table(of: grouping.columns, timezone: source.timezoneOffset)
    }

    private func exportConsumption(_ grouping: Consumption.Grouping) throws {
        let writer = try RowWriter(consumptionTable(grouping), rows.format)
        var consumption = Consumption(by: grouping, timezone: source.timezoneOffset)
        try eachSession {
            consumption.add($0)
        } finish: {
            for row in consumption.rows { try writer.write(row) }
            try writer.finish()
        }
    }

    /// Gives the sessions that are wanted.
    ///
    /// - Parameter finish: called after the last one; writes what is left. Only then the cursor moves.
    private func eachSession(_ body: (Session) throws -> Void, finish: () throws -> Void) throws {
        let filter = source.filter
        func take(_ session: Session) throws {
            if filter.matches(session) { try body(session) }
        }
        guard source.files.isEmpty else {
            var options = try source.logOptions()
            options.givesRecords = true
            var log = LogFrames(options: options)
            var folder = SessionFolder()
            var rows = SessionRecords()
            try log.read(source.files) {
                if case .record(let record) = $0 { rows.take(record) }
            } _: {
                _ = folder.fold($0)
            }
            let folded = folder.sessions
            for session in folded + rows.sessions(withoutThoseOf: folded) { try take(session) }
            try finish()
            return try log.finish()
        }
        let cursor = try since.cursor.map { try ExportCursor<SessionMark>(file: $0) }
        let store = try StoredRows(path: source.store.path)
        guard let cursor else {
            try store.sessions(take)
            return try finish()
        }
        let next = try store.sessions(after: cursor, take)
        try finish()
        try next.save()
    }
}

extension Consumption.Grouping: ExpressibleByArgument {}
