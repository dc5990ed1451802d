import ArgumentParser
import OCPPKit

/// What a shell offers for the words that only a running server, or the actions' definitions, know.
extension CompletionKind {
    /// The charge points that are connected to the running server.
    static var chargePoints: CompletionKind { .custom { words, _, _ in Completions.chargePoints(words) } }

    /// The first two words of `send`: a charge point, and an action of a central system.
    static var commandWords: CompletionKind {
        .custom { words, index, _ in Completions.commandWords(words, at: index) }
    }
}

enum Completions {
    /// - Parameter words: the command line so far; its `--control` is the server that is asked. No server, no words.
    static func chargePoints(_ words: [String]) -> [String] {
        var control = ControlOption()
        if let flag = words.firstIndex(of: "--control"), flag + 1 < words.count { control.control = words[flag + 1] }
        return (try? ControlSession(path: control.path).connectedChargePoints(matching: "*")) ?? []
    }

    /// - Parameter index: of the word that is being typed.
    static func commandWords(_ words: [String], at index: Int) -> [String] {
        let before = words.prefix(index)
        if before.contains(where: { Actions.named($0) != nil }) { return [] }
        let actions = Actions.all.filter { $0.sender != .chargePoint }.map(\.name)
        guard let verb = before.firstIndex(of: "send"), !before.contains("--all") else { return actions }
        let named = before[(verb + 1)...].contains { !$0.hasPrefix("-") }
        return named ? actions : chargePoints(words)
    }
}
