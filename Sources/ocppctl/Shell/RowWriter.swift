import OCPPKit

/// Writes the rows of a table to standard output: CSV begins with its header, whether or not rows follow.
struct RowWriter<Row: TableRow> {
    private let table: RowTable<Row>
    private let format: RowFormatOptions.Format
    private let output = OutputWriter()

    init(_ table: RowTable<Row>, _ format: RowFormatOptions.Format) throws {
        self.table = table
        self.format = format
        if format == .csv { try output.write(table.csvHeader) }
    }

    func write(_ row: Row) throws {
        try output.write(format == .csv ? table.csvLine(row) : table.jsonLine(row))
    }

    /// All has been written when this returns.
    func finish() throws { try output.flush() }
}
