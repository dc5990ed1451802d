import COpenSSL

/// A secret as it is kept: scrypt (RFC 7914) of it under a salt of its own.
///
/// A key of 20 random bytes cannot be guessed however fast a guess is, so it is hashed lightly, and a depot of thousands
/// is back in seconds; a password that a person chose is hashed as heavily as a login may cost.
public struct SaltedHash: Sendable, Equatable {
    public enum Strength: Sendable {
        /// Of a random key: about 0.1 ms, so that ten thousand wrong ones a second are no attack.
        case randomKey
        /// Of a password: 32 MiB and about 100 ms.
        case password

        var cost: Int { self == .randomKey ? 1 << 4 : 1 << 15 }
    }

    /// scrypt's N; r is 8 and p is 1.
    public let cost: Int
    public let salt: [UInt8]
    public let digest: [UInt8]

    public static let costs = 2...(1 << 17)

    /// - Parameter cost: a power of two in `costs`; `nil` otherwise.
    public init?(cost: Int, salt: [UInt8], digest: [UInt8]) {
        guard Self.costs.contains(cost), cost & (cost - 1) == 0, (8...64).contains(salt.count), digest.count == 32
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// Hashes a secret under a fresh salt. Takes its time.
    public init(of secret: [UInt8], strength: Strength) {
        cost = strength.cost
        salt = randomBytes(16)
        digest = Self.digest(secret, salt, cost)
    }

    /// Whether this is the hash of `secret`. Takes its time, the same for right and wrong.
    public func matches(_ secret: [UInt8]) -> Bool {
        let candidate = Self.digest(secret, salt, cost)
        return isEqualInConstantTime(candidate, digest)
    }

    private static func digest(_ secret: [UInt8], _ salt: [UInt8], _ cost: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        let status = unsafe secret.withUnsafeBytes { bytes in
            unsafe EVP_PBE_scrypt(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, salt, salt.count, UInt64(cost), 8,
                1, 256 << 20, &result, result.count)
        }
        precondition(status == 1, "scrypt cannot run: \(opensslText())")
        return result
    }
}

/// Remembers secrets that were found right, without keeping them: under a key that this process alone knows.
public struct SecretFingerprint: Sendable {
    private let key = randomBytes(32)

    public init() {}

    /// HMAC-SHA-256.
    public func of(_ secret: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        _ = unsafe HMAC(EVP_sha256(), key, Int32(key.count), secret, secret.count, &result, &count)
        return result
    }
}

public func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}

/// From the system's generator for secrets.
public func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
}
