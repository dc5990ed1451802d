import Testing

@testable import OCPPKit

@Suite("A table that forgets its oldest entry")
struct BoundedTableTests {
    @Test("holds no more than its limit, and neither does its order")
    func bound() {
        var table = BoundedTable<Int, String>(limit: 10)
        for number in 0..<1_000 {
            let (isNew, oldest) = table.insert("\(number)", for: number)
            #expect(isNew)
            #expect(oldest == (number < 10 ? nil : "\(number - 10)"))
            #expect(table.footprint <= 50)
        }
        #expect(table.insert("again", for: 999) == (false, nil))
        #expect(table.removeAll() == (990..<1_000).map { "\($0)" })
    }

    @Test("what was removed and comes again is new, and the order of the others stays")
    func removal() {
        var table = BoundedTable<Int, String>(limit: 3)
        for number in 0..<3 { _ = table.insert("\(number)", for: number) }
        #expect(table.remove(0) == "0")
        #expect(table.remove(0) == nil)
        #expect(table.insert("zero", for: 0) == (true, nil))
        #expect(table.insert("3", for: 3) == (true, "1"))
        for _ in 0..<100 {
            #expect(table.remove(3) == "3")
            #expect(table.insert("3", for: 3).isNew)
            #expect(table.footprint <= 15)
        }
        #expect(table.removeAll() == ["2", "zero", "3"])
    }
}
