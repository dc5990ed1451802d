extension SessionScenario {
    /// Samples between a start and an end, and the highest power or the flags that they make.
    static let meters: [SessionScenario] = [
        open(
            "the sum of the phases", "690",
            .values(
                "v", 7, at: "10:01", .power("230.5", phase: "L1"), .power("229.5", phase: "L2"),
                .power("230", phase: "L3"))),
        open(
            "the total, and never the phases on top of it", "1387",
            .values(
                "v", 7, at: "10:01", .power("1387", phase: "L1"), .power("0", phase: "L2"), .power("1387"))),
        open(
            "phases to neutral are not added to the phases", "2000",
            .values(
                "v", 7, at: "10:01", .power("1000", phase: "L1"), .power("1000", phase: "L1-N"),
                .power("1000", phase: "L2-N"))),
        open("kW", "7412.5", .values("v", 7, at: "10:01", .power("7.4125", unit: "kW"))),
        open(
            "never what is offered", "11",
            .values(
                "v", 7, at: "10:01", .power("22000", measurand: "Power.Offered"), .power("11"))),
        open(
            "the highest instant", "3000", .values("u", 7, at: "10:01", .power("3000")),
            .values(
                "v", 7, at: "10:02", .power("1400", phase: "L1"), .power("1400", phase: "L2"))),
        open(
            "phases in meter values of one time", "1200",
            .call(
                "v", "MeterValues",
                """
                {"connectorId":1,"transactionId":7,"meterValue":[
                \(SessionLogLine.instant("10:01", [.power("500", phase: "L1")])),\(SessionLogLine.instant("10:01", [.power("700", phase: "L2")])),
                \(SessionLogLine.instant("10:02", [.power("800", phase: "L1")]))]}
                """)),
        open(
            "phases in messages of one time", "1200", .values("u", 7, at: "10:01", .power("500", phase: "L1")),
            .values("v", 7, at: "10:01", .register("500")), .values("w", 7, at: "10:01", .power("700", phase: "L2")),
            .values("x", 7, at: "10:02", .power("800", phase: "L1"))),
        open(
            "their total, which comes after them", "1100", .values("u", 7, at: "10:01", .power("500", phase: "L1")),
            .values("v", 7, at: "10:01", .power("700", phase: "L2")), .values("w", 7, at: "10:01", .power("1100")),
            .values("x", 7, at: "10:02", .power("800", phase: "L1"))),
        open("padded numbers", "30", .values("v", 7, at: "10:01", .power(" 30.0 "))),
        open("values that are no numbers", "", .values("v", 7, at: "10:01", .power(""), .power("n/a"))),
        SessionScenario(
            "samples of the stop",
            [
                .start("a", at: "10:00"), .started("a", 7),
                .stop(
                    "b", 7, at: "11:00",
                    more:
                        #","reason":"Local","transactionData":[\#(SessionLogLine.instant("10:30", [.power("9141.55")]))]"#
                ),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,9141.55,"),
        SessionScenario(
            "values after the stop under its transaction, and values from before it that come late",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00"),
                .values("u", 7, at: "11:05", .power("9000")), .values("v", 7, at: "10:30", .power("5000")),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,5000,"),
        SessionScenario(
            "a register that was reset",
            [
                .start("a", meter: "5000", at: "10:00"), .started("a", 7),
                .values("u", 7, at: "10:10", .register("5400")),
                .values("v", 7, at: "10:20", .register("12")), .stop("b", 7, meter: "6000", at: "11:00"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,5000,6000,1000,Local,,registerReset"),
        SessionScenario(
            "a stop below the start",
            [
                .start("a", meter: "5000", at: "10:00"), .started("a", 7), .stop("b", 7, meter: "300", at: "11:00"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,5000,300,-4700,Local,,energyNegative;registerReset"),
        SessionScenario(
            "rounding, and readings delivered late, are no reset",
            [
                .start("a", meter: "5000", at: "10:00"), .started("a", 7),
                .values("u", 7, at: "10:20", .register("5.4", unit: "kWh")),
                .values("v", 7, at: "10:10", .register("5100")), .stop("b", 7, meter: "5399", at: "11:00"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,5000,5399,399,Local,,"),
    ]

    private static func open(_ name: String, _ maxPowerW: String, _ lines: SessionLogLine...) -> SessionScenario {
        SessionScenario(
            name, [.start("a", at: "10:00"), .started("a", 7)] + lines, "1,7,T1,open,10:00:00,,,100,,,,\(maxPowerW),")
    }
}
