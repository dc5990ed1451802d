public import OCPPKit
public import WebEndpoints

/// What a session tells while it works.
public enum DojotNotice: Sendable, Equatable {
    /// DOJOT takes no more requests for now; said once a second.
    case waiting(secondsLeft: Int)
    /// The token could not be kept on disk, so that the next run logs in again.
    case tokenNotKept(reason: String)
}

/// A user's access to one DOJOT: logs in where needed and carries requests with a token.
///
/// The token is shared with later runs through a file, renewed at 80 % of its life and whenever DOJOT refuses it.
/// Too many requests (429) are waited out.
public actor DojotSession {
    public struct Configuration: Sendable {
        /// The gateway, for example `http://127.0.0.1:8000`.
        public var baseURL: String
        public var user: String
        public var password: String
        /// Where the token is kept, with mode 0600; `nil` keeps it in memory.
        public var tokenPath: String?
        /// For each request.
        public var timeoutSeconds: Int
        /// How long one request may wait in all while DOJOT answers 429.
        public var longestWaitSeconds: Int

        public init(
            baseURL: String, user: String, password: String, tokenPath: String? = nil, timeoutSeconds: Int = 30,
            longestWaitSeconds: Int = 3_900
        ) {
            self.baseURL = baseURL
            self.user = user
            self.password = password
            self.tokenPath = tokenPath
            self.timeoutSeconds = timeoutSeconds
            self.longestWaitSeconds = longestWaitSeconds
        }
    }

    private let configuration: Configuration
    private let baseURL: String
    private let cache: TokenCache?
    private let http: any HTTPRequesting
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (_ seconds: Int) async throws -> Void
    private let notify: @Sendable (DojotNotice) -> Void

    private var token: DojotToken?
    private var renewal: Task<Result<DojotToken, DojotFailure>, Never>?

    /// - Parameters:
    ///   - now: the time, by which the age of tokens is counted.
    ///   - sleep: waits so many seconds; throws when the task is cancelled.
    ///   - notify: called on the session's own executor.
    public init(
        _ configuration: Configuration, http: any HTTPRequesting, now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (_ seconds: Int) async throws -> Void = { try await Task.sleep(for: .seconds($0)) },
        notify: @escaping @Sendable (DojotNotice) -> Void = { _ in }
    ) {
        var baseURL = configuration.baseURL
        while baseURL.hasSuffix("/") { baseURL.removeLast() }
        self.configuration = configuration
        self.baseURL = baseURL
        cache = configuration.tokenPath.map { TokenCache(path: $0, baseURL: baseURL, user: configuration.user) }
        self.http = http
        self.now = now
        self.sleep = sleep
        self.notify = notify
    }

    /// The tenant of the user, which MQTT names need. Logs in where no token is at hand.
    public func tenant() async throws(DojotFailure) -> String {
        try await currentToken().tenant
    }

    /// Carries one request and gives the JSON of its answer, null where it is empty.
    ///
    /// - Parameter path: from the base URL on, with any query, percent-encoded.
    /// - Throws: `DojotFailure` for anything but a success.
    public func send(
        _ method: String, _ path: String, body: JSONValue? = nil
    ) async throws(DojotFailure) -> JSONTree {
        let token = try await currentToken()
        var response = try await carry(method, path, body: body, token: token)
        if response.status == 401 {
            response = try await carry(method, path, body: body, token: currentToken(insteadOf: token))
        }
        return try checked(response, request: "\(method) \(path)")
    }

    // MARK: - Tokens

    private func currentToken(insteadOf refused: DojotToken? = nil) async throws(DojotFailure) -> DojotToken {
        for candidate in [token, cache?.read()] {
            if let candidate, candidate.text != refused?.text, candidate.isFresh(at: now()) {
                token = candidate
                return candidate
            }
        }
        let login = renewal ?? Task { await newToken() }
        renewal = login
        return try await login.value.get()
    }

    /// Logs in and keeps the token. Requests that come meanwhile wait for the same login.
    private func newToken() async -> Result<DojotToken, DojotFailure> {
        defer { renewal = nil }
        do {
            let fresh = try await logIn()
            token = fresh
            do throws(DojotFailure) {
                try cache?.write(fresh)
            } catch {
                notify(.tokenNotKept(reason: error.description))
            }
            return .success(fresh)
        } catch {
            return .failure(error)
        }
    }

    private func logIn() async throws(DojotFailure) -> DojotToken {
        let body = JSONValue.object([
            ("username", .string(configuration.user)), ("passwd", .string(configuration.password)),
        ])
        let response = try await carry("POST", "/auth", body: body, token: nil)
        switch response.status {
        case 401: throw .unknownUser(configuration.user)
        case 403: throw .wrongPassword(user: configuration.user)
        default: break
        }
        let answer = try checked(response, request: "POST /auth")
        guard let text = answer.root["jwt"]?.text, let token = DojotToken(text, received: now()) else {
            throw .unexpectedAnswer("POST /auth gave no token with a tenant")
        }
        return token
    }

    // MARK: - Requests

    private func carry(
        _ method: String, _ path: String, body: JSONValue?, token: DojotToken?
    ) async throws(DojotFailure) -> HTTPResponse {
        var request = HTTPRequest(method: method, url: baseURL + path, body: body?.bytes)
        // Exactly this: DOJOT refuses a charset parameter.
        if body != nil { request.headers.append((name: "Content-Type", value: "application/json")) }
        if let token { request.headers.append((name: "Authorization", value: "Bearer \(token.text)")) }
        var waited = 0
        while true {
            let response: HTTPResponse
            do {
                response = try await http.send(request, timeoutSeconds: configuration.timeoutSeconds)
            } catch {
                throw DojotFailure(error)
            }
            guard response.status == 429 else { return response }
            let wait = max(1, response.retryAfterSeconds ?? 60)
            guard waited + wait <= configuration.longestWaitSeconds else {
                throw .tooManyRequests(waitedSeconds: waited)
            }
            try await pause(seconds: wait)
            waited += wait
        }
    }

    private func pause(seconds: Int) async throws(DojotFailure) {
        for left in stride(from: seconds, to: 0, by: -1) {
            notify(.waiting(secondsLeft: left))
            do {
                try await sleep(1)
            } catch {
                throw .cancelled
            }
        }
    }

    private func checked(_ response: HTTPResponse, request: String) throws(DojotFailure) -> JSONTree {
        let answer = try? JSONTree(parsing: response.body.isEmpty ? Array("null".utf8) : response.body)
        if (200..<300).contains(response.status) {
            guard let answer else { throw .unexpectedAnswer("\(request) gave no JSON") }
            return answer
        }
        if response.status == 403 && response.body.isEmpty { throw .permissionDenied(request) }
        throw .refused(status: response.status, message: reason(in: answer?.root), request: request)
    }
}

/// What an error answer says, in the forms of DOJOT's different services.
private func reason(in answer: JSONNode?) -> String {
    guard let answer, !answer.isNull else { return "without a reason" }
    for name in ["message", "msg", "description", "title"] {
        guard let said = answer.member(named: name) else { continue }
        let text = said.text ?? String(decoding: said.raw, as: UTF8.self)
        guard let errors = answer["errors"] else { return text }
        return text + " " + String(decoding: errors.raw, as: UTF8.self)
    }
    return String(decoding: answer.raw.prefix(200), as: UTF8.self)
}
