/// One way of reading what a charge point sent although the specification does not have it.
///
/// A repair never removes a violation and never changes the raw frame. `docs/records.md` lists them for people.
public enum Repair: String, Sendable, CaseIterable {
    // Values of another type

    /// A number or boolean where a text belongs: its own text.
    case numberAsText
    /// A text that holds a number, blanks around it too.
    case textAsNumber
    /// `20000.0` for an integer; of meter registers the fraction is kept.
    case integerWithFraction
    /// `"true"` and `"false"`, in any case.
    case textAsBoolean
    /// `null` for a field that is not there.
    case nullAsAbsent
    /// `null` for an empty payload.
    case nullAsObject
    /// One object where an array belongs: its only element.
    case objectForArray
    /// One text where an array belongs: its only element.
    case textForArray
    /// An object or array where a text belongs: its JSON text.
    case jsonAsText

    // Texts

    /// The text `null` in an optional field of a BootNotification or StatusNotification: not there.
    case nullTextAsAbsent
    /// An empty text where one of a list belongs: not there.
    case emptyAsAbsent
    /// Blanks and control characters that a card reader left around an idTag are dropped.
    case idTagTrimmed
    /// Blanks and control characters around a sample's number are passed over; its text stays.
    case numberTrimmed
    /// A text longer than allowed is taken whole.
    case overlongTextKept
    /// A text that is none of those allowed is taken as it is.
    case unknownValueKept

    // Fields

    /// A field that the action does not have is passed over.
    case unknownFieldIgnored
    /// Of a key that stands twice the last value counts.
    case lastKeyTaken
    /// OCPP 1.5's name for `interval`.
    case heartbeatIntervalForInterval
    /// A sample without a value is left out, the others stay.
    case sampleDropped
    /// A meter value that is no object is left out, the others stay.
    case meterValueDropped
    /// A configuration key without a name is left out, the others stay.
    case configurationKeyDropped

    // Times

    /// No zone is given: UTC is taken.
    case missingZone
    /// `+03` or `+0300` for `+03:00`.
    case shortOffset
    /// A blank for the `T`.
    case blankForT
    /// A year of more than four digits.
    case longYear
    /// A second 60 that does not end a day in UTC.
    case misplacedLeapSecond
    /// A time that cannot be read, or of a clock that was never set: what needs a time goes by the arrival.
    case arrivalForTime

    // Envelopes

    /// An action's name in other capitals: `HeartBeat`.
    case actionOtherCase
    /// A message id that is a number: its digits.
    case messageIdAsText
    /// A message id of more than 36 characters is taken whole.
    case overlongMessageIdKept
    /// An object that stands for the frame's array.
    case objectForFrame
    /// A CALLERROR without its last elements.
    case shortCallError
}
