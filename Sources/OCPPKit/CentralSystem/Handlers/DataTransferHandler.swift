extension CentralSystem {
    /// No vendor's extension is known here (section 4.3).
    func dataTransfer(_ call: InboundCall) -> Answer {
        .result(DataTransferResponse(status: .unknownVendorId).payload)
    }
}
