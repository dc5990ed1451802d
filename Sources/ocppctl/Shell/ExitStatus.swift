/// How a command ended, as the shell sees it. The one list: documentation and tests derive from it.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    case someFailed = 1
    case usage = 64
    case badData = 65
    case noInput = 66
    case unreachable = 69
    case internalError = 70
    case inputOutput = 74
    case timeout = 75
    case `protocol` = 76
    case refused = 77
    case configuration = 78

    /// What the status means, for the manual.
    var meaning: String {
        switch self {
        case .done: "Everything was done."
        case .someFailed: "Some records failed; the others were done."
        case .usage: "The command line is wrong."
        case .badData: "The data is wrong: no log, no records, or a payload that the action does not allow."
        case .noInput: "An input file or store is missing or cannot be read."
        case .unreachable: "The other side cannot be reached, or no server runs."
        case .internalError: "A bug in ocppctl."
        case .inputOutput: "Writing failed: a full disk, an I/O error."
        case .timeout: "No answer within the time."
        case .protocol: "The other side answered with a CALLERROR or broke the protocol."
        case .refused: "The other side refused."
        case .configuration: "A configuration file or setting is wrong."
        }
    }
}

/// Why a command could not do its work: what a person reads, and the status.
struct CommandFailure: Error {
    let status: ExitStatus
    /// Says what is wrong, where, and what to do; without the leading `ocppctl:`. Empty where all has been said.
    let message: String

    init(_ status: ExitStatus, _ message: String = "") {
        self.status = status
        self.message = message
    }
}
