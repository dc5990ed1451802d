extension ActionDefinition {
    /// Gives a reservation up (section 5.1; 6.5, 6.6).
    static let cancelReservation = ActionDefinition(
        "CancelReservation", .reservation, sentBy: .centralSystem,
        request: [.required("reservationId", .integer)],
        response: [.required("status", .enumeration(["Accepted", "Rejected"]))])
}
