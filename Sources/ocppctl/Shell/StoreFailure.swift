import Storage

extension StoreError {
    /// What it is to the shell, whether the store was to be read or written.
    var failure: CommandFailure {
        let status: ExitStatus =
            switch self {
            case .noStore, .cannotRead, .notADatabase, .foreign, .corrupt, .newerVersion, .needsUpgrade: .noInput
            case .inUse, .cannotWrite: .configuration
            case .diskFull, .io: .inputOutput
            }
        return CommandFailure(status, "\(self)")
    }
}
