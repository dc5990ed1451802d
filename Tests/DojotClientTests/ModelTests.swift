import OCPPKit
import Testing

@testable import DojotClient

struct ModelTests {
    @Test func labelsAreWhatDojotAccepts() {
        let labels = TemplateModel(label: "T", connectors: 4).attributes.map(\.label)
        #expect(Set(labels).count == labels.count)
        #expect(!labels.contains("timestamp"))
        for label in labels {
            #expect(label.wholeMatch(of: /[a-zA-Z0-9_-]{1,128}/) != nil, "\(label)")
        }
    }

    @Test func publishedLabelsFollowTheConnectors() {
        let one = TemplateModel.publishedLabels(connectors: 1)
        #expect(one.contains("c1_current_L1"))
        #expect(one.contains("firmwareVersion"))
        #expect(!one.contains("c2_status"))
        #expect(!one.contains("ocppId"))
        #expect(!one.contains("remoteStart"))
        let two = TemplateModel.publishedLabels(connectors: 2)
        #expect(Set(two).subtracting(one) == Set(ConnectorAttribute.allCases.map { $0.label(connector: 2) }))
        #expect(Set(one).isSubset(of: two))
    }

    @Test(arguments: [
        ("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("w7_Dvz4", "ÿÿ>"),
    ])
    func base64URL(text: String, expected: String) {
        #expect(decodeBase64URL(text.utf8) == Array(expected.utf8))
    }

    @Test(arguments: ["Z", "Zm9vY", "Zm+v", "Zm9v\n"])
    func noBase64URL(text: String) {
        #expect(decodeBase64URL(text.utf8) == nil)
    }

    @Test(arguments: ["", "a.b", "a.b.c", "e30.e30.e30", "x.eyJzZXJ2aWNlIjoiYSJ9.y"])
    func noToken(text: String) {
        #expect(DojotToken(text, received: Timestamp(seconds: 0)) == nil)
    }

    @Test func queriesArePercentEncoded() {
        #expect(percentEncoded("CP_1 50%/é&\n") == "CP_1%2050%25%2F%C3%A9%26%0A")
    }

    @Test func deviceMapIsReadAsWritten() throws {
        let directory = try TemporaryDirectory()
        let map = DeviceMap(tenant: "admin", devices: ["CP2": "27dbd", "CP1": "ffd6c7"])
        #expect(map.bytes == Array("{\"tenant\":\"admin\",\"devices\":{\"CP1\":\"ffd6c7\",\"CP2\":\"27dbd\"}}\n".utf8))
        try map.write(toFile: directory.path + "/map.json")
        #expect(try DeviceMap(readingFile: directory.path + "/map.json") == map)
        #expect(DeviceMap(parsing: Array("{\"tenant\":\"admin\",\"devices\":{\"CP1\":1}}".utf8)) == nil)
        #expect(throws: DojotFailure.file(path: directory.path + "/none", reason: "No such file or directory")) {
            try DeviceMap(readingFile: directory.path + "/none")
        }
    }

    @Test func resultIsARecord() {
        let result = ProvisionResult(kind: .device, label: "CP1", id: "ffd6c7", result: .created)
        let line = #"{"record":"provision","kind":"device","label":"CP1","id":"ffd6c7","result":"created"}"#
        #expect(String(decoding: result.record.bytes, as: UTF8.self) == line)
    }
}
