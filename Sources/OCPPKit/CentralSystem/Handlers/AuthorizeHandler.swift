extension CentralSystem {
    func authorize(_ call: InboundCall) -> Answer {
        let request = AuthorizeRequest(call.payload)
        return .result(AuthorizeResponse(idTagInfo: standing(of: request.idTag)).payload)
    }
}
