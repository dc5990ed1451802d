/// What can stand in a row of a table: its columns, and the value of each.
public protocol TableRow: Sendable {
    /// Raw values are the names of CSV headers and JSON members, cases in the order of the columns.
    associatedtype Column: RawRepresentable<String> & CaseIterable & Sendable & Hashable
    /// The `record` member of its JSON lines.
    static var recordName: String { get }

    func cell(_ column: Column) -> Cell
}

/// A value in a table; `nil` where it is unknown: empty in CSV, null in JSON.
public enum Cell: Sendable, Equatable {
    case text(String?)
    case integer(Int64?)
    case decimal(ExactDecimal?)
    /// A number as the charge point wrote it. JSON gives it as a text, since it may be none.
    case reading(String?)
    case time(Timestamp?)
    /// Several words of ours; joined by `;` in CSV.
    case words([String])
}

/// Minutes that local time is ahead of UTC at a time: −180 for São Paulo.
public typealias TimezoneOffset = @Sendable (Timestamp) -> Int

/// Writes rows as CSV (RFC 4180, lines end with CRLF as it demands) or as JSON lines.
public struct RowTable<Row: TableRow>: Sendable {
    /// In the order in which they are written.
    public let columns: [Row.Column]
    public let dialect: CSVDialect
    private let timezone: TimezoneOffset?

    /// - Parameter timezone: how times are given, with their offset; `nil` for UTC with `Z`.
    public init(
        columns: [Row.Column] = Array(Row.Column.allCases), dialect: CSVDialect = .rfc4180,
        timezone: TimezoneOffset? = nil
    ) {
        self.columns = columns
        self.dialect = dialect
        self.timezone = timezone
    }

    /// Reads a selection of columns: names with commas between them, in the order wanted; blanks around them are taken.
    public static func columns(named list: String) throws(UnknownColumns) -> [Row.Column] {
        let names = list.split(separator: ",", omittingEmptySubsequences: false)
            .map { String(decoding: trimmed(String($0)), as: UTF8.self) }
        let unknown = names.filter { Row.Column(rawValue: $0) == nil }
        guard unknown.isEmpty else {
            throw UnknownColumns(unknown: unknown, known: Row.Column.allCases.map(\.rawValue))
        }
        return names.compactMap(Row.Column.init(rawValue:))
    }

    /// The first line of a CSV file; after a byte order mark, where the dialect has one.
    public var csvHeader: [UInt8] {
        Array((dialect.hasByteOrderMark ? "\u{FEFF}" : "").utf8) + dialect.line(columns.map(\.rawValue))
    }

    /// One line of CSV, its CRLF included.
    public func csvLine(_ row: Row) -> [UInt8] {
        dialect.line(columns.map { text(row.cell($0)) })
    }

    /// One JSON object on a line, its newline included: `record`, then the columns.
    public func jsonLine(_ row: Row) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.beginObject()
        writer.member("record", Row.recordName)
        for column in columns {
            writer.key(column.rawValue)
            write(row.cell(column), to: &writer)
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func text(_ cell: Cell) -> String {
        switch cell {
        case .text(let value): value.map(dialect.harmless) ?? ""
        case .integer(let value): value?.description ?? ""
        case .decimal(let value): (value?.description).map(dialect.number) ?? ""
        case .reading(let value):
            value.map { ExactDecimal(trimmed($0)) == nil ? dialect.harmless($0) : dialect.number($0) } ?? ""
        case .time(let value): value.map(time) ?? ""
        case .words(let words): words.joined(separator: ";")
        }
    }

    private func write(_ cell: Cell, to writer: inout JSONWriter) {
        func orNull<Value>(_ value: Value?, _ write: (inout JSONWriter, Value) -> Void) {
            if let value { write(&writer, value) } else { writer.null() }
        }
        switch cell {
        case .text(let value), .reading(let value): orNull(value) { $0.string($1) }
        case .integer(let value): orNull(value) { $0.integer($1) }
        case .decimal(let value): orNull(value) { $0.decimal($1) }
        case .time(let value): orNull(value) { $0.string(time($1)) }
        case .words(let words):
            writer.beginArray()
            for word in words { writer.string(word) }
            writer.endArray()
        }
    }

    private func time(_ time: Timestamp) -> String {
        guard let timezone else { return time.description }
        return time.description(offsetMinutes: timezone(time))
    }
}

/// A selection names columns that a table does not have.
public struct UnknownColumns: Error, Sendable, Equatable, CustomStringConvertible {
    public let unknown: [String]
    public let known: [String]

    public var description: String {
        let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
        return "unknown column\(unknown.count == 1 ? "" : "s") \(names); there are \(known.joined(separator: ", "))"
    }
}

extension Timestamp {
    /// RFC 3339 with milliseconds and an offset from UTC: `2026-11-22T06:45:19.146-03:00`.
    func description(offsetMinutes offset: Int) -> String {
        let local = adding(milliseconds: Int64(offset) * 60_000).description.dropLast()
        func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(local)\(offset < 0 ? "-" : "+")\(twoDigits(abs(offset) / 60)):\(twoDigits(abs(offset) % 60))"
    }
}
