public import ArgumentParser
public import OCPPKit

/// How rows are written, for the commands that export.
struct RowFormatOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, jsonl }

    @Option(help: "How rows are written: CSV with a header, or JSON lines.")
    var format = Format.csv

    @Option(
        help: ArgumentHelp("The columns, in this order, with commas between them (default: all).", valueName: "names"))
    var columns: String?

    @Option(help: "How CSV is written: as RFC 4180 has it, or as Excel opens it in Brazil (;, decimal comma, BOM).")
    var dialect: CSVDialect?

    func validate() throws {
        if format == .jsonl, dialect != nil { throw ValidationError("--dialect is for --format csv") }
    }

    /// The table that is asked for.
    ///
    /// - Parameter available: the columns that there are, and the order in which they come unless told.
    /// - Throws: a usage error for a column that there is not, or that is named twice.
    func table<Row>(
        of available: [Row.Column] = Array(Row.Column.allCases), timezone: TimezoneOffset?
    ) throws -> RowTable<Row> {
        RowTable(columns: try selection(from: available), dialect: dialect ?? .rfc4180, timezone: timezone)
    }

    private func selection<Column>(from available: [Column]) throws -> [Column]
    where Column: RawRepresentable<String> & Hashable {
        guard let columns else { return available }
        let known = available.map(\.rawValue)
        var selected: [Column] = []
        for name in columns.split(separator: ",", omittingEmptySubsequences: false) {
            let name = name.filter { $0 != " " }
            guard let column = available.first(where: { $0.rawValue == name }) else {
                let hint = UsageErrors.nearest(name, among: known).map { " Did you mean '\($0)'?" } ?? ""
                throw ValidationError(
                    "there is no column '\(name)'.\(hint)\nThe columns are: \(known.joined(separator: ", "))")
            }
            guard !selected.contains(column) else { throw ValidationError("column '\(name)' is named twice") }
            selected.append(column)
        }
        return selected
    }
}

extension CSVDialect: ExpressibleByArgument {}
