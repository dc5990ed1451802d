import OCPPKit

/// A device as DOJOT keeps it, as far as an update must give it back: what an update leaves out is lost.
struct RemoteDevice: Equatable {
    /// An attribute whose static value, or whose metadata's, the device sets in place of the template's.
    struct Override: Equatable {
        let templateID: Int64
        let attributeID: Int64
        let label: String
        /// `nil` where only metadata is overridden.
        var value: String?
        var metadata: [(id: Int64, label: String, value: String)] = []

        var body: JSONValue {
            var body = JSONValue.object([
                ("template_id", .integer(templateID)), ("id", .integer(attributeID)), ("label", .string(label)),
            ])
            if let value { body["static_value"] = .string(value) }
            if !metadata.isEmpty {
                body["metadata"] = .array(
                    metadata.map {
                        .object([("id", .integer($0.id)), ("label", .string($0.label)), ("static_value", .string($0.value))])
                    })
            }
            return body
        }

        static func == (left: Override, right: Override) -> Bool { left.body == right.body }
    }

    /// Empty while DOJOT does not keep it yet.
    var id = ""
    let label: String
    var templates: [Int64] = []
    var overrides: [Override] = []

    init(label: String) {
        self.label = label
    }

    init?(_ node: JSONNode) {
        guard let id = node["id"]?.text, let label = node["label"]?.text, let attrs = node["attrs"], attrs.isObject
        else { return nil }
        self.id = id
        self.label = label
        templates = node["templates"]?.elements.compactMap(\.integer) ?? []
        for (key, rows) in attrs.members {
            guard let templateID = key.text.flatMap({ Int64($0) }) else { return nil }
            overrides += rows.elements.compactMap { Override(of: $0, templateID: templateID) }
        }
    }

    /// What is kept after an update, or a creation.
    var body: JSONValue {
        .object([
            ("label", .string(label)), ("templates", .array(templates.map { .integer($0) })),
            ("attrs", .array(overrides.map(\.body))),
        ])
    }

    /// This device with a charge point's template and fixed values, and all else as it is.
    ///
    /// - Throws: `unexpectedAnswer` where the template lacks an attribute that the charge point needs.
    func adopting(_ chargePoint: ProvisionedChargePoint, _ template: RemoteTemplate) throws(DojotFailure) -> RemoteDevice {
        var device = self
        if !templates.contains(template.id) { device.templates.append(template.id) }
        for (fixed, value) in chargePoint.fixedValues {
            guard let attributeID = template.id(of: fixed) else {
                throw .unexpectedAnswer("template \(template.label) came without its attribute \(fixed.label)")
            }
            if let index = overrides.firstIndex(where: { $0.attributeID == attributeID }) {
                device.overrides[index].value = value
            } else {
                device.overrides.append(
                    Override(templateID: template.id, attributeID: attributeID, label: fixed.label, value: value))
            }
        }
        return device
    }
}

extension RemoteDevice.Override {
    /// `nil` where an attribute of a device overrides nothing.
    fileprivate init?(of attribute: JSONNode, templateID: Int64) {
        guard let attributeID = attribute["id"]?.integer, let label = attribute["label"]?.text else { return nil }
        self.templateID = templateID
        self.attributeID = attributeID
        self.label = label
        value = overriddenValue(of: attribute)
        for meta in attribute["metadata"]?.elements.map({ $0 }) ?? [] {
            if let id = meta["id"]?.integer, let label = meta["label"]?.text, let value = overriddenValue(of: meta) {
                metadata.append((id, label, value))
            }
        }
        if value == nil && metadata.isEmpty { return nil }
    }
}

private func overriddenValue(of attribute: JSONNode) -> String? {
    attribute["is_static_overridden"]?.boolean == true ? attribute["static_value"]?.text : nil
}
