import ArgumentParser
import OCPPKit

/// A message that a simulated charge point is told to send: an action and its payload as `key=value`.
struct ScriptedCall: Sendable {
    let action: String
    let payload: [UInt8]

    /// - Throws: where charge points send no such message, or the payload is not allowed.
    init(parsing text: String) throws {
        let words = text.split(separator: " ").map(String.init)
        action = words.first ?? ""
        do {
            payload = try SendPayload.build(
                action: action, arguments: Array(words.dropFirst()), json: nil, isValidated: true, sender: .chargePoint)
        } catch let failure as CommandFailure {
            throw ValidationError(failure.message)
        }
    }
}

/// The failures that a simulated charge point can be told to report.
enum WorkFailure: String, ExpressibleByArgument, CaseIterable {
    case downloadFailed = "DownloadFailed"
    case installationFailed = "InstallationFailed"
    case invalidSignature = "InvalidSignature"
    case installVerificationFailed = "InstallVerificationFailed"
    case uploadFailed = "UploadFailed"
    case uploadFailure = "UploadFailure"
    case permissionDenied = "PermissionDenied"
    case badMessage = "BadMessage"
    case notSupportedOperation = "NotSupportedOperation"
}
