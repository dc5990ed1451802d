extension ActionDefinition {
    /// Replaces or changes the list of tags that the charge point accepts by itself (section 5.15; 6.41, 6.42).
    static let sendLocalList = ActionDefinition(
        "SendLocalList", .localAuthListManagement, sentBy: .centralSystem,
        request: [
            .required("listVersion", .integer, minimum: 0),
            .optional("localAuthorizationList", .array(of: .object(authorizationData), minimum: 0)),
            .required("updateType", .enumeration(["Differential", "Full"])),
        ],
        response: [
            .required("status", .enumeration(["Accepted", "Failed", "NotSupported", "VersionMismatch"]))
        ])

    /// AuthorizationData (section 7.1); in a differential update a tag without information is taken off the list.
    private static let authorizationData = ObjectShape([
        .required("idTag", .idToken),
        .optional("idTagInfo", .object(IdTagInfo.shape)),
    ])
}
