import OCPPKit

/// Commands as lines of a file or of standard input. A bad one is said with its place and counted.
final class CommandInput: CommandSource {
    private let file: InputFileBox
    private let reader: CommandLineReader
    private var lines = LineSplitter()
    private var isOpen = true
    private(set) var tally = SendTally()

    init(_ name: String, _ reader: CommandLineReader) throws {
        file = InputFileBox(try InputFile(name))
        self.reader = reader
    }

    var descriptor: Int32? { isOpen ? file.value.readDescriptor : nil }

    func read() throws -> [CommandRequest] {
        var chunk: [UInt8] = []
        isOpen = try file.value.read(into: &chunk)
        var requests: [CommandRequest] = []
        for (number, line) in isOpen ? lines.split(chunk) : lines.rest() {
            do {
                if let request = try reader.read(line) { requests.append(request) }
            } catch let failure as CommandFailure where failure.status == .badData {
                Diagnostics.say("\(file.value.name):\(number): \(failure.message)")
                tally.countBadLine()
            }
        }
        return requests
    }

    /// A file that a class can keep.
    private final class InputFileBox {
        let value: InputFile
        init(_ value: consuming InputFile) { self.value = value }
    }
}

/// A command as a line: `{"chargePointId","action","payload"}`.
struct CommandLineReader {
    let isValidated: Bool
    let timeoutMilliseconds: Int64

    /// - Returns: `nil` for a blank line.
    /// - Throws: status 65 where it is no such line, or a payload that the action does not allow.
    func read(_ line: [UInt8]) throws -> CommandRequest? {
        if line.allSatisfy({ $0 <= 0x20 }) { return nil }
        guard let root = try? JSONTree(parsing: line).root, let id = root["chargePointId"]?.text,
            let action = root["action"]?.text
        else {
            throw CommandFailure(.badData, #"not a line {"chargePointId","action","payload"}"#)
        }
        // A file's content may stand behind @, but only where a person types it.
        let payload = root["payload"].map { Array($0.raw) } ?? Array("{}".utf8)
        let content = try SendPayload.build(
            action: action, arguments: [], json: String(decoding: payload, as: UTF8.self), isValidated: isValidated)
        return CommandRequest(
            ticket: 0, chargePointId: id, action: action, payload: content, timeoutMilliseconds: timeoutMilliseconds)
    }
}
