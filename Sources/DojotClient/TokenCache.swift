import OCPPKit

/// One token on disk, so that many runs of the tool share one of the few logins that DOJOT grants.
struct TokenCache: Sendable {
    let path: String
    /// A token is only taken for the URL and the user that it was given out for.
    let baseURL: String
    let user: String

    /// The token kept for this URL and user; `nil` where there is none that can be trusted.
    func read() -> DojotToken? {
        guard let bytes = PrivateFile.readOwn(path), let kept = try? JSONTree(parsing: bytes).root,
            kept["url"]?.text == baseURL, kept["user"]?.text == user,
            let text = kept["jwt"]?.text, let received = kept["receivedMilliseconds"]?.integer
        else { return nil }
        return DojotToken(text, received: Timestamp(milliseconds: received))
    }

    /// Keeps a token in place of any other, readable for this user alone.
    func write(_ token: DojotToken) throws(DojotFailure) {
        let kept = JSONValue.object([
            ("url", .string(baseURL)), ("user", .string(user)), ("jwt", .string(token.text)),
            ("receivedMilliseconds", .integer(token.received.milliseconds)),
        ])
        try PrivateFile.replace(path, with: kept.bytes, mode: 0o600)
    }
}
