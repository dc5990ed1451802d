import Foundation

@testable import OCPPKit

/// Files that the tests read.
enum Fixtures {
    /// The folder of the test's own fixtures; one folder inside for each action.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Real traffic, which does not stand in the project: `OCPPCTL_CAPTURES`, or a folder beside it.
    static let captures =
        ProcessInfo.processInfo.environment["OCPPCTL_CAPTURES"].map { URL(filePath: $0) }
        ?? root.deletingLastPathComponent().appending(path: "shared/captures")

    static let capturedFrames = captures.appending(path: "frames.jsonl")

    static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    static func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    /// A fixture, by its path in `folder`.
    static func json(_ path: String) throws -> JSONNode {
        try JSONTree(parsing: [UInt8](Data(contentsOf: folder.appending(path: path)))).root
    }

    /// The values of a file of JSON lines.
    static func lines(_ file: URL) throws -> [JSONNode] {
        try [UInt8](Data(contentsOf: file)).split(separator: UInt8(ascii: "\n"))
            .map { try JSONTree(parsing: Array($0)).root }
    }
}
