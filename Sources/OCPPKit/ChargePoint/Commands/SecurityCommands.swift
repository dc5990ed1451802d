// The whitepaper "Improved security for OCPP 1.6-J".
extension Command {
    static let security: [String: Command] = [
        "CertificateSigned": Command(reading: { $0.certificateSigned(&$1) }),
        "DeleteCertificate": Command(reading: { $0.deleteCertificate(&$1) }),
        "ExtendedTriggerMessage": extendedTrigger,
        "GetInstalledCertificateIds": Command(reading: { $0.getInstalledCertificateIds(&$1) }),
        "GetLog": Command(reading: { $0.getLog(&$1) }),
        "InstallCertificate": Command(reading: { $0.installCertificate(&$1) }),
        "SignedUpdateFirmware": Command(reading: { $0.signedUpdateFirmware(&$1) }),
    ]
}

extension SimulatedChargePoint {
    mutating func sendSignCertificate() {
        queue.append(
            QueuedCall(
                purpose: .notice, action: "SignCertificate",
                payload: JSONPayload(.object([("csr", .string(CertificateRequest.pem))])), goesBeforeAcceptance: true))
    }

    fileprivate mutating func certificateSigned(_ request: inout PayloadReader) -> JSONValue {
        guard Certificate(pem: request.text("certificateChain") ?? "") != nil else {
            sendSecurityEvent("InvalidChargePointCertificate")
            return .status("Rejected")
        }
        return .status("Accepted")
    }

    fileprivate mutating func installCertificate(_ request: inout PayloadReader) -> JSONValue {
        guard let certificate = Certificate(pem: request.text("certificate") ?? "") else { return .status("Rejected") }
        let use = request.text("certificateType") ?? ""
        let isThere = certificates.contains { $0.use == use && $0.certificate == certificate }
        guard !isThere else { return .status("Accepted") }
        guard certificates.count < configuration.integer("CertificateStoreMaxLength") else { return .status("Failed") }
        certificates.append((use, certificate))
        sendSecurityEvent("ReconfigurationOfSecurityParameters")
        return .status("Accepted")
    }

    fileprivate func getInstalledCertificateIds(_ request: inout PayloadReader) -> JSONValue {
        let use = request.text("certificateType")
        let found = certificates.filter { $0.use == use }.map { $0.certificate.hashData }
        guard !found.isEmpty else { return .status("NotFound") }
        return .object([("certificateHashData", .array(found)), ("status", .string("Accepted"))])
    }

    fileprivate mutating func deleteCertificate(_ request: inout PayloadReader) -> JSONValue {
        guard let asked = request.object("certificateHashData"),
            let index = certificates.firstIndex(where: { $0.certificate.matches(asked) })
        else { return .status("NotFound") }
        certificates.remove(at: index)
        sendSecurityEvent("ReconfigurationOfSecurityParameters")
        return .status("Accepted")
    }

    fileprivate mutating func getLog(_ request: inout PayloadReader) -> JSONValue {
        var log = PayloadReader(request.object("log"))
        let location = log.text("remoteLocation")
        let notification = "LogStatusNotification"
        let isBusy = works[notification] != nil
        let patience = retryTime(&request)
        let failures = ["UploadFailure", "PermissionDenied", "BadMessage", "NotSupportedOperation"]
        begin(
            notification, requestId: request.integer("requestId"),
            SimulatedChargePoint.canReach(location)
                ? steps([(1000, "Uploading", []), (3000 + patience, "Uploaded", failures)])
                : [(1000, .tell("BadMessage"))])
        let kind = request.text("logType") == "SecurityLog" ? "security" : "diagnostics"
        return .object([
            ("status", .string(isBusy ? "AcceptedCanceled" : "Accepted")), ("filename", .string(logFileName(kind))),
        ])
    }

    fileprivate mutating func signedUpdateFirmware(_ request: inout PayloadReader) -> JSONValue {
        var firmware = PayloadReader(request.object("firmware"))
        guard Certificate(pem: firmware.text("signingCertificate") ?? "") != nil else {
            sendSecurityEvent("InvalidFirmwareSigningCertificate")
            return .status("InvalidCertificate")
        }
        let location = firmware.text("location") ?? ""
        let notification = "SignedFirmwareStatusNotification"
        let isBusy = works[notification] != nil
        let wait = max(0, (firmware.time("retrieveDateTime") ?? now) - now)
        let installWait = max(0, (firmware.time("installDateTime") ?? now) - now.adding(milliseconds: wait + 4000))
        let patience = retryTime(&request)
        var plan: [(delay: Int64, step: LongWork.Step)]
        if SimulatedChargePoint.canReach(location) {
            plan = steps([
                (wait, "Downloading", []), (3000 + patience, "Downloaded", ["DownloadFailed"]),
                (1000, "SignatureVerified", ["InvalidSignature"]),
                (1000 + installWait, "Installing", ["InstallVerificationFailed"]),
                (2000, "InstallRebooting", ["InstallationFailed"]), (1000, "Installed", []),
            ])
            installOrFail(&plan, location: location)
        } else {
            plan = [(wait, .tell("Downloading")), (1000 + patience, .tell("DownloadFailed"))]
        }
        if wait > 0 { plan.insert((0, .tell("DownloadScheduled")), at: 0) }
        switch plan.last?.step {
        case .tell("Installed"): plan.append((0, .securityEvent(type: "FirmwareUpdated")))
        case .tell("InvalidSignature"): plan.append((0, .securityEvent(type: "InvalidFirmwareSignature")))
        default: break
        }
        begin(notification, requestId: request.integer("requestId"), plan)
        return .status(isBusy ? "AcceptedCanceled" : "Accepted")
    }
}
