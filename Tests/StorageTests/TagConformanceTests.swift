import OCPPKit
import Testing

@testable import Storage

/// What every implementation of `CentralStore` keeps of tags, local lists, reservations and the life of charge points.
@Suite("Conformance of stores: tags and stations")
struct TagConformanceTests {
    let directory: TemporaryDirectory
    let time = Timestamp(milliseconds: 1_767_265_445_678)

    init() throws { directory = try TemporaryDirectory() }

    private func update(_ version: Int64, _ content: LocalListUpdate.Content, of id: String = "CP1") -> StoreOperation {
        .localList(LocalListUpdate(chargePointId: id, version: version, content: content, time: time))
    }

    @Test(arguments: StoreImplementation.all)
    func `The list has each idTag once, whatever its case`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let odd = Tag("O'Neil ÄÖ", .expired, parentIdTag: "", expiryDate: Timestamp(milliseconds: .min))
        _ = store.commit([
            request(
                0, .tag(.put(Tag("BUS-17"))), .tag(.put(odd)), .tag(.put(Tag("bus-17", .blocked))),
                .tag(.put(Tag("gone"))), .tag(.remove(idTag: "GONE")), .tag(.remove(idTag: "never there")))
        ])
        store.close()
        #expect(try implementation.openReader(directory).tags() == [Tag("bus-17", .blocked), odd])
    }

    @Test(arguments: StoreImplementation.all)
    func `A local list follows its updates`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        _ = store.commit([
            request(0, update(1, .full([Tag("A"), Tag("B")])), update(5, .full([Tag("Z")]), of: "CP2"))
        ])
        _ = store.commit([
            request(0, update(2, .differential([.put(Tag("b", .blocked)), .put(Tag("C")), .remove(idTag: "a")])))
        ])
        #expect(
            try store.reader.localLists() == [
                StoredLocalList(chargePointId: "CP1", version: 2, tags: [Tag("b", .blocked), Tag("C")], time: time),
                StoredLocalList(chargePointId: "CP2", version: 5, tags: [Tag("Z")], time: time),
            ])
    }

    @Test(arguments: StoreImplementation.all)
    func `A difference to an unknown list is unknown`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        _ = store.commit([
            request(
                0, update(3, .unknown), update(4, .differential([.put(Tag("A"))])),
                update(9, .differential([.put(Tag("A"))]), of: "CP2"))
        ])
        let lists = try store.reader.localLists()
        #expect(lists.map(\.version) == [4, 9])
        #expect(lists.allSatisfy { $0.tags == nil })
        _ = store.commit([request(0, update(5, .full([])))])
        #expect(try store.reader.localLists().first?.tags == [])
    }

    @Test(arguments: StoreImplementation.all)
    func `Reservations stay until they end`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        func reservation(_ number: Int64, of id: String = "CP1") -> StoredReservation {
            StoredReservation(
                chargePointId: id, reservationId: number, connectorId: 1, idTag: "A", parentIdTag: "P",
                expiryDate: time)
        }
        _ = store.commit([
            request(
                0, .reservation(reservation(2)), .reservation(reservation(-1)), .reservation(reservation(2, of: "B")),
                .endedReservation(chargePointId: "CP1", reservationId: 2),
                .endedReservation(chargePointId: "CP1", reservationId: 99))
        ])
        #expect(try store.reader.reservations() == [reservation(2, of: "B"), reservation(-1)])
    }

    @Test(arguments: StoreImplementation.all)
    func `Stations are all that the store knows`(_ implementation: StoreImplementation) throws {
        let store = try implementation.open(directory)
        let boot = Sample.chargePoint
        let link = StoredLink(chargePointId: "A", peer: "::1", connected: time, disconnected: time)
        let progress = StoredProgress(chargePointId: "A", task: .log, status: "Uploading", requestId: 4, since: time)
        let reservation = StoredReservation(
            chargePointId: "B", reservationId: 1, connectorId: 0, idTag: "T", expiryDate: time)
        let connectors = (0...1).map {
            StoredConnector(
                chargePointId: "A", connectorId: $0, status: "Available", errorCode: "NoError", since: time)
        }
        _ = store.commit(
            [request(0, .chargePoint(boot), .link(link), .progress(progress), .reservation(reservation))]
                + connectors.map { request(0, .connector($0)) })
        let stations = try store.reader.stations(at: time.adding(milliseconds: -1))
        #expect(
            stations == [
                Station(chargePointId: "A", link: link, connectors: connectors, progress: [progress]),
                Station(chargePointId: "B", reservations: [reservation]),
                Station(chargePointId: "CP'1", boot: boot),
            ])
        // It has expired by then.
        #expect(try store.reader.stations(at: time)[1].reservations.isEmpty)
    }
}
