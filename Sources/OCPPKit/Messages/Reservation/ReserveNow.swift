extension ActionDefinition {
    /// Keeps a connector, or with 0 any of them, for a tag (section 5.13; 6.37, 6.38).
    static let reserveNow = ActionDefinition(
        "ReserveNow", .reservation, sentBy: .centralSystem,
        request: [
            .required("connectorId", .integer, minimum: 0),
            .required("expiryDate", .dateTime),
            .required("idTag", .idToken),
            .optional("parentIdTag", .idToken),
            .required("reservationId", .integer),
        ],
        response: [
            .required("status", .enumeration(["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]))
        ])
}
