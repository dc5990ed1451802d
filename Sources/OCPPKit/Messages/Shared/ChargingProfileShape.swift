/// The shapes of charging profiles (sections 7.8 to 7.14), which several actions carry.
enum ChargingProfileShape {
    static let profile = ObjectShape([
        .required("chargingProfileId", .integer),
        .optional("transactionId", .integer),
        .required("stackLevel", .integer, minimum: 0),
        .required("chargingProfilePurpose", purpose),
        .required("chargingProfileKind", .enumeration(["Absolute", "Recurring", "Relative"])),
        .optional("recurrencyKind", .enumeration(["Daily", "Weekly"])),
        .optional("validFrom", .dateTime),
        .optional("validTo", .dateTime),
        .required("chargingSchedule", .object(schedule)),
    ])

    static let schedule = ObjectShape([
        .optional("duration", .integer, minimum: 0),
        .optional("startSchedule", .dateTime),
        .required("chargingRateUnit", rateUnit),
        .required("chargingSchedulePeriod", .array(of: .object(period), minimum: 0)),
        .optional("minChargingRate", .decimal(tenths: true), minimum: 0),
    ])

    static let period = ObjectShape([
        .required("startPeriod", .integer, minimum: 0),
        .required("limit", .decimal(tenths: true), minimum: 0),
        .optional("numberPhases", .integer, minimum: 1),
    ])

    static let purpose = Field.Kind.enumeration(["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"])
    static let rateUnit = Field.Kind.enumeration(["A", "W"])
}
