import Testing

@testable import OCPPKit

/// What a record names is what the state machines overlook: both read with `PayloadReader`, by table and by struct.
@Suite("Repairs by table and by struct")
struct RepairAgreementTests {
    private static let requests: [String: @Sendable (JSONNode) -> any Payload] = [
        "Authorize": { AuthorizeRequest($0) }, "BootNotification": { BootNotificationRequest($0) },
        "DataTransfer": { DataTransferRequest($0) }, "MeterValues": { MeterValuesRequest($0) },
        "StartTransaction": { StartTransactionRequest($0) }, "StatusNotification": { StatusNotificationRequest($0) },
        "StopTransaction": { StopTransactionRequest($0) }, "Reset": { ResetRequest($0) },
        "ChangeAvailability": { ChangeAvailabilityRequest($0) },
    ]
    private static let responses: [String: @Sendable (JSONNode) -> any Payload] = [
        "BootNotification": { BootNotificationResponse($0) }, "GetConfiguration": { GetConfigurationResponse($0) },
        "StartTransaction": { StartTransactionResponse($0) }, "StopTransaction": { StopTransactionResponse($0) },
        "DataTransfer": { DataTransferResponse($0) },
    ]

    @Test func everyRepairOfAStructIsNamed() throws {
        var repaired = 0
        for line in try Fixtures.lines(SchemaOracleTests.corpus) {
            let action = line["action"]?.text ?? ""
            let isRequest = line["kind"]?.isText("request") == true
            guard let read = (isRequest ? Self.requests : Self.responses)[action] else { continue }
            let text = try #require(line["payload"]?.text)
            let raw = isRequest ? #"[2,"1","\#(action)",\#(text)]"# : #"[3,"1",\#(text)]"#
            guard let frame = try? Frame.read(Array(raw.utf8)), let payload = frame.payload, payload.isObject else {
                continue
            }
            var record = FrameRecord(
                timestamp: nil, chargePointId: nil, direction: nil, frame: frame, action: action)
            record.judge()
            let own = read(payload).repairs
            if !own.isEmpty { repaired += 1 }
            #expect(Set(own).isSubset(of: record.repairs), "\(raw)")
        }
        #expect(repaired >= 30)
    }
}
