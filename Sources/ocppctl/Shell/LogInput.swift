import Foundation
import Glibc

/// Logs as they are given to a command: files, `-`, and `.gz` through the `gzip` program.
enum LogInput {
    /// Reads a file from its start to its end, a chunk at a time.
    ///
    /// - Throws: `CommandFailure` with status 66 where it cannot be read or decompressed.
    static func read(_ name: String, _ body: ([UInt8]) throws -> Void) throws {
        if name.hasSuffix(".gz") {
            try readCompressed(name, body)
            return
        }
        let file = try InputFile(name)
        var chunk: [UInt8] = []
        while try file.read(into: &chunk) { try body(chunk) }
    }

    private static func readCompressed(_ name: String, _ body: ([UInt8]) throws -> Void) throws {
        // Says by itself what is wrong with a file that cannot be opened.
        let file = try InputFile(name)
        _ = consume file
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", "--", name]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        gzip.standardInput = FileHandle.nullDevice
        do { try gzip.run() } catch {
            throw CommandFailure(.noInput, "cannot read \(name): gzip does not start: \(error.localizedDescription)")
        }
        defer { if gzip.isRunning { gzip.terminate() } }
        while true {
            let chunk = pipe.fileHandleForReading.readData(ofLength: 1 << 18)
            if chunk.isEmpty { break }
            try body(Array(chunk))
        }
        gzip.waitUntilExit()
        switch gzip.terminationStatus {
        // 2 is a warning: rubbish after the end.
        case 0, 2: break
        case 127: throw CommandFailure(.noInput, "cannot read \(name): the program gzip is not installed")
        default: throw CommandFailure(.noInput, "cannot read \(name): it is damaged or not compressed by gzip")
        }
    }
}
