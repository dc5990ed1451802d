import Foundation
import Testing

@testable import OCPPKit

/// What a log yields, counted as the `.expect.json` beside each log counts it.
struct LogCounts: Equatable, CustomStringConvertible {
    var frames = 0
    var calls = 0
    var results = 0
    var errors = 0
    var unreadable = 0
    var actions: [String: Int] = [:]

    init(_ items: [LogItem]) {
        for item in items {
            guard case .frame(let record) = item else {
                unreadable += 1
                continue
            }
            frames += 1
            switch record.frame.kind {
            case .call:
                calls += 1
                actions[record.frame.action ?? "", default: 0] += 1
            case .callResult: results += 1
            case .callError: errors += 1
            }
        }
    }

    init(expected path: String) throws {
        let root = try JSONTree(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path)))).root
        func count(_ key: StaticString) -> Int { Int(root[key]?.integer ?? -1) }
        (frames, calls, results, errors) = (count("frames"), count("calls"), count("results"), count("errors"))
        unreadable = count("unreadable")
        for (key, value) in root["actions"]!.members { actions[key.text!] = Int(value.integer!) }
    }

    var description: String {
        "\(frames) frames: \(calls) calls, \(results) results, \(errors) errors; \(unreadable) unreadable; "
            + actions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

/// Reads a log in one go. Sound frames are given with their values, and looked at closely on the way.
func readLog(
    _ bytes: [UInt8], file: String = "test.log", options: LogOptions = LogOptions(), chunk: Int = 1 << 16
) -> [LogItem] {
    var reader = LogReader(options: options)
    var items: [LogItem] = []
    reader.open(file)
    for start in stride(from: 0, to: bytes.count, by: chunk) {
        reader.read(Array(bytes[start..<min(bytes.count, start + chunk)])) { items.append(withValues($0)) }
    }
    reader.close { items.append(withValues($0)) }
    return items
}

private func withValues(_ item: LogItem) -> LogItem {
    guard case .sound(let sound) = item else { return item }
    checkSound(sound)
    return .frame(sound.read)
}

/// A frame that was found sound is one with which nothing is wrong, and its record is written as that of any other.
func checkSound(_ sound: SoundRecord) {
    let record = sound.read
    let answering = record.frame.kind == .callResult ? record.action : nil
    let violations = Validator.violations(of: record.frame, answering: answering)
    let repairs = Repair.names(
        reading: record.frame, payload: record.payload, answering: answering, violations: violations)
    let text = String(decoding: record.frame.raw, as: UTF8.self)
    #expect(violations.isEmpty, "\(text)")
    #expect(repairs.isEmpty, "\(text)")
    var (quick, plain) = (JSONWriter(), JSONWriter())
    sound.write(to: &quick)
    record.write(to: &plain)
    #expect(quick.text == plain.text)
}

func readLog(_ text: String, options: LogOptions = LogOptions()) -> [LogItem] {
    readLog(Array(text.utf8), options: options)
}

extension LogItem {
    var record: FrameRecord? {
        switch self {
        case .frame(let record): record
        case .sound(let record): record.read
        case .unreadable, .connection, .record: nil
        }
    }
    var unreadable: UnreadableFrame? { if case .unreadable(let frame) = self { frame } else { nil } }
}

/// Where logs and what they must yield are kept.
enum LogCorpus {
    /// Our own.
    static let fixtures = Fixtures.folder.appending(path: "logs").path
    /// Real ones; absent in most checkouts.
    static let captures = Fixtures.captures.appending(path: "logs").path
    static var hasCaptures: Bool { FileManager.default.fileExists(atPath: captures) }

    /// The logs in a folder: files with an `.expect.json` beside them.
    static func names(in folder: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { $0.hasSuffix(".expect.json") }.map { String($0.dropLast(".expect.json".count)) }.sorted()
    }
}
