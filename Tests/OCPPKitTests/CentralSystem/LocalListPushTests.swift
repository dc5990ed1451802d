@testable import OCPPKit
import Testing

/// Row 48: versions that are never 0 or −1, and the whole list where differences do not do.
@Suite struct LocalListPushTests {
    /// A charge point as its answers: `status` of each SendLocalList, in order.
    final class ChargePoint {
        var version: Int64
        var statuses: [String]
        var limit: Int?
        var sent: [(version: Int64, kind: String, idTags: [String])] = []
        var asked: [String] = []

        init(version: Int64, statuses: [String] = [], limit: Int? = nil) {
            self.version = version
            self.statuses = statuses
            self.limit = limit
        }

        func answer(_ action: String, _ payload: JSONValue) -> CommandOutcome {
            asked.append(action)
            let root = try! JSONTree(parsing: payload.bytes).root
            var answer = #"{"listVersion":\#(version)}"#
            if action == "GetConfiguration" {
                answer =
                    limit.map { #"{"configurationKey":[{"key":"sendLocalListMaxLength","value":"\#($0)"}]}"# } ?? "{}"
            } else if action == "SendLocalList" {
                let violations = Validator.violations(ofPayload: root, shape: ActionDefinition.sendLocalList.request)
                #expect(violations.isEmpty)
                sent.append(
                    (
                        root["listVersion"]!.integer!, root["updateType"]!.text!,
                        root["localAuthorizationList"]!.elements.map { $0["idTag"]!.text! }
                    ))
                answer = #"{"status":"\#(statuses.isEmpty ? "Accepted" : statuses.removeFirst())"}"#
            }
            let status = try! JSONTree(parsing: answer).root["status"]?.text
            return CommandOutcome(
                ticket: 0, chargePointId: "CP", action: action, messageId: "1",
                outcome: CommandOutcome.outcome(of: status), status: status, payload: Array(answer.utf8))
        }
    }

    static let tags = [OCPPKit.Tag("A"), OCPPKit.Tag("B", .blocked), OCPPKit.Tag("C")]

    func push(
        _ chargePoint: ChargePoint, _ tags: [OCPPKit.Tag] = Self.tags, known: StoredLocalList? = nil,
        isFull: Bool = false
    ) throws -> CommandOutcome.Outcome {
        var push = LocalListPush(chargePointId: "CP", tags: tags, isFull: isFull)
        push.known = known
        let outcome = try push.run(chargePoint.answer)
        #expect(chargePoint.sent.allSatisfy { $0.version > 0 })
        let versions = chargePoint.sent.map(\.version)
        #expect(versions == versions.sorted() && Set(versions).count == versions.count)
        return outcome
    }

    static func known(_ version: Int64, _ tags: [OCPPKit.Tag]?) -> StoredLocalList {
        StoredLocalList(chargePointId: "CP", version: version, tags: tags, time: Timestamp(seconds: 0))
    }

    @Test func theFirstTimeTheWholeList() throws {
        let chargePoint = ChargePoint(version: 0)
        #expect(try push(chargePoint) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full"])
        #expect(chargePoint.sent.first?.version == 1)
        #expect(chargePoint.sent.first?.idTags == ["A", "B", "C"])
    }

    /// A charge point whose versions are of 32 bits could not hold the next one.
    @Test(arguments: [Int64(Int32.max), Int64(Int32.max) + 5, Int64.max])
    func versionsBeginAnewInTime(version: Int64) throws {
        let chargePoint = ChargePoint(version: version)
        #expect(try push(chargePoint, known: Self.known(version, [])) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full"])
        #expect(chargePoint.sent.map(\.version) == [1])
    }

    @Test func thenTheDifferences() throws {
        let chargePoint = ChargePoint(version: 7)
        #expect(
            try push(chargePoint, known: Self.known(7, [OCPPKit.Tag("a"), OCPPKit.Tag("B"), OCPPKit.Tag("D")]))
                == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Differential"])
        #expect(chargePoint.sent.first?.version == 8)
        #expect(chargePoint.sent.first?.idTags == ["A", "B", "C", "D"])
    }

    @Test func nothingWhereNothingDiffers() throws {
        let chargePoint = ChargePoint(version: 7)
        #expect(try push(chargePoint, known: Self.known(7, Self.tags)) == .accepted)
        #expect(chargePoint.sent.isEmpty)
    }

    @Test(arguments: ["VersionMismatch", "Failed"])
    func theWholeListAfterARefusal(status: String) throws {
        let chargePoint = ChargePoint(version: 7, statuses: [status])
        #expect(try push(chargePoint, known: Self.known(7, [])) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Differential", "Full"])
        #expect(chargePoint.sent.last?.idTags == ["A", "B", "C"])
    }

    @Test func theWholeListWhereTheVersionIsAnother() throws {
        let chargePoint = ChargePoint(version: 3)
        #expect(try push(chargePoint, known: Self.known(7, Self.tags)) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full"])
        #expect(chargePoint.sent.first?.version == 8)
    }

    @Test func theWholeListWhereTheContentIsNotKnown() throws {
        let chargePoint = ChargePoint(version: 7)
        #expect(try push(chargePoint, known: Self.known(7, nil)) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full"])
    }

    @Test func theWholeListWhereItIsAskedFor() throws {
        let chargePoint = ChargePoint(version: 7)
        #expect(try push(chargePoint, known: Self.known(7, Self.tags), isFull: true) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full"])
    }

    @Test func refusals() throws {
        #expect(try push(ChargePoint(version: -1)) == .refused)
        #expect(try push(ChargePoint(version: 0, statuses: ["Failed"])) == .refused)
        let none = ChargePoint(version: 7, statuses: ["NotSupported"])
        #expect(try push(none, known: Self.known(7, [])) == .refused)
        #expect(none.sent.count == 1)
    }

    @Test func aLongListInParts() throws {
        let many = (1...25).map { OCPPKit.Tag("T\($0)") }
        let chargePoint = ChargePoint(version: 4, limit: 10)
        #expect(try push(chargePoint, many) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full", "Differential", "Differential"])
        #expect(chargePoint.sent.map(\.idTags.count) == [10, 10, 5])
        #expect(chargePoint.sent.map(\.version) == [5, 6, 7])
    }

    @Test func anEmptyList() throws {
        let chargePoint = ChargePoint(version: 4)
        #expect(try push(chargePoint, []) == .accepted)
        #expect(chargePoint.sent.map(\.kind) == ["Full"])
        #expect(chargePoint.asked == ["GetLocalListVersion", "SendLocalList"])
    }
}
