/// One value in the index of a text: where it begins and ends, and where its next sibling's entry is.
struct JSONEntry: Sendable {
    /// Offset of the first byte: the quote of a string, the bracket of an array.
    var start: UInt32
    /// Offset one past the last byte.
    var end: UInt32
    /// Index of the entry after this value and all that it holds.
    var next: UInt32
    var kind: JSONKind
    /// A string with a backslash or a delete in it, or a number with a fraction or an exponent.
    var isIrregular: Bool
}

/// The index of a text, in memory that its owner frees: an array would ask at each entry whether somebody else has it.
///
/// Memory safety: an entry is read and changed only below `count`.
@safe struct JSONEntries {
    private(set) var pointer: UnsafeMutablePointer<JSONEntry>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        unsafe pointer = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    func deallocate() { unsafe pointer.deallocate() }

    @inline(__always) mutating func append(_ kind: JSONKind, from start: Int, to end: Int, isIrregular: Bool) {
        if count == capacity { self = grown() }
        unsafe (pointer + count).initialize(
            to: JSONEntry(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: count &+ 1), kind: kind, isIrregular: isIrregular))
        count &+= 1
    }

    private func grown() -> JSONEntries {
        var larger = JSONEntries(capacity: 2 * capacity)
        unsafe larger.pointer.moveInitialize(from: pointer, count: count)
        larger.count = count
        deallocate()
        return larger
    }

    @inline(__always) subscript(index: Int) -> JSONEntry {
        get {
            precondition(index < count)
            return unsafe pointer[index]
        }
        _modify {
            precondition(index < count)
            yield unsafe &pointer[index]
        }
    }
}
