import OCPPKit
import Testing

@Suite struct FollowUpTests {
    /// A condition, and what has happened so far.
    private struct Story {
        var followUp: FollowUp
        var end: FollowUp.Conclusion?

        init(_ condition: String) throws { followUp = FollowUp(try FrameCondition(parsing: condition)) }

        /// The number of the frame that ended the waiting; `nil` before its end.
        var ending: String? { end.map { String(decoding: $0.line, as: UTF8.self) } }

        mutating func accepted(_ messageId: String?) { end = followUp.accepted(messageId: messageId) ?? end }

        mutating func frame(
            _ number: Int, _ direction: Direction, _ kind: Frame.Kind, _ id: String, _ action: String,
            _ payload: String = "{}"
        ) throws {
            let record = try JSONTree(
                parsing: """
                    {"messageType":"\(kind.rawValue)","direction":"\(direction.rawValue)","messageId":"\(id)",\
                    "action":"\(action)","payload":\(payload)}
                    """
            ).root
            end = followUp.take(record, line: Array("\(number)".utf8)) ?? end
        }
    }

    @Test func aMessageCountsOnceItIsAnswered() throws {
        var story = try Story("StopTransaction")
        try story.frame(1, .fromCentralSystem, .call, "c", "RemoteStopTransaction")
        story.accepted("c")
        try story.frame(2, .fromChargePoint, .call, "s", "StopTransaction")
        #expect(story.ending == nil && story.followUp.isUnanswered)
        try story.frame(3, .fromChargePoint, .callResult, "s", "StopTransaction")
        try story.frame(4, .fromCentralSystem, .callResult, "x", "StopTransaction")
        #expect(story.ending == nil)
        try story.frame(5, .fromCentralSystem, .callResult, "s", "StopTransaction")
        #expect(story.ending == "2" && story.end?.verdict == .met)
    }

    @Test func anErrorForAnAnswerDoesNotCount() throws {
        var story = try Story("StopTransaction")
        story.accepted(nil)
        try story.frame(1, .fromChargePoint, .call, "s", "StopTransaction")
        try story.frame(2, .fromCentralSystem, .callError, "s", "StopTransaction")
        #expect(story.ending == nil && !story.followUp.isUnanswered)
        try story.frame(3, .fromChargePoint, .call, "s", "StopTransaction")
        try story.frame(4, .fromCentralSystem, .callResult, "s", "StopTransaction")
        #expect(story.ending == "3")
    }

    @Test func whatCameBeforeTheCommandDoesNotCount() throws {
        var story = try Story("StartTransaction")
        try story.frame(1, .fromChargePoint, .call, "s1", "StartTransaction")
        try story.frame(2, .fromCentralSystem, .call, "c", "RemoteStartTransaction")
        try story.frame(3, .fromCentralSystem, .callResult, "s1", "StartTransaction")
        try story.frame(4, .fromChargePoint, .call, "s2", "StartTransaction")
        try story.frame(5, .fromCentralSystem, .callResult, "s2", "StartTransaction")
        #expect(story.ending == nil)
        story.accepted("c")
        #expect(story.ending == "4")
    }

    @Test func whatIsAnsweredLaterThanTheCommandWasAcceptedCounts() throws {
        var story = try Story("StartTransaction")
        try story.frame(1, .fromChargePoint, .call, "s1", "StartTransaction")
        try story.frame(2, .fromCentralSystem, .call, "c", "RemoteStartTransaction")
        try story.frame(3, .fromChargePoint, .call, "s2", "StartTransaction")
        story.accepted("c")
        try story.frame(4, .fromCentralSystem, .callResult, "s1", "StartTransaction")
        #expect(story.ending == nil && story.followUp.isUnanswered)
        try story.frame(5, .fromCentralSystem, .callResult, "s2", "StartTransaction")
        #expect(story.ending == "3")
    }

    /// As some charge points have it.
    @Test func oneIdForAllMessages() throws {
        var story = try Story("Charging")
        story.accepted(nil)
        try story.frame(1, .fromChargePoint, .call, "1", "StatusNotification", #"{"status":"Preparing"}"#)
        try story.frame(2, .fromChargePoint, .call, "1", "StatusNotification", #"{"status":"Charging"}"#)
        try story.frame(3, .fromChargePoint, .call, "1", "Heartbeat")
        try story.frame(4, .fromCentralSystem, .callResult, "1", "Heartbeat")
        try story.frame(5, .fromCentralSystem, .callResult, "1", "StatusNotification")
        #expect(story.ending == nil)
        try story.frame(6, .fromCentralSystem, .callResult, "1", "StatusNotification")
        #expect(story.ending == "2")
    }

    /// A charge point numbers its messages anew after it has booted.
    @Test func aConnectionThatEndsTakesWhatItLeftOpen() throws {
        var story = try Story("Charging")
        story.accepted(nil)
        try story.frame(1, .fromChargePoint, .call, "1", "StatusNotification", #"{"status":"Charging"}"#)
        story.followUp.disconnected()
        #expect(!story.followUp.isUnanswered)
        try story.frame(2, .fromChargePoint, .call, "1", "StatusNotification", #"{"status":"Available"}"#)
        try story.frame(3, .fromCentralSystem, .callResult, "1", "StatusNotification")
        #expect(story.ending == nil)
        try story.frame(4, .fromChargePoint, .call, "2", "StatusNotification", #"{"status":"Charging"}"#)
        try story.frame(5, .fromCentralSystem, .callResult, "2", "StatusNotification")
        #expect(story.ending == "4")
    }

    @Test func callsThatNobodyAnswersAreForgottenInTime() throws {
        var story = try Story("Charging")
        story.accepted(nil)
        try story.frame(-1, .fromChargePoint, .call, "x", "StatusNotification", #"{"status":"Charging"}"#)
        for number in 0..<Pairing.maximumOpenCalls {
            #expect(story.followUp.isUnanswered)
            try story.frame(number, .fromChargePoint, .call, "\(number)", "Heartbeat")
        }
        #expect(!story.followUp.isUnanswered)
        try story.frame(-2, .fromCentralSystem, .callResult, "x", "StatusNotification")
        #expect(story.ending == nil)
    }

    /// While the command itself waits for its answer, only what is newest is kept.
    @Test func whatCameBeforeTheAnswerIsForgottenInTimeToo() throws {
        var story = try Story("Heartbeat")
        try story.frame(-1, .fromCentralSystem, .call, "c", "Reset")
        for number in 0...Pairing.maximumOpenCalls {
            try story.frame(number, .fromChargePoint, .call, "h", "Heartbeat")
            try story.frame(-2, .fromCentralSystem, .callResult, "h", "Heartbeat")
        }
        story.accepted("c")
        #expect(story.ending == "1")
    }

    @Test func aFailureCountsOnceItIsAnsweredToo() throws {
        var story = try Story("Installed")
        story.accepted(nil)
        try story.frame(
            1, .fromChargePoint, .call, "f", "FirmwareStatusNotification", #"{"status":"DownloadFailed"}"#)
        #expect(story.ending == nil)
        try story.frame(2, .fromCentralSystem, .callResult, "f", "FirmwareStatusNotification")
        #expect(story.ending == "1" && story.end?.verdict == .failed("DownloadFailed"))
    }
}
