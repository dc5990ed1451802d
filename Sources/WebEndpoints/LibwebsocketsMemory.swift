import CLibwebsockets
import Glibc

/// What libwebsockets reads of a virtual host as long as its context lives. Freed after the context.
@safe final class VirtualHostMemory {
    let name: UnsafeMutablePointer<CChar>
    let protocols: UnsafeMutablePointer<lws_protocols>
    /// All zero: libwebsockets' own liveness timers cost a sorted list over all connections.
    let noRetries: UnsafeMutablePointer<lws_retry_bo_t>
    private var names: [UnsafeMutablePointer<CChar>] = unsafe []

    init(name: String, protocols list: [String]) {
        unsafe self.name = strdup(name)
        unsafe noRetries = .allocate(capacity: 1)
        unsafe noRetries.initialize(to: lws_retry_bo_t())
        // The last entry stays zero: it ends the list.
        unsafe protocols = .allocate(capacity: list.count + 1)
        unsafe protocols.initialize(repeating: lws_protocols(), count: list.count + 1)
        for (index, text) in list.enumerated() {
            let copy = unsafe strdup(text)!
            unsafe names.append(copy)
            unsafe protocols[index].name = UnsafePointer(copy)
            unsafe protocols[index].callback = libwebsocketsCallback
            // Idle connections hold this much each; longer messages arrive in pieces.
            unsafe protocols[index].rx_buffer_size = 1_024
            unsafe protocols[index].tx_packet_size = 65_536
        }
    }

    deinit {
        unsafe free(name)
        unsafe names.forEach { unsafe free($0) }
        unsafe protocols.deallocate()
        unsafe noRetries.deallocate()
    }
}

/// A buffer for `lws_write`, which wants room before the bytes for the frame's head. It grows and is used again.
@safe final class WriteBuffer {
    private var memory: UnsafeMutableRawBufferPointer

    init() { unsafe memory = .allocate(byteCount: 16_384, alignment: 16) }
    deinit { unsafe memory.deallocate() }

    /// - Returns: what `lws_write` returned: negative when the connection is of no more use.
    func write(_ bytes: [UInt8], to socket: OpaquePointer, as kind: lws_write_protocol) -> Int32 {
        let head = Int(OCPP_LWS_PRE)
        if unsafe memory.count < head + bytes.count {
            unsafe memory.deallocate()
            unsafe memory = .allocate(byteCount: head + bytes.count + bytes.count / 2, alignment: 16)
        } else if unsafe memory.count > 1_048_576 && bytes.count < 65_536 {
            unsafe memory.deallocate()
            unsafe memory = .allocate(byteCount: head + 65_536, alignment: 16)
        }
        let start = unsafe memory.baseAddress! + head
        unsafe bytes.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { unsafe start.copyMemory(from: base, byteCount: bytes.count) }
        }
        return unsafe lws_write(socket, start.assumingMemoryBound(to: UInt8.self), bytes.count, kind)
    }
}
