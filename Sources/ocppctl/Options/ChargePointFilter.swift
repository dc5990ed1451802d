import ArgumentParser
import OCPPKit

/// `--charge-point`, wherever something is asked of some charge points and not of others.
struct ChargePointFilter: ParsableArguments {
    @Option(
        name: .customLong("charge-point"),
        help: ArgumentHelp("Only this charge point; a pattern with * and ?; repeatable.", valueName: "id"),
        completion: .chargePoints)
    var patterns: [String] = []

    func passes(_ id: String?) -> Bool { NamePattern.anyMatches(id, patterns) }

    /// The one that is meant where only one can be: frames of a log that names none are its own.
    var single: String? {
        guard patterns.count == 1, let id = patterns.first, !NamePattern.isPattern(id) else { return nil }
        return id
    }
}
