import DojotClient
import OCPPKit

/// Keys and certificates of devices in a folder: `ca.pem`, and of each device `<id>.key` and `<id>.crt`.
///
/// A certificate is written last, when DOJOT knows whose it is: a run that was ended makes up for what is missing.
struct DeviceCertificates {
    private let folder: String
    private let authority: CertificateAuthority

    /// Of the 365 days that they last.
    private static let renewalDays = 30

    init(folder: String, session: DojotSession) {
        self.folder = folder
        authority = CertificateAuthority(session: session)
    }

    /// Sees to the certificates of all devices, in order.
    ///
    /// - Throws: what ends the run; what concerns one device is reported as failed.
    func provide(_ map: DeviceMap, report: (ProvisionResult) -> Void) async throws {
        try AtomicFile.replace("\(folder)/ca.pem", with: Array(try await authority.certificate().utf8))
        for (chargePointId, device) in map.devices.sorted(by: { $0.key < $1.key }) {
            do {
                report(try await provide(chargePointId, device))
            } catch {
                report(
                    ProvisionResult(
                        kind: .certificate, label: chargePointId, id: nil, result: .failed, message: text(of: error)))
                if let failure = error as? DojotFailure, failure.concernsOneItem { continue }
                throw error
            }
        }
    }

    private func text(of error: any Error) -> String {
        (error as? CommandFailure)?.message ?? "\(error)"
    }

    private func provide(_ chargePointId: String, _ device: String) async throws -> ProvisionResult {
        let (certificateFile, keyFile) = ("\(folder)/\(device).crt", "\(folder)/\(device).key")
        let isThere = exists(certificateFile) && exists(keyFile)
        if isThere, OpenSSLProgram.isValid(certificateFile: certificateFile, days: Self.renewalDays) {
            return ProvisionResult(kind: .certificate, label: chargePointId, id: nil, result: .unchanged)
        }
        // The old key is good until the new certificate is there.
        let newKey = keyFile + ".new"
        let request = try OpenSSLProgram.certificateRequest(commonName: device, keyFile: newKey)
        let (pem, fingerprint) = try await authority.sign(request, for: device)
        try AtomicFile.move(newKey, to: keyFile)
        try AtomicFile.replace(certificateFile, with: Array(pem.utf8))
        return ProvisionResult(
            kind: .certificate, label: chargePointId, id: fingerprint, result: isThere ? .updated : .created)
    }

    private func exists(_ file: String) -> Bool {
        do {
            _ = try InputFile(file)
            return true
        } catch {
            return false
        }
    }
}
