import ArgumentParser

/// Exports that repeat: only what is new in the store.
struct CursorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only what the store has learnt since the run that wrote this file, which is then replaced.",
            valueName: "file"), completion: .file())
    var cursor: String?

    @Option(
        help: ArgumentHelp(
            "Add the rows to this file, in one step with --cursor: wherever a run is killed, none is lost or repeated.",
            valueName: "file"), completion: .file())
    var output: String?

    func validate() throws {
        if output != nil, cursor == nil { throw ValidationError("--output goes with --cursor") }
    }

    /// - Throws: a usage error where the rows do not come from a store.
    func check(_ source: RowSourceOptions) throws {
        if cursor != nil, !source.files.isEmpty {
            throw ValidationError("--cursor goes by the order in which the store learnt of things, and files have none")
        }
    }
}
