import CentralSystemService
import Dispatch
import Glibc
import OCPPKit
import WebEndpoints

/// Commands for `serve --input`: lines that are read on a thread of their own and given to the server as they come.
enum ServeInput {
    /// Reads to the end of the input; the server goes on without.
    ///
    /// - Throws: status 66 where the file cannot be opened.
    static func start(_ name: String, for server: CentralSystemServer, timeoutMilliseconds: Int64 = 30_000) throws {
        guard unsafe name == "-" || access(name, R_OK) == 0 else {
            throw CommandFailure(.noInput, "cannot open \(name): \(systemError(errno))")
        }
        let reader = CommandLineReader(isValidated: true, timeoutMilliseconds: timeoutMilliseconds)
        DispatchQueue(label: "input").async {
            do {
                // To open a pipe waits for who will write to it, so it is not done before.
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
