import ArgumentParser
import DojotClient
import Foundation
import OCPPKit
import Synchronization
import WebEndpoints

/// Where DOJOT is, and who asks: the same for every command that uses its HTTP interface.
struct DojotAccess: ParsableArguments {
    @Option(help: ArgumentHelp("Where DOJOT is.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The user, whose tenant has the devices.", valueName: "name"))
    var user: String

    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp("The user's password is the first line of this file.", valueName: "file"),
        completion: .file())
    var passwordFile: String

    func validate() throws {
        guard let parts = URLComponents(string: url), parts.scheme == "http" || parts.scheme == "https",
            parts.host != nil, parts.user == nil, parts.password == nil
        else {
            // Not repeated: it may have a secret in it.
            throw ValidationError("--url is an address such as http://127.0.0.1:8000, without credentials")
        }
    }

    /// The host of the URL, where the broker is, too, unless somebody says otherwise.
    var host: String { URLComponents(string: url)?.host ?? "127.0.0.1" }

    /// - Throws: status 78 where the file cannot be read or has no password.
    func password() throws -> String {
        var bytes: [UInt8]
        do {
            bytes = try InputFile(passwordFile).readAll()
        } catch let failure as CommandFailure {
            throw CommandFailure(.configuration, failure.message)
        }
        if bytes.starts(with: LineSplitter.byteOrderMark) { bytes.removeFirst(LineSplitter.byteOrderMark.count) }
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else { throw CommandFailure(.configuration, "\(passwordFile): the first line is empty") }
        return String(decoding: line, as: UTF8.self)
    }

    func session(password: String, loop: EventLoop, progress: ProgressLine) -> DojotSession {
        let lastWait = Mutex(0)
        return DojotSession(
            DojotSession.Configuration(
                baseURL: url, user: user, password: password, tokenPath: Locations.dojotToken),
            http: HTTPClient(loop: loop), now: { Timestamp.now },
            notify: { notice in
                switch notice {
                case .waiting(let seconds):
                    // A log is told once a wait, a terminal every second.
                    let isNew = lastWait.withLock { last in
                        defer { last = seconds }
                        return last <= seconds
                    }
                    let text = "DOJOT takes no more requests for now; going on in \(seconds) s"
                    if isNew, !Diagnostics.isTerminal { Diagnostics.say(text) }
                    progress.show(text)
                case .tokenNotKept(let reason): Diagnostics.say("the login is not kept for the next run: \(reason)")
                }
            })
    }
}

extension EventLoop {
    /// Runs a loop for as long as the body works.
    static func during<Result>(_ body: (EventLoop) async throws -> Result) async throws -> Result {
        let loop: EventLoop
        do {
            loop = try EventLoop()
        } catch {
            throw CommandFailure(.internalError, "\(error)")
        }
        do {
            let result = try await body(loop)
            await loop.shutDown()
            return result
        } catch {
            await loop.shutDown()
            throw (error as? DojotFailure)?.failure ?? error
        }
    }
}
