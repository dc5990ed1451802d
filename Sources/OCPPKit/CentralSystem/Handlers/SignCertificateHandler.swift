extension CentralSystem {
    /// Nobody here signs certificates, and a charge point that was told otherwise would wait for one.
    mutating func signCertificate(_ call: InboundCall) -> Answer {
        effects.append(.notice("\(call.chargePointId): asks for a certificate; rejected, as nothing here signs one"))
        return .result(StatusResponse(status: CertificateSigningStatus.rejected).payload)
    }
}

/// Whether a certificate will be signed (whitepaper, GenericStatusEnumType).
enum CertificateSigningStatus: String {
    case accepted = "Accepted"
    case rejected = "Rejected"
}
