import CLibwebsockets
import Glibc

/// The four functions of libev that the loop's thread needs.
///
/// libwebsockets' libev plugin loads libev at run time, so this loads the same library instead of linking it:
/// a machine without the plugin then gets an error that names the package, not a loader failure.
///
/// Giving libwebsockets a loop of ours also keeps it from taking over SIGINT, which it does with a loop of its own,
/// and from allowing only one such loop in a process.
@safe struct Libev {
    private typealias NewLoop = @convention(c) (UInt32) -> OpaquePointer?
    private typealias Run = @convention(c) (OpaquePointer?, Int32) -> Int32
    private typealias Break = @convention(c) (OpaquePointer?, Int32) -> Void
    private typealias Destroy = @convention(c) (OpaquePointer?) -> Void

    /// libev's `struct ev_loop *`.
    let loop: OpaquePointer
    private let runFunction: Run
    private let breakFunction: Break
    private let destroyFunction: Destroy

    static let missing = EndpointError.other(
        "libwebsockets' libev plugin cannot be loaded; install the Debian package libwebsockets-evlib-ev")

    init() throws(EndpointError) {
        guard let library = unsafe dlopen("libev.so.4", RTLD_NOW),
            let new = unsafe dlsym(library, "ev_loop_new"), let run = unsafe dlsym(library, "ev_run"),
            let breakLoop = unsafe dlsym(library, "ev_break"),
            let destroy = unsafe dlsym(library, "ev_loop_destroy")
        else { throw Self.missing }
        // The signatures are those of libev's ABI version 4, which the library's name carries.
        unsafe self.runFunction = unsafeBitCast(run, to: Run.self)
        unsafe self.breakFunction = unsafeBitCast(breakLoop, to: Break.self)
        unsafe self.destroyFunction = unsafeBitCast(destroy, to: Destroy.self)
        let backendEpoll: UInt32 = 4
        guard let loop = unsafe unsafeBitCast(new, to: NewLoop.self)(backendEpoll) else {
            throw .other("libev could not make an epoll loop: \(errorText())")
        }
        unsafe self.loop = loop
    }

    /// Serves events until `stop()`. Only on the loop's thread.
    func run() { _ = unsafe runFunction(loop, 0) }
    /// Makes `run()` return. Only on the loop's thread.
    func stop() { unsafe breakFunction(loop, 2) }
    /// After this the value must not be used.
    func destroy() { unsafe destroyFunction(loop) }
}

/// `strerror` of `code`.
func errorText(_ code: Int32 = errno) -> String {
    unsafe String(cString: strerror(code))
}
