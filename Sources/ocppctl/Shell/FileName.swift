import Glibc

/// Names of files as the system has them.
enum FileName {
    /// Arguments that became another text as they were read, since they are not UTF-8, and those that look the same.
    private static let repaired: [(text: String, bytes: [UInt8])] = (1..<CommandLine.argc).compactMap { index in
        guard let start = unsafe CommandLine.unsafeArgv[Int(index)] else { return nil }
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
        let text = String(decoding: bytes, as: UTF8.self)
        return text.unicodeScalars.contains("\u{FFFD}") ? (text, bytes) : nil
    }

    /// The bytes of a name that may have been an argument, or a part of one: after the = of an option, or an @.
    ///
    /// - Throws: `CommandFailure` with status 66 where two arguments look like it.
    static func bytes(of name: String) throws -> [UInt8] {
        let plain = Array(name.utf8)
        guard name.unicodeScalars.contains("\u{FFFD}") else { return plain }
        let candidates = Set(
            repaired.filter { $0.text == name || $0.text.hasSuffix("=" + name) || $0.text.hasSuffix("@" + name) }
                .map { argument in
                    // What stands before the name has the same length in both.
                    Array(argument.bytes.dropFirst(argument.text.utf8.count - plain.count))
                })
        guard candidates.count <= 1 else {
            throw CommandFailure(
                .noInput,
                "cannot open \(name): it is not UTF-8, and looks like another argument that is not: rename it, or give "
                    + "it as standard input")
        }
        return candidates.first ?? plain
    }
}
