import Foundation

/// Logs as they are given to a command: files and `-`, text or compressed or a network capture, told by their first bytes.
enum LogInput {
    /// A program that turns a file of some kind into text.
    private struct Converter {
        let program: String
        let arguments: [String]
        /// Statuses of a run that gave all that was there.
        let good: Set<Int32>
        /// What the program is for, and what is wrong where it fails.
        let purpose: String
        let failure: String
    }

    private static let gzip = Converter(
        program: "gzip", arguments: ["-dc"],
        // 2 is a warning: rubbish after the end.
        good: [0, 2], purpose: "to decompress it", failure: "it is damaged or not compressed by gzip")

    /// Each packet becomes a JSON object, which `LogReader` reads as any other. Messages that came in one packet stand in
    /// one array; nothing is cut.
    private static let tshark = Converter(
        program: "tshark",
        arguments: ["-n", "-l", "-r", "-", "-Y", "websocket", "-T", "json"]
            + [
                "frame.number", "frame.time_epoch", "tcp.srcport", "tcp.dstport", "websocket.mask",
                "websocket.payload.text",
            ].flatMap { ["-e", $0] },
        good: [0], purpose: "to read network captures", failure: "tshark finds it damaged or no network capture")

    /// How files of each kind begin: gzip, pcap in both byte orders and both resolutions, pcapng.
    private static let kinds: [(start: [UInt8], converter: Converter)] = [
        ([0x1F, 0x8B], gzip),
        ([0xD4, 0xC3, 0xB2, 0xA1], tshark), ([0xA1, 0xB2, 0xC3, 0xD4], tshark),
        ([0x4D, 0x3C, 0xB2, 0xA1], tshark), ([0xA1, 0xB2, 0x3C, 0x4D], tshark),
        ([0x0A, 0x0D, 0x0D, 0x0A], tshark),
    ]

    /// Reads a file from its start to its end, a chunk at a time.
    ///
    /// - Throws: `CommandFailure` with status 66 where it cannot be read or converted.
    static func read(_ name: String, _ body: ([UInt8]) throws -> Void) throws {
        let file = try InputFile(name)
        try read(name, next: { try file.read(into: &$0) }, body)
    }

    private static func read(
        _ name: String, next: (inout [UInt8]) throws -> Bool, _ body: ([UInt8]) throws -> Void
    ) throws {
        var chunk: [UInt8] = []
        var start: [UInt8] = []
        // A pipe may give its first bytes one by one.
        while start.count < 4, try next(&chunk) { start += chunk }
        guard let kind = kinds.first(where: { start.starts(with: $0.start) }) else {
            if !start.isEmpty { try body(start) }
            while try next(&chunk) { try body(chunk) }
            return
        }
        let conversion = try Conversion(kind.converter.program, kind.converter.arguments, of: name)
        do {
            // What comes out may be of another kind again: a compressed capture.
            var pending: [UInt8]? = start
            var hasEnded = false
            try read(
                name,
                next: { output in
                    while true {
                        let isMore = try conversion.exchange(&pending, into: &output)
                        if !isMore { return false }
                        if !output.isEmpty { return true }
                        guard pending == nil, !hasEnded else { continue }
                        if try next(&chunk) {
                            pending = chunk
                        } else {
                            hasEnded = true
                            conversion.endInput()
                        }
                    }
                }, body)
        } catch let failure as CommandFailure {
            conversion.stop()
            throw failure
        } catch {
            conversion.stop()
            throw error
        }
        let what = name == "-" ? "standard input" : name
        switch conversion.finish() {
        case let status where kind.converter.good.contains(status): break
        case 127:
            throw CommandFailure(
                .noInput,
                "cannot read \(what): \(kind.converter.program) is needed \(kind.converter.purpose), and it is not installed"
            )
        default: throw CommandFailure(.noInput, "cannot read \(what): \(kind.converter.failure)")
        }
    }
}
