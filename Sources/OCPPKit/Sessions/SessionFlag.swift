/// What a reader of a session's row should know before trusting it.
///
/// Rows give flags in the alphabetical order of their names, which is the order of the cases here.
public enum SessionFlag: String, Sendable, CaseIterable, Comparable {
    /// The time of the start or of the stop lies before 2010 or after 2199: the charge point's clock was not set.
    case clockNotSet
    /// The start or the stop arrived more than 5 minutes after its own time.
    case deliveredLate
    /// The meter at the stop is below the meter at the start.
    case energyNegative
    /// The answer to the start does not accept the idTag.
    case idTagNotAccepted
    /// A start, stop or meter value of it breaks a rule of the official JSON schemas.
    case invalidFrames
    /// The stop named no transaction, and joined the only start that it could belong to.
    case matchedByGuess
    /// Another session on the same connector took place in part of the same time.
    case overlapping
    /// The stop gives no reason, which means Local.
    case reasonDefaulted
    /// The meter fell between two readings of the session.
    case registerReset
    /// The start or the stop came more than once.
    case retransmitted
    /// The session is known from its meter values or its stop only.
    case startMissing
    /// The start was never answered with a CALLRESULT.
    case startUnanswered
    /// The stop's time is before the start's, both clocks being set.
    case stopBeforeStart
    /// Open, though a later start or the status Available on its connector shows that it ended.
    case stopMissing
    /// A stop of it was answered by a CALLERROR; it ended all the same.
    case stopRefused

    public static func < (left: SessionFlag, right: SessionFlag) -> Bool { left.rawValue < right.rawValue }
}

/// How much of a session is known.
public enum SessionStatus: String, Sendable, CaseIterable {
    /// Start, the answer to it, and stop.
    case complete
    /// No stop so far.
    case open
    /// A stop whose start was not seen.
    case stopOnly
    /// A start without an answer, stopped or not.
    case startUnanswered
}
