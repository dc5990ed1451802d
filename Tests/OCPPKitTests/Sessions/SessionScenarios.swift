@testable import OCPPKit

extension SessionScenario {
    static let all = starts + stops + repetitions + clocks + answers

    private static let starts: [SessionScenario] = [
        SessionScenario(
            "a session from start to stop",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00"), .result("b"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,"),
        SessionScenario(
            "a session under way",
            [
                .start("a", at: "10:00"), .started("a", 7),
            ], "1,7,T1,open,10:00:00,,,100,,,,,"),
        SessionScenario(
            "a start without an answer",
            [
                .start("a", at: "10:00")
            ], "1,,T1,startUnanswered,10:00:00,,,100,,,,,startUnanswered"),
        SessionScenario(
            "a start answered by CALLERROR",
            [
                .start("a", at: "10:00"), .refusal("a"),
            ], "1,,T1,startUnanswered,10:00:00,,,100,,,,,startUnanswered"),
        SessionScenario(
            "a tag that is not accepted",
            [
                .start("a", at: "10:00"), .started("a", 7, "Blocked"),
            ], "1,7,T1,open,10:00:00,,,100,,,,,idTagNotAccepted"),
        SessionScenario(
            "meter values of a transaction that began before the log",
            [
                .values("a", 7, 2, at: "10:00", .power("3000")), .values("b", 7, 2, at: "10:05", .power("2000")),
            ], "2,7,,open,,,,,,,,3000,startMissing"),
        SessionScenario(
            "the same, and its stop",
            [
                .values("a", 7, 2, at: "10:00", .power("3000")), .stop("b", 7, at: "11:00"),
            ], "2,7,,stopOnly,,11:00:00,,,8100,,Local,3000,startMissing"),
        SessionScenario(
            "connector 0, and values without a transaction, change no session",
            [
                .start("a", at: "10:00"), .started("a", 7), .values("b", 7, 0, at: "10:01", .power("9000")),
                .values("c", 8, 0, at: "10:01", .power("9000")), .values("d", nil, at: "10:01", .power("9000")),
                .values("e", 0, at: "10:01", .power("9000")), .values("f", -1, at: "10:01", .power("9000")),
                .status("g", 0, "Available", at: "10:02"),
            ], "1,7,T1,open,10:00:00,,,100,,,,,"),
        SessionScenario(
            "meters as text and with fractions are exact",
            [
                .start("a", meter: "\"0100.1\"", at: "10:00"), .started("a", 7),
                .stop("b", 7, meter: "21.4", at: "11:00"),
            ],
            "1,7,T1,complete,10:00:00,11:00:00,3600,100.1,21.4,-78.7,Local,,energyNegative;invalidFrames;registerReset"),
        SessionScenario(
            "the largest transaction id",
            [
                .start("a", at: "10:00"), .started("a", 9_223_372_036_854_775_807),
                .stop("b", 9_223_372_036_854_775_807, at: "11:00"),
            ], "1,9223372036854775807,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,"),
        SessionScenario(
            "transaction 0 was given by the central system",
            [
                .start("a", at: "10:00"), .started("a", 0), .values("v", 0, at: "10:10", .power("5000")),
                .stop("b", 0, at: "11:00"),
            ], "1,0,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,5000,"),
        SessionScenario(
            "a transaction id given again is another session",
            [
                .start("a", at: "10:00"), .started("a", 1), .stop("b", 1, at: "11:00"), .result("b"),
                .start("c", meter: "8100", at: "12:00"), .started("c", 1), .stop("d", 1, meter: "8200", at: "12:30"),
            ], "1,1,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,",
            "1,1,T1,complete,12:00:00,12:30:00,1800,8100,8200,100,Local,,"),
    ]

