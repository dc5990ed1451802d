/// A JSON text that was read once, strictly, with an index of its values.
///
/// The bytes stay as they came; values are looked at through `JSONNode` and turned into strings or numbers only when
/// someone asks. Copies share one storage.
public struct JSONTree: Sendable {
    /// 512 levels are far more than any OCPP message has, and keep hostile nesting harmless (RFC 8259, section 9).
    public static let defaultMaximumDepth = 512

    /// `@unchecked Sendable`: nothing is written after `init`.
    final class Storage: @unchecked Sendable {
        let bytes: [UInt8]
        let entries: JSONEntries
        /// Whether line breaks or tabs stand between values.
        let hasBreaks: Bool

        init(bytes: [UInt8], _ index: JSONScanner.Index) {
            self.bytes = bytes
            entries = index.entries
            hasBreaks = index.hasBreaks
        }

        deinit { entries.deallocate() }
    }

    let storage: Storage

    /// Reads a text that holds one value and blanks, nothing else: UTF-8, no byte order mark, no trailing commas.
    public init(
        parsing bytes: [UInt8], maximumDepth: Int = JSONTree.defaultMaximumDepth
    ) throws(JSONError) {
        let index = try JSONScanner.scan(bytes, from: 0, maximumDepth: maximumDepth, isWhole: true)
        storage = Storage(bytes: bytes, index)
    }

    /// Reads the value that begins at the first byte and says where it ends; anything may follow it.
    public static func parsingPrefix(
        of bytes: [UInt8], from start: Int, maximumDepth: Int = JSONTree.defaultMaximumDepth
    ) throws(JSONError) -> (tree: JSONTree, end: Int) {
        let index = try JSONScanner.scan(bytes, from: start, maximumDepth: maximumDepth, isWhole: false)
        return (JSONTree(storage: Storage(bytes: bytes, index)), index.end)
    }

    /// Reads a string's UTF-8 as a JSON text.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    private init(storage: Storage) { self.storage = storage }

    /// The outermost value.
    public var root: JSONNode { JSONNode(storage: storage, index: 0) }
}
