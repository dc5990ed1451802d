extension ActionDefinition {
    /// Asks for the version of the local authorization list (section 5.10; 6.27, 6.28): 0 is an empty list,
    /// -1 says that the charge point has none.
    static let getLocalListVersion = ActionDefinition(
        "GetLocalListVersion", .localAuthListManagement, sentBy: .centralSystem,
        request: [],
        response: [.required("listVersion", .integer, minimum: -1)])
}
