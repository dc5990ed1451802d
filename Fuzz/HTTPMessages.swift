// HTTP of both sides: the head of a request for a WebSocket, an identity in its target, requests for pages, and an answer.

@testable import OCPPKit
@testable import WebEndpoints

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPMessages(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    readHandshake(bytes)
    readRequests(bytes)
    readAnswer(bytes)
    return 0
}

private func readHandshake(_ bytes: [UInt8]) {
    let end = HTTPHead.end(of: bytes) ?? bytes.count
    var handshake = Handshake(HTTPHead(bytes[..<end]), peerAddress: "127.0.0.1")
    handshake.request.believe(["127.0.0.1"])
    if case .refuse(let refusal) = handshake.step {
        precondition(HTTPHead.end(of: refusal.bytes) != nil)
    } else {
        // What libwebsockets gets to see is of our own writing.
        precondition(handshake.request.rawTarget.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }
    if let id = try? ChargePointIdentity.read(target: handshake.request.rawTarget, below: "/ocpp") {
        precondition(!id.isEmpty && id.utf8.count <= ChargePointIdentity.maximumLength)
        precondition(!id.utf8.contains(UInt8(ascii: "/")) && id.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
}

/// Requests are the same however they come in pieces, and their paths are text without control characters.
private func readRequests(_ bytes: [UInt8]) {
    func read(_ pieces: [ArraySlice<UInt8>]) -> [String] {
        var reader = HTTPRequestReader(maxBodyBytes: 256)
        var found: [String] = []
        for piece in pieces {
            reader.append(piece)
            reading: while true {
                switch reader.next() {
                case .needsMore: break reading
                // Asked only of those who wait with the body.
                case .expectsContinue: continue
                case .refusal(let status): return found + ["\(status)"]
                case .request(let request, let closes):
                    let path = request.path.utf8
                    precondition(path.first == UInt8(ascii: "/") && path.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
                    found.append("\(request) \(closes)")
                }
            }
        }
        return found + ["\(reader.isMidRequest)"]
    }
    let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count - 1]) % bytes.count
    let (whole, inPieces) = (read([bytes[...]]), read([bytes[..<cut], bytes[cut...]]))
    precondition(whole == inPieces, "where requests are cut must not matter")
}

/// An answer is the same however it comes in pieces.
private func readAnswer(_ bytes: [UInt8]) {
    func read(_ pieces: [ArraySlice<UInt8>]) -> (HTTPResponseParser.Progress, HTTPResponse?) {
        var parser = HTTPResponseParser(method: "GET")
        var progress = HTTPResponseParser.Progress.needsMore
        for piece in pieces where progress == .needsMore { progress = piece.withUnsafeBytes { parser.feed($0) } }
        return (progress, progress == .needsMore ? parser.end() : nil)
    }
    let whole = read([bytes[...]])
    let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count - 1]) % bytes.count
    let inPieces = read([bytes[..<cut], bytes[cut...]])
    precondition(whole == inPieces, "where an answer is cut must not matter")
}
