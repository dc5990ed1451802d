import OCPPKit

/// Writes the rows of a table: CSV begins with its header, whether or not rows follow.
struct RowWriter<Row: TableRow> {
    private let table: RowTable<Row>
    private let format: RowFormatOptions.Format
    private let output: OutputWriter

    /// - Parameter hasHeader: whether the header is there already, in a file that rows are added to.
    init(
        _ table: RowTable<Row>, _ format: RowFormatOptions.Format, to output: OutputWriter = OutputWriter(),
        hasHeader: Bool = false
    ) throws {
        self.table = table
        self.format = format
        self.output = output
        if format == .csv, !hasHeader { try output.write(table.csvHeader) }
    }

    func write(_ row: Row) throws {
        try output.write(format == .csv ? table.csvLine(row) : table.jsonLine(row))
    }

    /// All has been written when this returns.
    func finish() throws { try output.flush() }
}
