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
        var metadata: [Metadata] = []

        struct Metadata: Equatable {
            let id: Int64
            let label: String
            /// `nil` where it is not overridden.
            let value: String?

            var body: JSONValue {
                var body = JSONValue.object([("id", .integer(id)), ("label", .string(label))])
                if let value { body["static_value"] = .string(value) }
                return body
            }
        }

        var body: JSONValue {
            var body = JSONValue.object([
                ("template_id", .integer(templateID)), ("id", .integer(attributeID)), ("label", .string(label)),
            ])
            if let value { body["static_value"] = .string(value) }
            if !metadata.isEmpty { body["metadata"] = .array(metadata.map(\.body)) }
            return body
        }
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
        guard let id = node["id"]?.text, let label = node["label"]?.text,
            let templates = allOf(node["templates"], { $0.integer }), let attrs = node["attrs"], attrs.isObject
        else { return nil }
        self.id = id
        self.label = label
        self.templates = templates
        for (key, rows) in attrs.members {
            guard let templateID = key.text.flatMap({ Int64($0) }),
                let attributes = allOf(rows, { Override(of: $0, templateID: templateID) })
            else { return nil }
            overrides += attributes.filter { $0.value != nil || !$0.metadata.isEmpty }
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
    func adopting(
        _ chargePoint: ProvisionedChargePoint, _ template: RemoteTemplate, _ labels: AttributeLabels
    ) throws(DojotFailure) -> RemoteDevice {
        var device = self
        if !templates.contains(template.id) { device.templates.append(template.id) }
        for (fixed, value) in chargePoint.fixedValues {
            guard let name = labels.name(of: fixed.label) else { continue }
            guard let attributeID = template.id(of: fixed, named: name) else {
                throw .unexpectedAnswer("template \(template.label) came without its attribute \(name)")
            }
            if let index = overrides.firstIndex(where: { $0.attributeID == attributeID }) {
                device.overrides[index].value = value
            } else {
                device.overrides.append(
                    Override(templateID: template.id, attributeID: attributeID, label: name, value: value))
            }
        }
        return device
    }
}

extension RemoteDevice.Override {
    /// What a device sets of this attribute, which may be nothing; `nil` where it cannot be read.
    fileprivate init?(of attribute: JSONNode, templateID: Int64) {
        guard let attributeID = attribute["id"]?.integer, let label = attribute["label"]?.text,
            let metadata = allOf(attribute["metadata"], { Metadata($0) })
        else { return nil }
        self.init(templateID: templateID, attributeID: attributeID, label: label, value: overriddenValue(of: attribute))
        self.metadata = metadata.filter { $0.value != nil }
    }
}

extension RemoteDevice.Override.Metadata {
    fileprivate init?(_ node: JSONNode) {
        guard let id = node["id"]?.integer, let label = node["label"]?.text else { return nil }
        self.init(id: id, label: label, value: overriddenValue(of: node))
    }
}

private func overriddenValue(of attribute: JSONNode) -> String? {
    attribute["is_static_overridden"]?.boolean == true ? attribute["static_value"]?.text : nil
}
