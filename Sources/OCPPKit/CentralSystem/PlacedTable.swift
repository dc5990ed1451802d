/// Values by key, in places that stay: whoever knows the place reads and changes the value where it lies, without
/// looking it up again and without a copy. Nothing is removed.
struct PlacedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var places: [Key: Int] = [:]
    /// By place.
    private(set) var keys: [Key] = []
    /// By place.
    var values: [Value] = []

    func place(of key: Key) -> Int? { places[key] }

    /// The place of the key's value, which is put there where there was none.
    mutating func place(of key: Key, orAdd value: @autoclosure () -> Value) -> Int {
        if let place = places[key] { return place }
        places[key] = values.count
        keys.append(key)
        values.append(value())
        return values.count - 1
    }

    /// The value, copied; setting changes nothing where there is none.
    subscript(key: Key) -> Value? {
        get { places[key].map { values[$0] } }
        set {
            if let newValue, let place = places[key] { values[place] = newValue }
        }
    }
}
