import CLibwebsockets

/// One connection of libwebsockets: the Swift object that its callbacks go to.
///
/// The connection holds the object from `bind` until its last callback, and the object forgets the connection in that
/// callback, so neither can be used after it is freed. The loop's thread only.
@safe class Wire {
    let loop: EventLoop
    /// libwebsockets' connection; `nil` before it exists and after its last callback.
    fileprivate(set) var socket: OpaquePointer?
    private var isBound = false

    init(loop: EventLoop) { self.loop = loop }

    /// What happened, in libwebsockets' terms. A result other than 0 closes the connection.
    func event(_ reason: lws_callback_reasons, _ bytes: UnsafeRawBufferPointer) -> Int32 { 0 }

    /// The connection is gone; `socket` is already `nil`. Called once for each `bind`.
    /// - Parameter failure: why it never opened, where libwebsockets tells.
    func ended(failure: String?) {}

    /// The pointer to give libwebsockets as the connection's own; it keeps the object alive.
    func bind() -> UnsafeMutableRawPointer {
        precondition(!isBound)
        isBound = true
        return unsafe Unmanaged.passRetained(self).toOpaque()
    }

    /// Notes the connection that libwebsockets made, where it still is one.
    func attach(_ socket: OpaquePointer?) {
        guard isBound, let socket = unsafe socket else { return bindingFailed(nil) }
        unsafe self.socket = socket
    }

    /// Undoes `bind` after the last callback, or when libwebsockets never made the connection.
    fileprivate func unbind() -> Bool {
        guard isBound else { return false }
        isBound = false
        unsafe socket = nil
        unsafe Unmanaged.passUnretained(self).release()
        return true
    }

    private func bindingFailed(_ failure: String?) {
        if unbind() { ended(failure: failure) }
    }

    /// Closes without a word, soon. For use outside of the connection's own callbacks as well as inside.
    func kill() {
        guard let socket = unsafe socket else { return }
        unsafe lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC)
    }

    func wantWriteable() {
        guard let socket = unsafe socket else { return }
        unsafe lws_callback_on_writable(socket)
    }

    var canWrite: Bool {
        guard let socket = unsafe socket else { return false }
        // What a full socket does not take, libwebsockets holds, and then nothing more may be given to it. To ask the socket
        // beforehand (lws_send_pipe_choked) is a system call for each message.
        return unsafe lws_partial_buffered(socket) == 0
    }
}

/// Every callback of libwebsockets arrives here, on the loop's thread.
func libwebsocketsCallback(
    _ socket: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    guard let socket = unsafe socket, let context = unsafe lws_get_context(socket),
        let owner = unsafe lws_context_user(context)
    else { return 0 }
    let loop = unsafe Unmanaged<EventLoop>.fromOpaque(owner).takeUnretainedValue()

    switch reason {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        loop.drain()
        return 0
    case LWS_CALLBACK_RAW_RX_FILE:
        loop.poller.dispatch()
        return 0
    case LWS_CALLBACK_PROTOCOL_INIT, LWS_CALLBACK_PROTOCOL_DESTROY, LWS_CALLBACK_GET_THREAD_ID,
        LWS_CALLBACK_ADD_POLL_FD, LWS_CALLBACK_DEL_POLL_FD, LWS_CALLBACK_CHANGE_MODE_POLL_FD,
        LWS_CALLBACK_LOCK_POLL, LWS_CALLBACK_UNLOCK_POLL,
        LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
        // Not about a connection.
        return 0
    case LWS_CALLBACK_ESTABLISHED:
        // Only sockets that were handed over in this very call become WebSockets.
        guard let wire = loop.adopting else { return -1 }
        loop.adopting = nil
        unsafe lws_set_opaque_user_data(socket, wire.bind())
    default: break
    }

    guard let opaque = unsafe lws_get_opaque_user_data(socket) else { return 0 }
    let wire = unsafe Unmanaged<Wire>.fromOpaque(opaque).takeUnretainedValue()
    unsafe wire.socket = socket
    switch reason {
    case LWS_CALLBACK_CLOSED, LWS_CALLBACK_CLIENT_CLOSED, LWS_CALLBACK_RAW_CLOSE, LWS_CALLBACK_WSI_DESTROY,
        LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        var failure: String?
        if reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR {
            let text = unsafe UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : length)
            failure = unsafe String(decoding: text, as: UTF8.self)
            _ = unsafe wire.event(reason, text)
        }
        unsafe lws_set_opaque_user_data(socket, nil)
        _ = wire.unbind()
        wire.ended(failure: failure)
        return 0
    default:
        // Some reasons carry a length without bytes.
        return unsafe wire.event(reason, UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : length))
    }
}
