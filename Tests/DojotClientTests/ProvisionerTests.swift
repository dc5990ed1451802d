import DojotClient
import OCPPKit
import Testing

/// Runs a provisioning and gathers what it reports.
func provision(
    _ session: DojotSession, _ chargePoints: [ProvisionedChargePoint], connectors: Int = 2, dryRun: Bool = false
) async throws -> (results: [ProvisionResult], map: DeviceMap) {
    var results: [ProvisionResult] = []
    let map = try await Provisioner(session: session, dryRun: dryRun).provision(
        TemplateModel(label: "Charge point", connectors: connectors), chargePoints
    ) { results.append($0) }
    return (results, map)
}

func chargePoints(_ ids: String...) -> [ProvisionedChargePoint] {
    ids.map { ProvisionedChargePoint(chargePointID: $0) }
}

/// The attribute of that label in a template or device of the stand-in.
func attribute(_ label: String, of node: JSONNode) -> JSONNode? {
    let lists = node["attrs"].map { attrs in attrs.isArray ? [attrs] : attrs.members.map(\.value) } ?? []
    return lists.flatMap { $0.elements.map { $0 } }.first { $0["label"]?.text == label }
}

struct ProvisionerTests {
    @Test func secondRunFindsEverythingUnchanged() async throws {
        let session = try StandIn("--user", "ana:pw:belem").session(user: "ana", password: "pw")
        let wanted = [
            ProvisionedChargePoint(chargePointID: "CP001", location: "-1.45,-48.49"),
            ProvisionedChargePoint(chargePointID: "Estação Belém / 1"),
        ]
        let first = try await provision(session, wanted)
        #expect(first.results.map(\.result) == [.created, .created, .created])
        #expect(first.results.map(\.kind) == [.template, .device, .device])
        #expect(first.results.map(\.label) == ["Charge point", "CP001", "Estação Belém / 1"])
        let second = try await provision(session, wanted)
        #expect(second.results.map(\.result) == [.unchanged, .unchanged, .unchanged])
        #expect(second.results.map(\.id) == first.results.map(\.id))
        #expect(second.map == first.map)
        #expect(first.map.tenant == "belem")
        #expect(first.map.devices == ["CP001": first.results[1].id, "Estação Belém / 1": first.results[2].id])

        let device = try await session.send("GET", "/device/\(first.map.devices["CP001"] ?? "")")
        #expect(attribute("ocppId", of: device.root)?["static_value"]?.text == "CP001")
        #expect(attribute("location", of: device.root)?["static_value"]?.text == "-1.45,-48.49")
        let unit = try #require(attribute("c2_current_L1", of: device.root)?["metadata"]?.elements.map { $0 }.first)
        #expect(unit["static_value"]?.text == "A")
    }

    /// The N-th creation is stored and answered with 500: the template's, or the first device's.
    @Test(arguments: [1, 2])
    func failureAfterTheRowIsMadeMakesNoSecondRow(failing: Int) async throws {
        let dojot = try StandIn("--fail-after-create", String(failing))
        let session = dojot.session()
        let first = try await provision(session, chargePoints("CP1", "CP2"))
        #expect(first.results.map(\.result) == [.created, .created, .created])
        #expect(first.results[failing - 1].message?.contains("500 Internal Error") == true)
        let second = try await provision(session, chargePoints("CP1", "CP2"))
        #expect(second.results.map(\.result) == [.unchanged, .unchanged, .unchanged])
        #expect(second.map == first.map)
        let devices = try await session.send("GET", "/device?idsOnly=true")
        #expect(devices.root.elements.map { $0 }.count == 2)
        let templates = try await session.send("GET", "/template")
        #expect(templates.root["templates"]?.elements.map { $0 }.count == 1)
    }

    @Test func deadMessageBusIsNoReasonToRepeatAnUpdate() async throws {
        let dojot = try StandIn()
        let session = dojot.session()
        _ = try await provision(session, chargePoints("CP1"), connectors: 1)
        try await dojot.control("bus", "{\"down\":true}")
        let moved = [ProvisionedChargePoint(chargePointID: "CP1", location: "0,0")]
        let second = try await provision(session, moved, connectors: 2)
        #expect(second.results.map(\.result) == [.updated, .updated])
        #expect(second.results.allSatisfy { $0.message?.contains("500") == true })
        let third = try await provision(session, moved, connectors: 2)
        #expect(third.results.map(\.result) == [.unchanged, .unchanged])
    }

