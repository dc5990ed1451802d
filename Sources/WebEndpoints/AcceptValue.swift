import CLibwebsockets

/// `Sec-WebSocket-Accept` for a client's key.
func acceptValue(key: String) -> String {
    let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    unsafe lws_SHA1(input, input.count, &digest)
    var text = [CChar](repeating: 0, count: 32)
    let count = unsafe digest.withUnsafeBytes { digest in
        unsafe lws_b64_encode_string(
            digest.baseAddress?.assumingMemoryBound(to: CChar.self), 20, &text, Int32(text.count))
    }
    return String(decoding: text.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
