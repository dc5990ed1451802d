import Glibc
import WebEndpoints

/// Tells systemd how the server does, by datagrams on the socket that it names (sd_notify(3)).
///
/// The watchdog's beat comes from the event loop itself: a loop that hangs is one that systemd restarts.
public final class ServiceNotifier: Sendable {
    private let descriptor: Int32
    private let address: String
    private let beatMilliseconds: Int

    /// - Parameters:
    ///   - address: `$NOTIFY_SOCKET`: a path, or `@` and an abstract name. `nil` is a notifier that tells nobody.
    ///   - watchdogMicroseconds: `$WATCHDOG_USEC`; two beats go out in that time.
    public init(address: String?, watchdogMicroseconds: Int?) {
        self.address = address ?? ""
        descriptor =
            address == nil ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        beatMilliseconds = max(0, (watchdogMicroseconds ?? 0) / 2_000)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Says that charge points can connect, and beats from now on. Only on the loop's thread.
    func ready(on loop: EventLoop) {
        send("READY=1")
        if descriptor >= 0, beatMilliseconds > 0 { beat(on: loop) }
    }

    func stopping() { send("STOPPING=1") }

    private func beat(on loop: EventLoop) {
        send("WATCHDOG=1")
        loop.schedule(afterMilliseconds: beatMilliseconds) { [weak loop] in
            if let loop { self.beat(on: loop) }
        }
    }

    private func send(_ text: String) {
        guard descriptor >= 0 else { return }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var name = Array(address.utf8)
        guard !name.isEmpty, name.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        unsafe withUnsafePointer(to: &target) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), pointer,
                    length)
            }
        }
    }
}
