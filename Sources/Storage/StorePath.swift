/// Names of store files.
public enum StorePath {
    /// The path with symbolic links followed, and from the root on: the same for two names of one file. A file that is
    /// not there keeps its name.
    public static func resolved(_ path: String) -> String { StoreFiles.resolved(path) }
}
