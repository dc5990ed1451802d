import Glibc
import Yams

/// A YAML file of options: the only place that knows YAML.
struct ConfigurationFile {
    /// One option of a command, as the file gives it.
    struct Entry {
        /// The words of the command whose section it stands in; none for all commands.
        let command: [String]
        let option: String
        /// The values as texts, exactly as they are written: `1.10` stays that.
        let values: [String]
        /// Whether it was one value, not a list.
        let isSingle: Bool
        let place: Place
    }

    /// Where something stands, for messages.
    struct Place: CustomStringConvertible {
        let file: String
        /// From 1.
        let line: Int
        /// `serve.listen`
        let key: String

        var description: String { "\(file):\(line): \(key)" }
    }

    let path: String
    private(set) var entries: [Entry] = []
    /// Every section, with its words.
    private(set) var sections: [(command: [String], place: Place)] = []

    private static let maximumBytes = 1 << 20

    /// - Parameter isOptional: a file that is not there is `nil`, not an error.
    /// - Throws: `CommandFailure` with status 78, file and line.
    init?(path: String, isOptional: Bool) throws {
        if isOptional, unsafe access(path, F_OK) != 0 { return nil }
        self.path = path
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path).readAll()
        } catch let failure as CommandFailure {
            throw CommandFailure(.configuration, failure.message)
        }
        guard bytes.count <= Self.maximumBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.configuration, "\(path): no text in UTF-8 of at most 1 MiB")
        }
        guard let root = try node(text) else { return }
        if root.null != nil { return }
        try read(root, below: [], at: Place(file: path, line: root.mark?.line ?? 1, key: "the file"))
    }

    private func node(_ text: String) throws -> Node? {
        do {
            return try compose(yaml: text)
        } catch let error as YamlError {
            throw CommandFailure(.configuration, "\(path):\(Self.told(error))")
        }
    }

    private static func told(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(mark.line):\(mark.column): no YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            "\(context.mark.line): twice: \(keys.joined(separator: ", "))"
        default: "1: no YAML: \(error)"
        }
    }

    private mutating func read(_ node: Node, below command: [String], at place: Place) throws {
        guard let mapping = node.mapping else {
            throw CommandFailure(.configuration, "\(place) is no mapping of keys to values")
        }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let place = Place(
                file: path, line: key.mark?.line ?? place.line, key: (command + [name]).joined(separator: "."))
            switch value {
            case .mapping:
                sections.append((command + [name], place))
                try read(value, below: command + [name], at: place)
            case .sequence(let sequence):
                let values = try sequence.map { item in
                    guard let text = item.scalar?.string, item.null == nil else {
                        throw CommandFailure(.configuration, "\(place): what is listed must be plain values")
                    }
                    return text
                }
                entries.append(Entry(command: command, option: name, values: values, isSingle: false, place: place))
            default:
                guard let text = value.scalar?.string, value.null == nil else {
                    throw CommandFailure(.configuration, "\(place) has no value; leave the key out where none is meant")
                }
                entries.append(Entry(command: command, option: name, values: [text], isSingle: true, place: place))
            }
        }
    }
}
