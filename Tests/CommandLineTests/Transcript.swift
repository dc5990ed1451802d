import Foundation
import Glibc

/// A command as somebody typed it, and what it wrote: a folder `cases/<command>/<name>`.
///
/// `cmd` is run by `sh` in a temporary copy of the folder, to which everything in `files` is added. `stdin` is what it
/// reads; `stdout`, `stderr` and `status` are what it did. A file that is missing is empty, a missing status 0.
struct Transcript: Sendable, CustomStringConvertible {
    /// `export-sessions/columns`.
    let name: String

    var description: String { name }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private var directory: URL { Self.folder.appending(path: "cases/\(name)") }

    /// All cases, in the order of their names.
    static let all: [Transcript] = {
        let names =
            FileManager.default.enumerator(atPath: folder.appending(path: "cases").path)?.allObjects as? [String]
        return (names ?? []).filter { $0.hasSuffix("/cmd") }.map { Transcript(name: String($0.dropLast(4))) }
            .sorted { $0.name < $1.name }
    }()

    /// Whether what happens is to be written down, not checked.
    static let isRecording = ProcessInfo.processInfo.environment["OCPPCTL_RECORD"] == "1"

    /// What a command wrote, and its exit status.
    struct Outcome: Equatable {
        var stdout = Data()
        var stderr = Data()
        var status: Int32 = 0
    }

    /// What the folder says.
    var expected: Outcome {
        func content(_ file: String) -> Data { (try? Data(contentsOf: directory.appending(path: file))) ?? Data() }
        let status = String(decoding: content("status"), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return Outcome(stdout: content("stdout"), stderr: content("stderr"), status: Int32(status) ?? 0)
    }

    func record(_ outcome: Outcome) throws {
        let status = outcome.status == 0 ? Data() : Data("\(outcome.status)\n".utf8)
        for (file, content) in [("stdout", outcome.stdout), ("stderr", outcome.stderr), ("status", status)] {
            let url = directory.appending(path: file)
            if !content.isEmpty {
                try content.write(to: url)
            } else if FileManager.default.fileExists(atPath: url.path) {
                try FileManager.default.removeItem(at: url)
            }
        }
    }

    /// Runs the command. Paths of its temporary home are given as `HOME`.
    func run(locale: String) throws -> Outcome {
        let files = FileManager.default
        let home = files.temporaryDirectory.appending(path: "ocppctl-\(UUID().uuidString)")
        let work = home.appending(path: "work")
        try files.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: home) }
        try files.copyItem(at: directory, to: work)
        let shared = Self.folder.appending(path: "files")
        for name in try files.contentsOfDirectory(atPath: shared.path) {
            try files.copyItem(at: shared.appending(path: name), to: work.appending(path: name))
        }

        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["cmd"]
        shell.currentDirectoryURL = work
        shell.environment = Self.environment(home: home, locale: locale)
        let input = work.appending(path: "stdin").path
        shell.standardInput = FileHandle(forReadingAtPath: input) ?? FileHandle.nullDevice
        // Files, because a pipe that nobody empties would stop the command.
        let written = try ["stdout", "stderr"].map { name in
            let url = home.appending(path: name)
            try Data().write(to: url)
            return (url, try FileHandle(forWritingTo: url))
        }
        shell.standardOutput = written[0].1
        shell.standardError = written[1].1
        try shell.run()
        shell.waitUntilExit()
        func content(_ url: URL) throws -> Data {
            let text = try Data(contentsOf: url)
            return text.range(of: Data(home.path.utf8)) == nil
                ? text
                : Data(String(decoding: text, as: UTF8.self).replacingOccurrences(of: home.path, with: "HOME").utf8)
        }
        return Outcome(
            stdout: try content(written[0].0), stderr: try content(written[1].0), status: shell.terminationStatus)
    }

    /// The same for everybody; a zone that is not UTC shows what assumes it.
    private static func environment(home: URL, locale: String) -> [String: String] {
        var environment = [
            "LC_ALL": locale, "TZ": "America/Sao_Paulo", "HOME": home.path, "PATH": "\(binaryFolder):/usr/bin:/bin",
        ]
        for name in ["STATE", "CACHE", "CONFIG", "DATA"] { environment["XDG_\(name)_HOME"] = "\(home.path)/\(name)" }
        environment["XDG_RUNTIME_DIR"] = "\(home.path)/RUNTIME"
        // What the binary needs to run, under a sanitizer too.
        for name in ["LD_LIBRARY_PATH", "ASAN_OPTIONS"] {
            environment[name] = ProcessInfo.processInfo.environment[name]
        }
        return environment
    }

    /// Where `ocppctl` was built: beside the test bundle, else where a plain `swift build` puts it.
    private static let binaryFolder: String = {
        let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let built = folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/debug")
        let found = [beside, built].first {
            FileManager.default.isExecutableFile(atPath: $0.appending(path: "ocppctl").path)
        }
        return (found ?? built).path
    }()
}
