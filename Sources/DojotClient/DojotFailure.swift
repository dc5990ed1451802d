import WebEndpoints

/// Why something that was asked of DOJOT did not happen. Descriptions are for people and name no secret.
public enum DojotFailure: Error, Sendable, Equatable {
    /// The base URL is not an absolute `http` or `https` URL.
    case badURL(String)
    /// No connection. The text is for people.
    case unreachable(String)
    /// Connected, but no whole answer came: whether DOJOT did what was asked is unknown.
    case noAnswer(String)
    case unknownUser(String)
    case wrongPassword(user: String)
    /// The user may not do this.
    case permissionDenied(String)
    /// Logins were still refused after waiting for so long: DOJOT takes 5 a minute and 40 an hour.
    case tooManyRequests(waitedSeconds: Int)
    /// Any other answer that is no success. `request` is its method and path.
    case refused(status: Int, message: String, request: String)
    /// An answer that is no DOJOT's: another service, or another version.
    case unexpectedAnswer(String)
    /// Several templates or devices have the label of one. Which is meant, DOJOT cannot tell.
    case duplicates(kind: String, label: String, ids: [String])
    /// What was asked for is nothing that DOJOT can keep.
    case unacceptable(String)
    case file(path: String, reason: String)
    case cancelled

    init(_ failure: HTTPFailure) {
        self =
            switch failure {
            case .badURL(let url): .badURL(url)
            case .unreachable(let reason): .unreachable(reason)
            case .timedOut: .noAnswer("timed out")
            case .cutOff: .noAnswer("the connection ended before the answer was whole")
            }
    }

    /// Whether DOJOT may have done what it was asked for all the same: it stores first, and may fail afterwards.
    public var mayHaveHappened: Bool {
        switch self {
        case .noAnswer: true
        case .refused(let status, _, _): status >= 500
        default: false
        }
    }

    /// Whether only one template or device is concerned, so that it is worth going on with the next.
    public var concernsOneItem: Bool {
        switch self {
        case .refused, .duplicates, .unexpectedAnswer, .unacceptable: true
        default: false
        }
    }
}

extension DojotFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badURL(let url): "\(url): not an http or https URL"
        case .unreachable(let reason): "DOJOT cannot be reached: \(reason)"
        case .noAnswer(let reason): "no answer from DOJOT: \(reason)"
        case .unknownUser(let user): "DOJOT has no user \(user)"
        case .wrongPassword(let user): "DOJOT refuses the password of user \(user)"
        case .permissionDenied(let request): "the user has no permission for \(request); ask DOJOT's administrator"
        case .tooManyRequests(let seconds):
            "DOJOT still refuses logins after \(seconds) s of waiting: it takes 5 a minute and 40 an hour"
        case .refused(let status, let message, let request): "\(request): \(status) \(message)"
        case .unexpectedAnswer(let what): "not an answer of DOJOT: \(what)"
        case .duplicates(let kind, let label, let ids):
            "\(ids.count) \(kind)s have the label \(label) (ids \(ids.joined(separator: ", "))): "
                + "delete or rename all but one"
        case .unacceptable(let reason): reason
        case .file(let path, let reason): "\(path): \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
