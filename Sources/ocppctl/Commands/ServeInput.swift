import CentralSystemService
import Dispatch
import Glibc
import OCPPKit
import WebEndpoints

/// Commands for `serve --input`: lines that are read on a thread of their own and given to the server as they come.
struct ServeInput {
    private let name: String

    /// Checks what can be known before there is a server.
    ///
    /// - Throws: status 66 where there is no such file, or none that can be read.
    init(_ name: String) throws {
        self.name = name
        guard name != "-" else { return }
        // To open a pipe waits for who will write to it, so it is not done here.
        let path = try FileName.bytes(of: name).map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        guard unsafe access(path, R_OK) == 0, unsafe stat(path, &status) == 0 else {
            throw CommandFailure(.noInput, "cannot open \(name): \(systemError(errno))")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw CommandFailure(.noInput, "cannot read \(name): \(systemError(EISDIR))")
        }
    }

    /// Reads to the end of the input; the server goes on without.
    func start(for server: CentralSystemServer, timeoutMilliseconds: Int64 = 30_000) {
        let reader = CommandLineReader(isValidated: true, timeoutMilliseconds: timeoutMilliseconds)
        DispatchQueue(label: "input").async {
            do {
                let input = try CommandInput(name, reader)
                while input.descriptor != nil {
                    let requests = try input.read()
                    guard !requests.isEmpty else { continue }
                    server.loop.post { for request in requests { server.assumeIsolated { $0.submit(request) } } }
                }
            } catch let failure as CommandFailure {
                Diagnostics.say(failure.message)
            } catch {
                Diagnostics.say("\(error)")
            }
        }
    }
}