    private static let stops: [SessionScenario] = [
        SessionScenario(
            "a stop whose start lies before the log",
            [
                .stop("b", 7, at: "11:00", more: #","idTag":"T9","reason":"Remote""#), .result("b"),
            ], ",7,T9,stopOnly,,11:00:00,,,8100,,Remote,,startMissing"),
        SessionScenario(
            "the same, and late meter values that tell the connector",
            [
                .stop("b", 7, at: "11:00"), .values("v", 7, 2, at: "10:30", .power("5000")),
                .status("s", 2, "Available", at: "11:01"),
            ], "2,7,,stopOnly,,11:00:00,,,8100,,Local,5000,startMissing"),
        SessionScenario(
            "no reason means Local",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00", more: ""),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,reasonDefaulted"),
        SessionScenario(
            "a refused stop ends the session",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00"), .refusal("b"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,stopRefused"),
        SessionScenario(
            "an invalid stop ends the session",
            [
                .start("a", at: "10:00"), .started("a", 7),
                .call(
                    "b", "StopTransaction",
                    #"{"transactionId":"7","meterStop":8100.0,"timestamp":"2026-05-01T11:00:00Z"}"#),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,invalidFrames;reasonDefaulted"),
        SessionScenario(
            "an invalid meter value",
            [
                .start("a", at: "10:00"), .started("a", 7),
                .values("v", 7, at: "10:10", .power("5000"), .register("1", unit: "Hz")),
            ], "1,7,T1,open,10:00:00,,,100,,,,5000,invalidFrames"),
        SessionScenario(
            "a stop of transaction -1 joins the only unanswered start",
            [
                .start("a", at: "10:00"), .stop("b", -1, at: "11:00"),
            ], "1,,T1,startUnanswered,10:00:00,11:00:00,3600,100,8100,8000,Local,,matchedByGuess;startUnanswered"),
        SessionScenario(
            "an invalid stop that names no transaction ends the only session",
            [
                .start("a", at: "10:00"), .started("a", 7),
                .call("b", "StopTransaction", #"{"meterStop":8100,"timestamp":"2026-05-01T11:00:00Z"}"#),
            ],
            "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,invalidFrames;matchedByGuess;reasonDefaulted"),
        SessionScenario(
            "of two sessions it ends neither",
            [
                .start("a", at: "10:00"), .started("a", 7), .start("c", 2, at: "10:00"), .started("c", 8),
                .call(
                    "b", "StopTransaction",
                    #"{"transactionId":"?","meterStop":8100,"timestamp":"2026-05-01T11:00:00Z"}"#),
            ], "1,7,T1,open,10:00:00,,,100,,,,,", "2,8,T1,open,10:00:00,,,100,,,,,",
            ",,,stopOnly,,11:00:00,,,8100,,Local,,invalidFrames;reasonDefaulted;startMissing"),
        SessionScenario(
            "of two unanswered starts it joins neither",
            [
                .start("a", 1, at: "10:00"), .start("b", 2, at: "10:01"), .stop("c", -1, at: "11:00"),
            ], "1,,T1,startUnanswered,10:00:00,,,100,,,,,startUnanswered",
            "2,,T1,startUnanswered,10:01:00,,,100,,,,,startUnanswered",
            ",-1,,stopOnly,,11:00:00,,,8100,,Local,,startMissing"),
        SessionScenario(
            "a stop of an unknown transaction joins nothing",
            [
                .start("a", at: "10:00"), .stop("b", 99, at: "11:00"),
            ], "1,,T1,startUnanswered,10:00:00,,,100,,,,,startUnanswered",
            ",99,,stopOnly,,11:00:00,,,8100,,Local,,startMissing"),
        SessionScenario(
            "a later start shows that the stop is missing",
            [
                .start("a", at: "10:00"), .started("a", 7), .start("b", tag: "T2", at: "12:00"), .started("b", 8),
            ], "1,7,T1,open,10:00:00,,,100,,,,,stopMissing", "1,8,T2,open,12:00:00,,,100,,,,,"),
        SessionScenario(
            "so does the status Available",
            [
                .start("a", at: "10:00"), .started("a", 7), .status("s", 1, "Available", at: "12:00"),
            ], "1,7,T1,open,10:00:00,,,100,,,,,stopMissing"),
        SessionScenario(
            "but not an old one, or another connector's",
            [
                .start("a", at: "10:00"), .started("a", 7), .status("s", 1, "Available", at: "09:00"),
                .status("u", 2, "Available", at: "12:00"), .start("b", 2, at: "12:01"),
            ], "1,7,T1,open,10:00:00,,,100,,,,,", "2,,T1,startUnanswered,12:01:00,,,100,,,,,startUnanswered"),
        SessionScenario(
            "a stop that comes after all",
            [
                .start("a", at: "10:00"), .started("a", 7), .status("s", 1, "Available", at: "11:01"),
                .stop("b", 7, at: "11:00"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,"),
        SessionScenario(
            "an older start that arrives late is the one that ended",
            [
                .start("b", tag: "T2", at: "12:00"), .started("b", 8), .start("a", at: "10:00"), .started("a", 7),
            ], "1,8,T2,open,12:00:00,,,100,,,,,", "1,7,T1,open,10:00:00,,,100,,,,,stopMissing"),
        SessionScenario(
            "two sessions at one time on one connector",
            [
                .start("a", at: "10:00"), .started("a", 7), .start("b", tag: "T2", at: "10:30"), .started("b", 8),
                .stop("c", 7, at: "11:00"), .stop("d", 8, at: "11:30"), .start("e", tag: "T3", at: "11:30"),
                .started("e", 9),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,overlapping",
            "1,8,T2,complete,10:30:00,11:30:00,3600,100,8100,8000,Local,,overlapping",
            "1,9,T3,open,11:30:00,,,100,,,,,"),
    ]

    private static let repetitions: [SessionScenario] = [
        SessionScenario(
            "a start sent three times under one message id",
            [
                .start("a", at: "10:00"), .start("a", at: "10:00"), .start("a", at: "10:00"), .started("a", 7),
                .stop("b", 7, at: "11:00"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,retransmitted"),
        SessionScenario(
            "a start sent again under another message id, and answered with another transaction",
            [
                .start("a", at: "10:00"), .started("a", 7), .start("b", at: "10:00"), .started("b", 8, "ConcurrentTx"),
                .values("v", 8, at: "10:10", .power("5000")), .stop("c", 8, at: "11:00"),
            ], "1,8,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,5000,idTagNotAccepted;retransmitted"),
        SessionScenario(
            "the same, but the charge point kept the first transaction",
            [
                .start("a", at: "10:00"), .started("a", 7), .start("b", at: "10:00"), .started("b", 8, "ConcurrentTx"),
                .stop("c", 7, at: "11:00"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,retransmitted"),
        SessionScenario(
            "a stop sent again with a damaged transaction id",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00"), .stop("b", -1, at: "11:00"),
                .result("b"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,retransmitted"),
        SessionScenario(
            "a stop sent again under the transaction that has begun since",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00"),
                .start("c", tag: "T2", at: "11:10"), .started("c", 8), .stop("b", 8, at: "11:00"),
                .stop("d", 8, meter: "300", at: "12:10"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,retransmitted",
            "1,8,T2,complete,11:10:00,12:10:00,3600,100,300,200,Local,,"),
        SessionScenario(
            "a second stop of a transaction, the first one counts",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "11:00"), .result("b"),
                .stop("c", 7, meter: "8200", at: "11:05"), .result("c"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,retransmitted"),
        SessionScenario(
            "a stop without a start sent twice",
            [
                .stop("b", 7, at: "11:00"), .stop("c", 7, at: "11:00"),
            ], ",7,,stopOnly,,11:00:00,,,8100,,Local,,retransmitted;startMissing"),
        SessionScenario(
            "two connectors that start alike are two sessions",
            [
                .start("a", 1, at: "10:00"), .start("a", 2, at: "10:00"), .started("a", 8), .started("a", 7),
            ], "1,7,T1,open,10:00:00,,,100,,,,,", "2,8,T1,open,10:00:00,,,100,,,,,"),
    ]

    private static let clocks: [SessionScenario] = [
        SessionScenario(
            "a stop before its start",
            [
                .start("a", at: "10:00"), .started("a", 7), .stop("b", 7, at: "09:59:58.500"),
            ], "1,7,T1,complete,10:00:00,09:59:58.500Z,-1,100,8100,8000,Local,,stopBeforeStart"),
        SessionScenario(
            "a clock that is not set: arrivals tell the duration",
            [
                .start("a", at: "1970-01-01T00:00:10Z").seen("10:00"), .started("a", 7).seen("10:00"),
                .stop("b", 7, at: "11:00").seen("11:00:05"),
            ], "1,7,T1,complete,1970-01-01T00:00:10,11:00:00,3605,100,8100,8000,Local,,clockNotSet"),
        SessionScenario(
            "a clock that is thousands of years ahead: arrivals tell the duration",
            [
                .start("a", at: "22222-01-01T00:00:10Z").seen("10:00"), .started("a", 7).seen("10:00"),
                .stop("b", 7, at: "11:00").seen("11:00:05"),
            ], "1,7,T1,complete,22222-01-01T00:00:10,11:00:00,3605,100,8100,8000,Local,,clockNotSet"),
        SessionScenario(
            "a clock that is not set, in a log without times",
            [
                .start("a", at: "1970-01-01T00:00:10Z"), .started("a", 7), .stop("b", 7, at: "1970-01-01T01:00:10Z"),
            ], "1,7,T1,complete,1970-01-01T00:00:10,1970-01-01T01:00:10,,100,8100,8000,Local,,clockNotSet"),
        SessionScenario(
            "sessions of a charge point without a clock begin alike",
            [
                .start("a", meter: "0", at: "1970-01-01T00:00:00Z"), .started("a", 7),
                .start("b", meter: "0", at: "1970-01-01T00:00:00Z"), .started("b", 7),
                .stop("c", 7, meter: "50", at: "1970-01-01T00:00:00Z"),
                .start("d", meter: "0", at: "1970-01-01T00:00:00Z"), .started("d", 8),
                .stop("e", 8, meter: "60", at: "1970-01-01T00:00:00Z"),
            ],
            "1,7,T1,complete,1970-01-01T00:00:00,1970-01-01T00:00:00,,0,50,50,Local,,clockNotSet;retransmitted",
            "1,8,T1,complete,1970-01-01T00:00:00,1970-01-01T00:00:00,,0,60,60,Local,,clockNotSet"),
        SessionScenario(
            "a start delivered six minutes late",
            [
                .start("a", at: "10:00").seen("10:06"), .started("a", 7).seen("10:06"),
                .stop("b", 7, at: "11:00").seen("11:05"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,deliveredLate"),
        SessionScenario(
            "a time that cannot be read",
            [
                .start("a", at: "yesterday").seen("10:00"), .started("a", 7),
                .stop("b", 7, at: "11:00").seen("11:00:01"),
            ], "1,7,T1,complete,,11:00:00,3601,100,8100,8000,Local,,"),
    ]

    private static let answers: [SessionScenario] = [
        SessionScenario(
            "one message id for every message",
            [
                .start("i", at: "10:00"), .call("i", "Heartbeat", "{}"),
                .result("i", #"{"currentTime":"2026-05-01T10:00:00Z"}"#),
                .started("i", 7), .call("i", "Heartbeat", "{}"), .result("i"), .stop("i", 7, at: "11:00"), .result("i"),
                .call("i", "Heartbeat", "{}"), .refusal("i"),
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,"),
        SessionScenario(
            "the same in a log without directions",
            [
                .start("i", at: "10:00").undirected, .values("i", nil, at: "10:00", .power("1")).undirected,
                .result("i").undirected, .started("i", 7).undirected, .stop("i", 7, at: "11:00").undirected,
                .status("i", 1, "Available", at: "11:01").undirected, .result("i").undirected, .refusal("i").undirected,
            ], "1,7,T1,complete,10:00:00,11:00:00,3600,100,8100,8000,Local,,stopRefused"),
        SessionScenario(
            "an answer without a transaction",
            [
                .start("a", at: "10:00"), .result("a", #"{"idTagInfo":{"status":"Invalid"}}"#),
                .start("b", 2, at: "10:00"),
                .result("b"),
            ], "1,,T1,open,10:00:00,,,100,,,,,idTagNotAccepted",
            "2,,T1,startUnanswered,10:00:00,,,100,,,,,startUnanswered"),
        SessionScenario(
            "the central system's own calls under the same ids",
            [
                .start("1", at: "10:00"), .call("1", "Reset", #"{"type":"Soft"}"#, from: .fromCentralSystem),
                .result("1", #"{"status":"Accepted"}"#, from: .fromChargePoint), .started("1", 7),
            ], "1,7,T1,open,10:00:00,,,100,,,,,"),
    ]
}
