import Foundation
import Glibc

/// A program that reads what it is given and writes something else, both as streams, without a thread of our own: one side
/// never waits for the other.
final class Conversion {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var isInputOpen = true
    /// How much of the bytes on their way has been written.
    private var written = 0

    /// Starts the program, found by PATH; one that is not there ends with 127.
    init(_ program: String, _ arguments: [String], of name: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            throw CommandFailure(
                .noInput, "cannot read \(name): \(program) does not start: \(error.localizedDescription)")
        }
        // The program's end of it must be the only one, or its end would not be seen.
        try? output.fileHandleForWriting.close()
        try? input.fileHandleForReading.close()
        let descriptor = input.fileHandleForWriting.fileDescriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Gives the program what is pending, as far as it takes it now, and takes what it wrote.
    ///
    /// - Parameters:
    ///   - pending: becomes `nil` once it is all given, or is wanted no more.
    ///   - result: what was written; empty where more input is needed first.
    /// - Returns: false once the program has ended its output.
    func exchange(_ pending: inout [UInt8]?, into result: inout [UInt8]) throws -> Bool {
        result = []
        let isGiving = isInputOpen && pending != nil
        if !isInputOpen { pending = nil }
        var waiting = [pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)]
        if isGiving {
            waiting.append(pollfd(fd: input.fileHandleForWriting.fileDescriptor, events: Int16(POLLOUT), revents: 0))
        }
        // Without anything to give, and input still to come, what it has written already is taken without waiting.
        let timeout: Int32 = isGiving || !isInputOpen ? -1 : 0
        guard unsafe poll(&waiting, nfds_t(waiting.count), timeout) > 0 else { return true }
        if isGiving, waiting[1].revents != 0 { give(&pending) }
        guard waiting[0].revents != 0 else { return true }
        let size = 1 << 16
        let descriptor = output.fileHandleForReading.fileDescriptor
        result = unsafe [UInt8](unsafeUninitializedCapacity: size) { space, initialized in
            initialized = max(0, unsafe Glibc.read(descriptor, space.baseAddress!, size))
        }
        return !result.isEmpty
    }

    private func give(_ pending: inout [UInt8]?) {
        guard let bytes = pending else { return }
        let descriptor = input.fileHandleForWriting.fileDescriptor
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
        }
        if count > 0 { written += count }
        let isRefused = count < 0 && errno != EAGAIN && errno != EINTR
        if isRefused { endInput() }
        if written == bytes.count || isRefused {
            pending = nil
            written = 0
        }
    }

    /// Nothing more comes.
    func endInput() {
        guard isInputOpen else { return }
        isInputOpen = false
        try? input.fileHandleForWriting.close()
    }

    /// Waits for the program to end and gives its status.
    func finish() -> Int32 {
        endInput()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func stop() {
        if process.isRunning { process.terminate() }
    }
}
