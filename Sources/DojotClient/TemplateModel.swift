public import OCPPKit

/// The template that the charge points share: one device each, the connectors told apart by a prefix.
public struct TemplateModel: Sendable, Equatable {
    public let label: String
    public let connectors: Int
    /// What a template that was there before calls the attributes.
    public let labels: AttributeLabels
    /// Under those names; without those that are left out.
    public let attributes: [AttributeDefinition]

    /// - Parameters:
    ///   - label: the template's name in DOJOT, at most 128 characters.
    ///   - connectors: as many as the charge point with the most has; at least 1.
    public init(label: String, connectors: Int, labels: AttributeLabels = AttributeLabels()) {
        self.label = label
        self.connectors = connectors
        self.labels = labels
        let all =
            FixedAttribute.allCases.map(\.definition)
            + StationAttribute.allCases.map(\.definition)
            + (1...max(1, connectors)).flatMap { connector in
                ConnectorAttribute.allCases.map { $0.definition(connector: connector) }
            }
            + Actuator.allCases.map(\.definition)
        attributes = all.compactMap { definition in labels.name(of: definition.label).map { definition.named($0) } }
    }

    /// Our labels that name no attribute of this model, as a typing error does.
    public var unknownLabels: [String] {
        let own = Set(TemplateModel(label: "", connectors: connectors).attributes.map(\.label))
        return labels.entries.map(\.label).filter { !own.contains($0) }
    }

    /// The labels that charge points publish under: those of the dynamic attributes.
    public static func publishedLabels(connectors: Int) -> [String] {
        TemplateModel(label: "", connectors: connectors).attributes.filter { $0.kind == .dynamic }.map(\.label)
    }
}
