/// The same for the same content of a charge point, whatever its message id.
enum ReplayKey {
    /// - Parameter parts: connector, idTag, time and meter, as they were sent.
    static func start(_ id: String, _ parts: [String?]) -> String { key("start", [id] + parts) }

    static func start(_ id: String, content: ArraySlice<UInt8>) -> String {
        key("start", [id, digest(content)])
    }

    /// - Parameter content: where the transaction id tells nothing (absent, 0 or less), the payload stands in for it.
    static func stop(_ id: String, transactionId: Int64?, content: ArraySlice<UInt8>) -> String {
        if let transactionId, transactionId > 0 { return key("stop", [id, String(transactionId)]) }
        return key("stop", [id, nil, digest(content)])
    }

    /// - Parameter time: of the first sample, as it was sent. It stands first, so that what comes at about the same time
    ///   stands together in the store's index, and a commit writes few of its pages.
    static func meterValues(_ id: String, time: String?, content: ArraySlice<UInt8>) -> String {
        key("meterValues", [time, id, digest(content)])
    }

    static func securityEvent(_ id: String, content: ArraySlice<UInt8>) -> String {
        key("securityEvent", [id, digest(content)])
    }

    /// Lengths keep the parts apart, whatever they hold.
    private static func key(_ kind: String, _ parts: [String?]) -> String {
        var key: [UInt8] = []
        key.reserveCapacity(192)
        key.append(contentsOf: kind.utf8)
        for part in parts {
            key.append(UInt8(ascii: ":"))
            if let part {
                key.append(decimal: Int64(part.utf8.count))
                key.append(UInt8(ascii: ":"))
                key.append(contentsOf: part.utf8)
            } else {
                key.append(UInt8(ascii: "-"))
            }
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// FNV-1a of 128 bits: it tells contents of one charge point apart; it is no defence against forgers, who could
    /// only swallow their own data.
    static func digest(_ bytes: ArraySlice<UInt8>) -> String {
        // The prime is 2 to the power of 88, plus 0x13B: a shift and a small product, in halves of 64 bits.
        var (high, low): (UInt64, UInt64) = (0x6C62_272E_07BB_0142, 0x62B8_2175_6295_C58D)
        for byte in bytes {
            low ^= UInt64(byte)
            let product = low.multipliedFullWidth(by: 0x13B)
            high = high &* 0x13B &+ product.high &+ low << 24
            low = product.low
        }
        return text(UInt128(high) << 64 | UInt128(low))
    }

    /// `String(hash, radix: 36)`: in parts of 64 bits, as a division of 128 for each digit takes long.
    static func text(_ hash: UInt128) -> String {
        let power: UInt64 = 4_738_381_338_321_616_896  // 36 to the power of 12
        let (top, rest) = UInt64(hash >> 64).quotientAndRemainder(dividingBy: power)
        let (middle, last) = power.dividingFullWidth((rest, UInt64(truncatingIfNeeded: hash)))
        let (first, second) = power.dividingFullWidth((top, middle))
        var digits: [25 of UInt8] = .init(repeating: UInt8(ascii: "0"))
        var start = digits.count
        for (part, end) in [(last, 25), (second, 13), (first, 1)] {
            var (rest, place) = (part, end)
            while rest > 0 {
                place -= 1
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                rest /= 36
                start = place
            }
        }
        start = min(start, digits.count - 1)
        return unsafe String(unsafeUninitializedCapacity: digits.count - start) { room in
            for place in start..<digits.count { unsafe room[place - start] = digits[place] }
            return digits.count - start
        }
    }
}
