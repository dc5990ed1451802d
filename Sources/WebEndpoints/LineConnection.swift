import CLibwebsockets
import Glibc

/// One client of a `LineServer`.
///
/// The reference may travel (`@unchecked Sendable`: all state is the loop's), but every method is for the loop's
/// thread. After `closed` its methods do nothing.
public final class LineConnection: @unchecked Sendable {
    /// For the owner's use.
    public var context: AnyObject?

    private let server: LineServer
    private var descriptor: Int32?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    /// How much of `output` has gone out.
    private var sent = 0
    private var isClosing = false
    private var halfLineTimer: Timer?

    init(server: LineServer, descriptor: Int32) {
        self.server = server
        self.descriptor = descriptor
    }

    /// How many bytes wait for the client to read on.
    public var backlogBytes: Int { output.count - sent }

    func start() {
        guard let descriptor else { return }
        let interest: DescriptorPoller.Readiness = output.isEmpty ? .read : [.read, .write]
        if !server.loop.poller.add(descriptor, interest, { [self] in ready($0) }) { end() }
    }

    /// Sends a line; the newline is added. The line must not contain one.
    public func send(_ line: [UInt8]) {
        server.loop.checkIsolated()
        guard let descriptor, !isClosing else { return }
        let wasEmpty = output.isEmpty
        output += line
        output.append(UInt8(ascii: "\n"))
        guard wasEmpty else {
            if output.count - sent > server.maxBacklogBytes { end() }
            return
        }
        flush()
        if !output.isEmpty { server.loop.poller.change(descriptor, [.read, .write]) }
    }

    /// Ends the connection once what was sent has gone out.
    public func close() {
        server.loop.checkIsolated()
        isClosing = true
        if output.isEmpty { end() }
    }

    private func ready(_ readiness: DescriptorPoller.Readiness) {
        if readiness.contains(.write) {
            flush()
            if output.isEmpty, let descriptor { server.loop.poller.change(descriptor, .read) }
        }
        if !readiness.isDisjoint(with: [.read, .hangUp]) { read() }
    }

    private func flush() {
        while let descriptor, sent < output.count {
            let count = unsafe output.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { break }
            guard count >= 0 else { return end() }
            sent += count
        }
        if sent == output.count {
            output = []
            sent = 0
            if isClosing { end() }
        } else if sent > output.count / 2 {
            output.removeSubrange(..<sent)
            sent = 0
        }
    }

    private func read() {
        unsafe withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            // A bound, so that one client's flood leaves room for the others.
            for _ in 0..<8 {
                guard let descriptor else { return }
                let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
                guard count > 0 else { return end() }
                unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while let newline = unsafe firstNewline(in: bytes, from: start) {
            unsafe input.append(contentsOf: bytes[start..<newline])
            start = newline + 1
            halfLineTimer?.cancel()
            halfLineTimer = nil
            if input.count > server.maxLineBytes { return end() }
            let line = input
            input = []
            if isClosing { continue }
            server.received(self, line)
            if descriptor == nil { return }
        }
        unsafe input.append(contentsOf: bytes[start...])
        if input.count > server.maxLineBytes { return end() }
        if !input.isEmpty && halfLineTimer == nil && server.halfLineTimeoutMilliseconds > 0 {
            halfLineTimer = server.loop.schedule(afterMilliseconds: server.halfLineTimeoutMilliseconds) {
                [weak self] in self?.end()
            }
        }
    }

    /// Ends it now. What is still queued is what the socket did not take.
    func end() {
        guard let descriptor else { return }
        halfLineTimer?.cancel()
        server.loop.poller.remove(descriptor)
        Glibc.close(descriptor)
        self.descriptor = nil
        input = []
        output = []
        server.ended(self)
    }
}
