import DojotClient

extension DojotFailure {
    /// What it is to the shell.
    var failure: CommandFailure {
        let status: ExitStatus =
            switch self {
            case .badURL: .usage
            case .unreachable: .unreachable
            case .noAnswer, .tooManyRequests: .timeout
            case .unknownUser, .wrongPassword, .permissionDenied: .refused
            case .refused, .unexpectedAnswer: .protocol
            case .duplicates, .unacceptable: .someFailed
            case .file: .inputOutput
            case .cancelled: .someFailed
            }
        return CommandFailure(status, description)
    }
}