    @Test func moreConnectorsKeepWhatIsThere() async throws {
        let session = try StandIn().session()
        let here = [ProvisionedChargePoint(chargePointID: "CP1", location: "1,2")]
        let first = try await provision(session, here, connectors: 2)
        try await addOwnAttribute(to: session)
        let third = try await provision(session, here, connectors: 3)
        #expect(third.results.map(\.result) == [.updated, .unchanged])

        let template = try await session.send("GET", "/template/1").root
        #expect(attribute("contract", of: template)?["static_value"]?.text == "none")
        #expect(attribute("c3_power_W", of: template) != nil)
        let device = try await session.send("GET", "/device/\(first.map.devices["CP1"] ?? "")").root
        #expect(attribute("location", of: device)?["static_value"]?.text == "1,2")
        #expect(attribute("ocppId", of: device)?["is_static_overridden"]?.boolean == true)
        // Fewer connectors than the template has by now take nothing away.
        #expect(try await provision(session, here, connectors: 1).results.map(\.result) == [.unchanged, .unchanged])
    }

    @Test func updateOfADeviceKeepsOverridesOfOthers() async throws {
        let session = try StandIn().session()
        let first = try await provision(session, chargePoints("CP1"))
        try await addOwnAttribute(to: session)
        let id = try #require(first.map.devices["CP1"])
        let template = try await session.send("GET", "/template/1").root
        let contract = try #require(attribute("contract", of: template)?["id"]?.integer)
        let current = try #require(attribute("current", of: template))
        let unit = try #require(current["metadata"]?.elements.map { $0 }.first?["id"]?.integer)
        let ocppID = try #require(attribute("ocppId", of: template)?["id"]?.integer)
        let overrides = """
            {"label":"CP1","templates":[1],"attrs":[
            {"template_id":1,"id":\(ocppID),"label":"ocppId","static_value":"CP1"},
            {"template_id":1,"id":\(contract),"label":"contract","static_value":"C-42"},
            {"template_id":1,"id":\(current["id"]?.integer ?? 0),"label":"current",
             "metadata":[{"id":\(unit),"label":"unit","static_value":"mA"}]}]}
            """
        _ = try await session.send("PUT", "/device/\(id)", body: JSONValue(JSONTree(parsing: overrides).root))

        let moved = [ProvisionedChargePoint(chargePointID: "CP1", location: "1,2")]
        #expect(try await provision(session, moved).results.map(\.result) == [.unchanged, .updated])
        let device = try await session.send("GET", "/device/\(id)").root
        #expect(attribute("location", of: device)?["static_value"]?.text == "1,2")
        #expect(attribute("ocppId", of: device)?["static_value"]?.text == "CP1")
        #expect(attribute("contract", of: device)?["static_value"]?.text == "C-42")
        let kept = attribute("current", of: device)?["metadata"]?.elements.map { $0 }.first
        #expect(kept?["static_value"]?.text == "mA")
    }

    @Test func deviceOfAnotherTemplateGetsOursToo() async throws {
        let session = try StandIn().session()
        let template = try JSONTree(parsing: #"{"label":"Other","attrs":[]}"#)
        _ = try await session.send("POST", "/template", body: JSONValue(template.root))
        let device = try JSONTree(parsing: #"{"label":"CP1","templates":[1]}"#)
        _ = try await session.send("POST", "/device", body: JSONValue(device.root))
        #expect(try await provision(session, chargePoints("CP1")).results.map(\.result) == [.created, .updated])
        let changed = try await session.send("GET", "/device?label=CP1").root["devices"]?.elements.map { $0 }.first
        #expect(changed?["templates"]?.elements.compactMap(\.integer) == [1, 2])
        #expect(try await provision(session, chargePoints("CP1")).results.map(\.result) == [.unchanged, .unchanged])
    }

    private func addOwnAttribute(to session: DojotSession) async throws {
        let template = try await session.send("GET", "/template/1?attr_format=single").root
        var attributes = template["attrs"]?.elements.map { JSONValue($0) } ?? []
        attributes.append(
            .object([
                ("label", .string("contract")), ("type", .string("static")), ("value_type", .string("string")),
                ("static_value", .string("none")),
            ]))
        _ = try await session.send(
            "PUT", "/template/1", body: .object([("label", .string("Charge point")), ("attrs", .array(attributes))]))
    }
}
