import Testing

@testable import OCPPKit

/// Payloads as charge points send them, in order or not, and as they are written.
@Suite("Payloads")
struct PayloadTests {
    private func node(_ text: String) throws -> JSONNode { try JSONTree(parsing: text).root }
    private func text(_ payload: some Payload) -> String { String(decoding: payload.payload, as: UTF8.self) }

    @Test func aValidRequestIsReadWithoutRepairs() throws {
        let request = StartTransactionRequest(
            try node(
                #"{"connectorId":2,"idTag":"RF-1","meterStart":1204350,"reservationId":31,"timestamp":"2026-03-14T08:05:09Z"}"#
            ))
        #expect(request.connectorId == 2 && request.idTag == "RF-1" && request.reservationId == 31)
        #expect(request.meterStart == ExactDecimal(1_204_350))
        #expect(request.timestamp == Timestamp(rfc3339: "2026-03-14T08:05:09Z"))
        #expect(request.repairs == [])
    }

    @Test func deviationsAreReadAndNamed() throws {
        let request = StartTransactionRequest(
            try node(
                #"{"connectorId":"2","idTag":808140510,"meterStart":20000.5,"reservationId":null,"timestamp":"2026-03-14 08:05:09+03"}"#
            ))
        #expect(request.connectorId == 2 && request.idTag == "808140510" && request.reservationId == nil)
        #expect(request.meterStart == ExactDecimal("20000.5"))
        #expect(request.timestamp?.description == "2026-03-14T05:05:09.000Z")
        #expect(
            request.repairs == [
                "textAsNumber", "numberAsText", "integerWithFraction", "nullAsAbsent", "blankForT", "shortOffset",
            ])
    }

    @Test func whatCannotBeReadIsAbsent() throws {
        let request = StopTransactionRequest(
            try node(
                #"{"transactionId":"abc","meterStop":{},"timestamp":"0","reason":[],"transactionData":7,"idTag":true}"#)
        )
        #expect(request.transactionId == nil && request.meterStop == nil && request.timestamp == nil)
        #expect(request.reason == nil && request.transactionData.isEmpty && request.idTag == "true")
        for payload in [nil, try node("null"), try node("{}"), try node("[]"), try node("7")] {
            #expect(StopTransactionRequest(payload).transactionId == nil)
            #expect(MeterValuesRequest(payload).meterValues.isEmpty)
        }
        #expect(StopTransactionRequest(try node("null")).repairs == ["nullAsObject"])
        #expect(StopTransactionRequest(nil).repairs == [])
    }

    @Test func largeIdsAndRegistersStayExact() throws {
        let request = StopTransactionRequest(
            try node(#"{"transactionId":9223372036854775807,"meterStop":4294967297}"#))
        #expect(request.transactionId == .max && request.meterStop == ExactDecimal(4_294_967_297))
        let negative = StopTransactionRequest(try node(#"{"transactionId":-1,"meterStop":"  0020000.0 "}"#))
        #expect(negative.transactionId == -1 && negative.meterStop == ExactDecimal(20_000))
    }

    @Test func tagsLoseWhatACardReaderLeftAtTheirEnds() throws {
        let request = AuthorizeRequest(try node(#"{"idTag":"04A1B2C3D4E5F60718\u0000\r\n"}"#))
        #expect(request.idTag == "04A1B2C3D4E5F60718" && request.repairs == ["idTagTrimmed"])
        #expect(AuthorizeRequest(try node(#"{"idTag":""}"#)).idTag == "")
    }

    @Test func unknownValuesAreKept() throws {
        let request = StatusNotificationRequest(try node(#"{"connectorId":0,"status":"Occupied","errorCode":"Error"}"#))
        #expect(
            request.status == .other("Occupied") && request.status?.known == nil && request.status?.text == "Occupied")
        #expect(request.errorCode?.text == "Error")
        let known = StatusNotificationRequest(try node(#"{"status":"SuspendedEVSE"}"#))
        #expect(known.status == .known(.suspendedEVSE) && known.status?.text == "SuspendedEVSE")
        #expect(text(request) == #"{"connectorId":0,"errorCode":"Error","status":"Occupied"}"#)
    }

    @Test func oneBadSampleLeavesTheOthers() throws {
        let request = MeterValuesRequest(
            try node(
                #"""
                {"connectorId":1,"transactionId":7,"meterValue":[
                  {"timestamp":"nonsense","sampledValue":[{"value":" 0.0"},{"unit":"W"},7,{"value":null},
                    {"value":21.40,"measurand":"Current.Import","unit":"A","phase":"L1","context":"CurrentMax"}]},
                  "x",
                  {"timestamp":"2026-03-14T08:05:09Z","sampledValue":{"value":"5","format":"SignedData","location":"EV"}}]}
                """#))
        #expect(request.meterValues.count == 2)
        let first = request.meterValues[0]
        #expect(first.timestamp == nil && first.samples.map { $0.value } == [" 0.0", "21.40"])
        #expect(first.samples[0].number == ExactDecimal(0) && first.samples[0].measurand == nil)
        #expect(first.samples[1].number == ExactDecimal("21.4") && first.samples[1].phase == .known(.l1))
        #expect(first.samples[1].context == .other("CurrentMax") && first.samples[1].unit == "A")
        #expect(request.meterValues[1].samples.first?.location == .known(.ev))
        #expect(
            Set(request.repairs) == [
                "sampleDropped", "numberAsText", "nullAsAbsent", "meterValueDropped", "objectForArray",
                "arrivalForTime", "numberTrimmed", "unknownValueKept",
            ])
    }

    @Test func oneObjectStandsForAnArray() throws {
        let request = MeterValuesRequest(
            try node(
                #"{"connectorId":1,"meterValue":{"timestamp":"2026-03-14T08:05:09Z","sampledValue":[{"value":"1"}]}}"#))
        #expect(request.meterValues.first?.samples.first?.value == "1")
        #expect(request.repairs == ["objectForArray"])
    }

    @Test func valuesThatAreNoNumbersKeepTheirText() throws {
        let request = MeterValuesRequest(
            try node(
                #"{"meterValue":[{"sampledValue":[{"value":""},{"value":"null"},{"value":"1,5"},{"value":"0A1F"}]}]}"#))
        #expect(request.meterValues[0].samples.map { $0.value } == ["", "null", "1,5", "0A1F"])
        #expect(request.meterValues[0].samples.allSatisfy { $0.number == nil })
    }

    @Test func answersAreRead() throws {
        let start = StartTransactionResponse(
            try node(
                #"{"idTagInfo":{"status":"ConcurrentTx","expiryDate":"2027-01-01T00:00:00","parentIdTag":"F"},"transactionId":5}"#
            ))
        #expect(start.transactionId == 5 && start.idTagInfo?.status == .known(.concurrentTx))
        #expect(start.idTagInfo?.parentIdTag == "F" && start.repairs == ["missingZone"])
        #expect(StartTransactionResponse(try node(#"{"transactionId":5}"#)).idTagInfo == nil)
        let boot = BootNotificationResponse(try node(#"{"status":"Accepted","heartbeatInterval":"300"}"#))
        #expect(boot.interval == 300 && boot.repairs == ["textAsNumber", "heartbeatIntervalForInterval"])
        #expect(ResetResponse(try node(#"{"status":"accepted"}"#)).status == .other("accepted"))
        let configuration = GetConfigurationResponse(
            try node(#"{"configurationKey":[{"key":"A","readonly":"true","value":5},{"value":"x"}],"unknownKey":"B"}"#))
        #expect(configuration.configurationKeys.map { $0.key } == ["A"])
        #expect(
            configuration.configurationKeys[0].isReadOnly == true && configuration.configurationKeys[0].value == "5")
        #expect(configuration.unknownKeys == ["B"])
        #expect(configuration.repairs == ["textAsBoolean", "numberAsText", "configurationKeyDropped", "textForArray"])
        #expect(DataTransferRequest(try node(#"{"vendorId":"v","data":{"a": 1}}"#)).data == #"{"a": 1}"#)
    }

    /// The fixtures show every field; what is read from one and written again must say the same.
    @Test func everyCorePayloadIsReadAndWrittenWhole() throws {
        let payloads: [(String, any Payload.Type, any Payload.Type)] = [
            ("Authorize", AuthorizeRequest.self, AuthorizeResponse.self),
            ("BootNotification", BootNotificationRequest.self, BootNotificationResponse.self),
            ("ChangeAvailability", ChangeAvailabilityRequest.self, ChangeAvailabilityResponse.self),
            ("ChangeConfiguration", ChangeConfigurationRequest.self, ChangeConfigurationResponse.self),
            ("ClearCache", ClearCacheRequest.self, ClearCacheResponse.self),
            ("DataTransfer", DataTransferRequest.self, DataTransferResponse.self),
            ("GetConfiguration", GetConfigurationRequest.self, GetConfigurationResponse.self),
            ("Heartbeat", HeartbeatRequest.self, HeartbeatResponse.self),
            ("MeterValues", MeterValuesRequest.self, MeterValuesResponse.self),
            ("RemoteStartTransaction", RemoteStartTransactionRequest.self, RemoteStartTransactionResponse.self),
            ("RemoteStopTransaction", RemoteStopTransactionRequest.self, RemoteStopTransactionResponse.self),
            ("Reset", ResetRequest.self, ResetResponse.self),
            ("StartTransaction", StartTransactionRequest.self, StartTransactionResponse.self),
            ("StatusNotification", StatusNotificationRequest.self, StatusNotificationResponse.self),
            ("StopTransaction", StopTransactionRequest.self, StopTransactionResponse.self),
            ("UnlockConnector", UnlockConnectorRequest.self, UnlockConnectorResponse.self),
        ]
        #expect(payloads.map { $0.0 } == Actions.all.filter { $0.profile == .core }.map { $0.name })
        for (action, request, response) in payloads {
            for (kind, type) in [("request", request), ("response", response)] {
                let fixture = try Fixtures.json("\(action)/\(kind)-valid.json")
                let payload = type.init(fixture)
                #expect(payload.repairs == [], "\(action) \(kind)")
                let written = try JSONTree(parsing: payload.payload).root
                #expect(normal(JSONValue(written)) == normal(JSONValue(fixture)), "\(action) \(kind)")
            }
        }
    }

    /// Members by name, times with milliseconds.
    private func normal(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(members.map { ($0.name, normal($0.value)) }.sorted { $0.name < $1.name })
        case .array(let elements): .array(elements.map { normal($0) })
        case .string(let text): .string(Timestamp(rfc3339: text)?.description ?? text)
        case .null, .boolean, .number: value
        }
    }

    @Test func whatIsBuiltHereIsValid() throws {
        let time = try #require(Timestamp(rfc3339: "2026-03-14T08:05:09Z"))
        let sample = SampledValue(
            ExactDecimal("21.4")!, .currentImport, unit: "A", phase: .l1, context: .transactionEnd, location: .outlet)
        let values = [MeterValue(timestamp: time, samples: [sample, SampledValue(ExactDecimal(5))])]
        func check(_ payload: some Payload, _ shape: ObjectShape) throws {
            let violations = Validator.violations(ofPayload: try JSONTree(parsing: payload.payload).root, shape: shape)
            #expect(violations == [], "\(type(of: payload))")
        }
        let info = IdTagInfo(.accepted, expiryDate: time, parentIdTag: "F")
        try check(AuthorizeRequest(idTag: "A"), ActionDefinition.authorize.request)
        try check(AuthorizeResponse(idTagInfo: info), ActionDefinition.authorize.response)
        try check(
            BootNotificationRequest(chargePointVendor: "V", chargePointModel: "M"),
            ActionDefinition.bootNotification.request)
        try check(
            BootNotificationResponse(status: .pending, currentTime: time, interval: 60),
            ActionDefinition.bootNotification.response)
        try check(GetConfigurationRequest(), ActionDefinition.getConfiguration.request)
        try check(
            GetConfigurationResponse(
                configurationKeys: [KeyValue(key: "A", isReadOnly: true, value: nil)], unknownKeys: ["B"]),
            ActionDefinition.getConfiguration.response)
        try check(HeartbeatRequest(), ActionDefinition.heartbeat.request)
        try check(HeartbeatResponse(currentTime: time), ActionDefinition.heartbeat.response)
        try check(MeterValuesRequest(connectorId: 1, meterValues: values), ActionDefinition.meterValues.request)
        try check(RemoteStartTransactionRequest(idTag: "A"), ActionDefinition.remoteStartTransaction.request)
        try check(
            StartTransactionRequest(connectorId: 1, idTag: "A", meterStart: 5, timestamp: time),
            ActionDefinition.startTransaction.request)
        try check(
            StartTransactionResponse(idTagInfo: info, transactionId: 1), ActionDefinition.startTransaction.response)
        try check(
            StatusNotificationRequest(connectorId: 1, status: .available), ActionDefinition.statusNotification.request)
        try check(
            StopTransactionRequest(
                transactionId: 1, meterStop: 5, timestamp: time, reason: .local, transactionData: values),
            ActionDefinition.stopTransaction.request)
        try check(StopTransactionResponse(), ActionDefinition.stopTransaction.response)
        try check(UnlockConnectorResponse(status: .notSupported), ActionDefinition.unlockConnector.response)
    }
}
