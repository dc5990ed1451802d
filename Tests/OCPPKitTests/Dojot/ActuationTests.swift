import OCPPKit
import Testing

@Suite("What DOJOT's users ask for")
struct ActuationTests {
    private func read(_ message: String) -> [Actuation] { Actuation.read(Array(message.utf8)) }

    /// Message, action, payload.
    private static let sound: [(String, String, String)] = [
        (
            #"{"remoteStart":{"idTag":"A1","connectorId":2}}"#, "RemoteStartTransaction",
            #"{"idTag":"A1","connectorId":2}"#
        ),
        (
            #"{"remoteStart":"{\"idTag\":\"A1\",\"connectorId\":\"2\"}"}"#, "RemoteStartTransaction",
            #"{"idTag":"A1","connectorId":2}"#
        ),
        (#"{"remoteStart":"A1"}"#, "RemoteStartTransaction", #"{"idTag":"A1"}"#),
        (#"{"remoteStop":"42"}"#, "RemoteStopTransaction", #"{"transactionId":42}"#),
        (#"{"remoteStop":42}"#, "RemoteStopTransaction", #"{"transactionId":42}"#),
        (#"{"reset":" Soft "}"#, "Reset", #"{"type":"Soft"}"#),
        (#"{"reset":{"type":"Hard"}}"#, "Reset", #"{"type":"Hard"}"#),
        (#"{"unlockConnector":"1"}"#, "UnlockConnector", #"{"connectorId":1}"#),
        (#"{"changeAvailability":"Inoperative"}"#, "ChangeAvailability", #"{"connectorId":0,"type":"Inoperative"}"#),
        (
            #"{"changeConfiguration":"HeartbeatInterval=300"}"#, "ChangeConfiguration",
            #"{"key":"HeartbeatInterval","value":"300"}"#
        ),
        (
            #"{"changeConfiguration":{"key":"MeterValueSampleInterval","value":60}}"#, "ChangeConfiguration",
            #"{"key":"MeterValueSampleInterval","value":"60"}"#
        ),
        (#"{"clearCache":""}"#, "ClearCache", "{}"),
        (#"{"clearCache":true}"#, "ClearCache", "{}"),
        (#"{"clearCache":{}}"#, "ClearCache", "{}"),
        (#"{"triggerMessage":"MeterValues"}"#, "TriggerMessage", #"{"requestedMessage":"MeterValues"}"#),
        (
            #"{"dataTransfer":{"vendorId":"com.example","data":"{\"a\":1}"}}"#, "DataTransfer",
            #"{"vendorId":"com.example","data":"{\"a\":1}"}"#
        ),
    ]

    @Test("is text or an object", arguments: sound)
    func reads(message: String, action: String, payload: String) throws {
        let found = read(message)
        try #require(found.count == 1)
        #expect(found[0].action == action)
        #expect(String(decoding: try found[0].payload.get(), as: UTF8.self) == payload)
    }

    @Test("every actuator of the template has its action")
    func everyActuator() {
        for actuator in Actuator.allCases {
            let found = read(#"{"\#(actuator.label)":"x=1"}"#)
            #expect(found.map(\.action) == [actuator.action])
            #expect(Actions.named(actuator.action) != nil)
        }
    }

    @Test(
        "DOJOT's own events, other actuators and what is no object ask for nothing",
        arguments: [
            #"{"1":[{"id":5,"label":"remoteStart","type":"actuator"}]}"#, #"{"light":"on"}"#, "[]", "7", "", "{",
            #"{"remoteStart":null,"clearCache":false}"#, #"{"Reset":"Soft"}"#,
        ])
    func nothing(message: String) {
        #expect(read(message).isEmpty)
    }

    /// Message, what its problem says.
    private static let unsound: [(String, String)] = [
        (#"{"remoteStart":{"connectorId":1}}"#, "idTag"),
        (#"{"remoteStart":"a tag that is far too long for OCPP"}"#, "idTag"),
        (#"{"remoteStop":"all"}"#, "transactionId"),
        (#"{"reset":"soft"}"#, "did you mean Soft"),
        (#"{"reset":["Soft"]}"#, "an array"),
        (#"{"reset":"{\"type\":"}"#, "end"),
        (#"{"reset":{"kind":"Soft"}}"#, "not a field of Reset"),
        (#"{"changeConfiguration":"HeartbeatInterval"}"#, "value"),
        (#"{"unlockConnector":"one"}"#, "connectorId"),
        (#"{"remoteStart":" "}"#, "an empty text"),
    ]

    @Test("what cannot be sent says why", arguments: unsound)
    func problems(message: String, part: String) throws {
        let found = read(message)
        try #require(found.count == 1)
        guard case .failure(let problem) = found[0].payload else {
            Issue.record("it was taken: \(found[0])")
            return
        }
        #expect(problem.text.contains(part))
    }

    @Test("several at once keep their order")
    func several() {
        #expect(read(#"{"reset":"Soft","1":[],"clearCache":""}"#).map(\.action) == ["Reset", "ClearCache"])
    }
}

@Suite("Names on DOJOT's broker")
struct DojotNamesTests {
    @Test("v0.5 and v0.4")
    func names() {
        let (new, old) = (DojotMQTTVersion.v05, DojotMQTTVersion.v04)
        #expect(new.attributesTopic(tenant: "admin", device: "ffd6c7") == "admin:ffd6c7/attrs")
        #expect(new.configurationTopic(tenant: "admin", device: "ffd6c7") == "admin:ffd6c7/config")
        #expect(new.userName(tenant: "admin", device: "ffd6c7") == "admin:ffd6c7")
        #expect(old.attributesTopic(tenant: "admin", device: "ffd6c7") == "/admin/ffd6c7/attrs")
        #expect(old.configurationTopic(tenant: "admin", device: "ffd6c7") == "/admin/ffd6c7/config")
        #expect(old.userName(tenant: "admin", device: "ffd6c7") == nil)
        #expect(old.identity(tenant: "admin", device: "ffd6c7") == "admin:ffd6c7")
    }

    @Test("a topic tells its device", arguments: DojotMQTTVersion.allCases)
    func device(version: DojotMQTTVersion) {
        let topic = version.attributesTopic(tenant: "admin", device: "ffd6c7")
        #expect(version.device(ofAttributesTopic: topic, tenant: "admin") == "ffd6c7")
        #expect(version.device(ofAttributesTopic: topic, tenant: "other") == nil)
        #expect(version.device(ofAttributesTopic: "admin:/attrs", tenant: "admin") == nil)
        #expect(version.device(ofAttributesTopic: "x", tenant: "admin") == nil)
    }
}
