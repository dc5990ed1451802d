public import OCPPKit

/// The template that the charge points share: one device each, the connectors told apart by a prefix.
public struct TemplateModel: Sendable, Equatable {
    public let label: String
    public let connectors: Int
    public let attributes: [AttributeDefinition]

    /// - Parameters:
    ///   - label: the template's name in DOJOT, at most 128 characters.
    ///   - connectors: as many as the charge point with the most has; at least 1.
    public init(label: String, connectors: Int) {
        self.label = label
        self.connectors = connectors
        attributes =
            FixedAttribute.allCases.map(\.definition)
            + StationAttribute.allCases.map(\.definition)
            + (1...max(1, connectors)).flatMap { connector in
                ConnectorAttribute.allCases.map { $0.definition(connector: connector) }
            }
            + Actuator.allCases.map(\.definition)
    }

    /// The labels that charge points publish under: those of the dynamic attributes.
    public static func publishedLabels(connectors: Int) -> [String] {
        TemplateModel(label: "", connectors: connectors).attributes.filter { $0.kind == .dynamic }.map(\.label)
    }
}
