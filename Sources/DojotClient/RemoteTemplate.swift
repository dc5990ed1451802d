import OCPPKit

/// An attribute as DOJOT keeps it.
struct RemoteAttribute: Equatable {
    /// `nil` while it is not kept yet.
    var id: Int64?
    var label: String
    var type: String
    var valueType: String
    var staticValue: String?
    var metadata: [RemoteAttribute] = []

    init(_ definition: AttributeDefinition) {
        label = definition.label
        type = definition.kind.rawValue
        valueType = definition.valueType.rawValue
        metadata = definition.unit.map { [RemoteAttribute(unit: $0)] } ?? []
    }

    private init(unit: String) {
        label = "unit"
        type = "meta"
        valueType = "string"
        staticValue = unit
    }

    init?(_ node: JSONNode) {
        guard let id = node["id"]?.integer, let label = node["label"]?.text, let type = node["type"]?.text,
            let valueType = node["value_type"]?.text
        else { return nil }
        self.id = id
        self.label = label
        self.type = type
        self.valueType = valueType
        staticValue = node["static_value"]?.text
        guard let metadata = allOf(node["metadata"], { RemoteAttribute($0) }) else { return nil }
        self.metadata = metadata
    }

    /// Only what DOJOT needs: ids and times in an update are at best ignored.
    var body: JSONValue {
        var body = JSONValue.object([
            ("label", .string(label)), ("type", .string(type)), ("value_type", .string(valueType)),
        ])
        if let staticValue { body["static_value"] = .string(staticValue) }
        if !metadata.isEmpty { body["metadata"] = .array(metadata.map(\.body)) }
        return body
    }

    /// DOJOT's identity of an attribute within its template.
    func isSame(as other: RemoteAttribute) -> Bool { label == other.label && type == other.type }

    /// Takes over the value type and unit of ours, and leaves everything else as it is.
    mutating func adopt(_ ours: RemoteAttribute) {
        valueType = ours.valueType
        for meta in ours.metadata {
            if let index = metadata.firstIndex(where: { $0.isSame(as: meta) }) {
                metadata[index].staticValue = meta.staticValue
            } else {
                metadata.append(meta)
            }
        }
    }
}

/// A template as DOJOT keeps it.
struct RemoteTemplate: Equatable {
    let id: Int64
    let label: String
    let attributes: [RemoteAttribute]

    init?(_ node: JSONNode) {
        guard let id = node["id"]?.integer, let label = node["label"]?.text, let attrs = node["attrs"], attrs.isArray,
            let attributes = allOf(attrs, { RemoteAttribute($0) })
        else { return nil }
        self.id = id
        self.label = label
        self.attributes = attributes
    }

    /// Everything that is there and everything of the model: an update deletes what it leaves out.
    func union(with model: TemplateModel) -> [RemoteAttribute] {
        var union = attributes
        for ours in model.attributes.map({ RemoteAttribute($0) }) {
            if let index = union.firstIndex(where: { $0.isSame(as: ours) }) {
                union[index].adopt(ours)
            } else {
                union.append(ours)
            }
        }
        return union
    }

    /// What stays of the template: with `prunes` the model's attributes alone, else all that are there, too.
    func wanted(_ model: TemplateModel, prunes: Bool) -> [RemoteAttribute] {
        let union = union(with: model)
        guard prunes else { return union }
        let ours = model.attributes.map { RemoteAttribute($0) }
        return union.filter { attribute in ours.contains { $0.isSame(as: attribute) } }
    }

    func id(of fixed: FixedAttribute, named name: String) -> Int64? {
        attributes.first { $0.label == name && $0.type == fixed.definition.kind.rawValue }?.id
    }
}

/// The elements of a list, of which none may be left out: an update without it would delete it. Empty where there is
/// no list, `nil` where an element cannot be read.
func allOf<Row>(_ list: JSONNode?, _ read: (JSONNode) -> Row?) -> [Row]? {
    var rows: [Row] = []
    guard let list else { return rows }
    for element in list.elements {
        guard let row = read(element) else { return nil }
        rows.append(row)
    }
    return rows
}
