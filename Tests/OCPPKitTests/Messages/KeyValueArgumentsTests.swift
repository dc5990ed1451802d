import Testing

@testable import OCPPKit

@Suite("key=value arguments")
struct KeyValueArgumentsTests {
    private func text(_ action: ActionDefinition, _ arguments: String..., checked: Bool = true) throws -> String {
        String(decoding: try KeyValueArguments.payload(arguments, for: action, checked: checked).bytes, as: UTF8.self)
    }

    private func failure(_ action: ActionDefinition, _ arguments: String...) -> String {
        do {
            return try "no error: \(KeyValueArguments.payload(arguments, for: action))"
        } catch {
            return "\(error.code.rawValue) | \(error)"
        }
    }

    @Test func typesFollowTheTable() throws {
        #expect(try text(.reset, "type=Soft") == #"{"type":"Soft"}"#)
        #expect(
            try text(.changeConfiguration, "key=HeartbeatInterval", "value=300")
                == #"{"key":"HeartbeatInterval","value":"300"}"#)
        #expect(try text(.unlockConnector, "connectorId=2") == #"{"connectorId":2}"#)
        #expect(try text(.clearCache) == "{}")
        #expect(try text(.dataTransfer, "vendorId=x", "data=a=b") == #"{"vendorId":"x","data":"a=b"}"#)
        #expect(try text(.dataTransfer, "vendorId=x", #"data={"a":1}"#) == #"{"vendorId":"x","data":"{\"a\":1}"}"#)
        #expect(try text(.changeConfiguration, "key=k", "value=") == #"{"key":"k","value":""}"#)
    }

    @Test func pathsNest() throws {
        #expect(
            try text(
                .setChargingProfile, "connectorId=1", "csChargingProfiles.stackLevel=0",
                "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].startPeriod=0",
                "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit=16.0",
                "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[1].startPeriod=3600")
                == #"{"connectorId":1,"csChargingProfiles":{"stackLevel":0,"chargingSchedule":"#
                + #"{"chargingSchedulePeriod":[{"startPeriod":0,"limit":16.0},{"startPeriod":3600}]}}}"#)
    }

    @Test func containersMayBeJSON() throws {
        #expect(
            try text(.remoteStartTransaction, "idTag=A", #"chargingProfile={"stackLevel": 0}"#)
                == #"{"idTag":"A","chargingProfile":{"stackLevel":0}}"#)
        #expect(
            try text(
                .remoteStartTransaction, #"chargingProfile={"stackLevel":0}"#, "chargingProfile.chargingProfileId=4")
                == #"{"chargingProfile":{"stackLevel":0,"chargingProfileId":4}}"#)
        #expect(try text(.getConfiguration, #"key=["a","b"]"#) == #"{"key":["a","b"]}"#)
    }

    @Test func arraysOfTextsTakeThemOneByOne() throws {
        #expect(try text(.getConfiguration, "key=a") == #"{"key":["a"]}"#)
        #expect(try text(.getConfiguration, "key=a", "key=b") == #"{"key":["a","b"]}"#)
        #expect(try text(.getConfiguration, "key[0]=a", "key[1]=b") == #"{"key":["a","b"]}"#)
    }

    @Test func errorsNameTheFieldAndWhatIsAllowed() {
        #expect(failure(.reset, "type=soft") == #"notAllowed | type: "soft" is none of Hard, Soft; did you mean Soft?"#)
        #expect(
            failure(.remoteStartTransaction, "connectroId=1")
                == "unknownField | connectroId: not a field of RemoteStartTransaction; the fields are connectorId, idTag, "
                + "chargingProfile; did you mean connectorId?")
        #expect(
            failure(.remoteStartTransaction, "chargingProfile.stacklevel=1").hasSuffix("did you mean stackLevel?"))
        #expect(failure(.clearCache, "a=1") == "unknownField | a: ClearCache has no fields")
        #expect(failure(.unlockConnector, "connectorId=one") == #"type | connectorId: "one", must be an integer"#)
        #expect(failure(.unlockConnector, "connectorId=1.0") == #"type | connectorId: "1.0", must be an integer"#)
        #expect(failure(.unlockConnector, "connectorId=007") == #"type | connectorId: "007", must be an integer"#)
        #expect(
            failure(.unlockConnector, "connectorId.a=1")
                == "type | connectorId.a: no field stands there: the value is an integer")
        #expect(
            failure(.unlockConnector, "connectorId[0]=1")
                == "type | connectorId[0]: no element stands there: the value is an integer")
        #expect(
            failure(.remoteStartTransaction, "chargingProfile=[]")
                == #"type | chargingProfile: "[]", must be an object"#)
        #expect(failure(.reset, "type=Soft", "type=Hard") == "conflict | type: given twice")
        #expect(
            failure(.getConfiguration, "key[1]=a") == "index | key[1]: elements come in order; the next one is [0]")
        for argument in ["type", "=x", "a..b=1", ".a=1", "a[=1", "a[x]=1", "a[-1]=1", "[0]=1", ""] {
            #expect(failure(.reset, argument).hasPrefix("form | "), "\(argument)")
        }
    }

    @Test func uncheckedTakesWhatTheActionDoesNotHave() throws {
        #expect(
            try text(.reset, "type=Warm", "delay=3", "note=now", "a.b[0]=true", checked: false)
                == #"{"type":"Warm","delay":3,"note":"now","a":{"b":[true]}}"#)
        #expect(try text(.unlockConnector, "connectorId=one", checked: false) == #"{"connectorId":"one"}"#)
        #expect(try text(.unlockConnector, "connectorId.x=1", checked: false) == #"{"connectorId":{"x":1}}"#)
    }
}
