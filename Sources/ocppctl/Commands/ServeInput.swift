import CentralSystemService
import Dispatch
import OCPPKit
import WebEndpoints

/// Commands for `serve --input`: lines that are read on a thread of their own and given to the server as they come.
enum ServeInput {
    /// Reads to the end of the input; the server goes on without.
    ///
    /// - Throws: status 66 where the file cannot be opened.
    static func start(_ name: String, for server: CentralSystemServer, timeoutMilliseconds: Int64 = 30_000) throws {
        let source = try CommandInput(
            name, CommandLineReader(isValidated: true, timeoutMilliseconds: timeoutMilliseconds))
        // From here on only the thread below uses it.
        nonisolated(unsafe) let input = source
        DispatchQueue(label: "input").async {
            do {
                while unsafe input.descriptor != nil {
                    let requests = try unsafe input.read()
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
