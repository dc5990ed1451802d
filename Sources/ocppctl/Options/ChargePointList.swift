import OCPPKit
import Storage

/// The charge points that a command is given: lines of JSON, CSV with a header, or those of a store.
struct ChargePointList {
    struct Entry: Equatable {
        var chargePointId: String
        /// `nil` where it is not told.
        var connectors: Int?
        /// `latitude,longitude`.
        var location: String?
    }

    private(set) var entries: [Entry] = []
    private var hasBadLines = false

    /// More connectors than this are a mistake.
    static let connectorLimit = 100

    /// Reads files. A line that cannot be read is said with its place.
    ///
    /// - Throws: status 65 where there are such lines, after all have been read; 66 for a file that cannot be.
    init(files: [String]) throws {
        for name in files {
            let file = try InputFile(name)
            var splitter = LineSplitter()
            var columns: [String]?
            for (number, bytes) in splitter.split(try file.readAll()) + splitter.rest() {
                do throws(LineError) {
                    try read(bytes, &columns)
                } catch {
                    Diagnostics.say("\(name):\(number): \(error.message)")
                    hasBadLines = true
                }
            }
        }
        if hasBadLines { throw CommandFailure(.badData, "nothing was done: set these lines right first") }
    }

    /// The charge points that a store knows, each with as many connectors as it has told of.
    init(store path: String) throws {
        do {
            let store = try SQLiteStoreReader(path: path)
            var connectors: [String: Int] = [:]
            for row in try store.connectors() where (1...Int64(Self.connectorLimit)).contains(row.connectorId) {
                connectors[row.chargePointId] = max(connectors[row.chargePointId] ?? 0, Int(row.connectorId))
            }
            entries = try store.chargePoints().map {
                Entry(chargePointId: $0.chargePointId, connectors: connectors[$0.chargePointId])
            }
        } catch {
            throw error.failure
        }
    }

    private struct LineError: Error { let message: String }

    private mutating func read(_ bytes: [UInt8], _ columns: inout [String]?) throws(LineError) {
        guard let first = bytes.first(where: { $0 > 0x20 }) else { return }
        if first == UInt8(ascii: "{") {
            try readJSON(bytes)
        } else if let columns {
            try readCSV(String(decoding: bytes, as: UTF8.self), columns)
        } else {
            columns = try Self.header(String(decoding: bytes, as: UTF8.self))
        }
    }

    private mutating func readJSON(_ line: [UInt8]) throws(LineError) {
        let root: JSONNode
        do {
            root = try JSONTree(parsing: line).root
        } catch {
            throw LineError(message: "\(error)")
        }
        // Frames and records of other kinds are no lists of charge points.
        if root["messageType"] != nil || root["record"].map({ $0.text != "chargePoint" }) == true { return }
        guard let id = root["chargePointId"]?.text else { throw LineError(message: #"no "chargePointId""#) }
        func text(_ node: JSONNode?) -> String? {
            node.flatMap { $0.kind == .null ? nil : $0.text ?? String(decoding: $0.raw, as: UTF8.self) }
        }
        // In a record of `stations` each connector is an object; 0 is the charge point itself.
        let numbers = root["connectors"]?.elements.compactMap { $0["connectorId"]?.integer } ?? []
        let connectors =
            root["connectors"]?.isArray == true
            ? numbers.max().flatMap { $0 > 0 ? String($0) : nil } : text(root["connectors"])
        try add(id, connectors: connectors, location: text(root["location"]))
    }

    private static let columnNames = ["chargePointId", "connectors", "location"]

    private static func header(_ line: String) throws(LineError) -> [String] {
        let columns = CSVLine.columns(of: CSVLine.fields(of: line), known: columnNames)
        guard columns.contains("chargePointId") else {
            throw LineError(
                message: "neither JSON lines nor CSV with a header of \(columnNames.joined(separator: ","))")
        }
        return columns
    }

    private mutating func readCSV(_ line: String, _ columns: [String]) throws(LineError) {
        let fields = CSVLine.fields(of: line)
        guard fields.count == columns.count else {
            throw LineError(message: "\(fields.count) fields under a header of \(columns.count)")
        }
        let row = Dictionary(zip(columns, fields), uniquingKeysWith: { first, _ in first }).filter { !$0.value.isEmpty }
        try add(row["chargePointId"] ?? "", connectors: row["connectors"], location: row["location"])
    }

    private mutating func add(_ id: String, connectors: String?, location: String?) throws(LineError) {
        guard !id.isEmpty else { throw LineError(message: "the chargePointId is empty") }
        var entry = Entry(chargePointId: id)
        if let connectors {
            guard let number = Int(connectors), (1...Self.connectorLimit).contains(number) else {
                throw LineError(message: "connectors is not 1 to \(Self.connectorLimit): \(connectors)")
            }
            entry.connectors = number
        }
        if let location {
            let parts = location.split(separator: ",", omittingEmptySubsequences: false).map {
                Double($0.filter { $0 != " " })
            }
            guard parts.count == 2, let latitude = parts[0], let longitude = parts[1], abs(latitude) <= 90,
                abs(longitude) <= 180
            else { throw LineError(message: "location is not \"latitude,longitude\" in degrees: \(location)") }
            entry.location = location
        }
        entries.append(entry)
    }
}

/// A line of CSV; with semicolons, as Excel writes it in much of the world, where one stands outside quotes. Blanks around a
/// field are a person's, and no part of it.
enum CSVLine {
    static func fields(of line: String) -> [String] {
        let quotes = line.split(separator: "\"", omittingEmptySubsequences: false)
        let hasSemicolon = quotes.enumerated().contains { $0.offset % 2 == 0 && $0.element.contains(";") }
        let separator: Character = hasSemicolon ? ";" : ","
        var fields = [""]
        var isQuoted = false
        var previous: Character?
        for character in line {
            if character == "\"" {
                // A doubled quote within quotes closes and opens again: it is one of the text.
                if !isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
            previous = character
        }
        return fields.map(trimmed)
    }

    /// The columns of a header, whose names people write in any case: one that is not known is passed over.
    static func columns(of header: [String], known: [String]) -> [String] {
        header.map { name in known.first { $0.lowercased() == name.lowercased() } ?? name }
    }

    private static func trimmed(_ field: String) -> String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
        let scalars = field.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
