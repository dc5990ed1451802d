import CLibwebsockets
import Synchronization

/// Where libwebsockets' own error messages go. It never writes to stderr.
public enum LibwebsocketsLog {
    private struct State {
        var handler: (@Sendable (String) -> Void)?
        var mentionsPlugin = false
    }

    private static let state = Mutex(State())

    /// Called with each line, from whatever thread libwebsockets is on. `nil`, the default, drops them.
    public static func setHandler(_ handler: (@Sendable (String) -> Void)?) {
        state.withLock { $0.handler = handler }
    }

    /// Whether libwebsockets complained about its event loop plugin.
    static var mentionsPlugin: Bool { state.withLock { $0.mentionsPlugin } }

    static func install() {
        unsafe lws_set_log_level(Int32(LLL_ERR)) { _, text in
            guard let text = unsafe text else { return }
            var line = unsafe String(cString: text)
            while line.last?.isNewline == true { line.removeLast() }
            LibwebsocketsLog.take(line)
        }
    }

    private static func take(_ line: String) {
        // Version 4.1.6 logs this as an error each time a socket is handed over with its request.
        if line.hasPrefix("adopt_socket_readbuf: calling service") { return }
        let handler = state.withLock { state in
            if line.contains("evlib") { state.mentionsPlugin = true }
            return state.handler
        }
        handler?(line)
    }
}
