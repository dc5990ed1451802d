extension CentralSystem {
    /// Accepted where somebody signs; the signed chain follows as a CertificateSigned
    /// (whitepaper "Improved security for OCPP 1.6-J", section 4.2).
    mutating func signCertificate(_ call: InboundCall) -> Answer {
        let request = call.payload?["csr"]?.text ?? ""
        let isTaken = configuration.signsCertificates && !request.isEmpty
        if isTaken { effects.append(.sign(chargePointId: call.chargePointId, request: request)) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("status", isTaken ? "Accepted" : "Rejected")
        writer.endObject()
        return .result(writer.bytes)
    }
}
