/// `a.b[0].c`: the way to a field inside a payload.
enum FieldPath {
    enum Step: Sendable, Equatable {
        case key(String)
        case index(Int)
    }

    /// `nil` where it is no such path.
    static func steps(_ path: Substring) -> [Step]? {
        var steps: [Step] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let name = pieces.first, !name.isEmpty else { return nil }
            steps.append(.key(String(name)))
            for piece in pieces.dropFirst() {
                guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else { return nil }
                steps.append(.index(index))
            }
        }
        return steps
    }
}
