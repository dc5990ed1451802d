import Dispatch
import Glibc
import OCPPKit
import Storage
import WebEndpoints

/// `/metrics`, `/healthz` and `/readyz`.
extension CentralSystemServer {
    func startHTTP(_ address: (host: String, port: UInt16)) throws -> HTTPServer {
        try HTTPServer(loop: loop, host: address.host, port: address.port) { [weak self] request, responder in
            guard let self else { return responder.answer(.status(503)) }
            assumeIsolated { $0.answer(request, responder) }
        }
    }

    private func answer(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
        guard ["/metrics", "/healthz", "/readyz"].contains(request.path) else { return responder.answer(.status(404)) }
        guard request.method == "GET" || request.method == "HEAD" else {
            var answer = HTTPAnswer.status(405)
            answer.headers.append(("Allow", "GET, HEAD"))
            return responder.answer(answer)
        }
        switch request.path {
        // Whoever reads it hears from the event loop itself.
        case "/healthz": responder.answer(.text("ok\n"))
        case "/readyz": answerReadiness(responder)
        default: answerMetrics(responder)
        }
    }

    // MARK: Readiness

    /// Long enough for a disk that is busy, short enough for a probe.
    private static let storePatienceMilliseconds = 2_000

    private func answerReadiness(_ responder: HTTPResponder) {
        let broker = publisher?.connectionCounts
        let brokerLine =
            broker.map { "broker: \($0.connected) of \($0.devices) devices are connected\n" }
            ?? "broker: none is asked for\n"
        let start = WallClock.monotonicMilliseconds
        // The first answer counts: the store's, or that it gave none.
        writer.touch { result in
            let milliseconds = WallClock.monotonicMilliseconds - start
            switch result {
            case .success:
                responder.answer(.text("ready\nstore: a write took \(milliseconds) ms\n\(brokerLine)"))
            case .failure(let error):
                responder.answer(.text("not ready\nstore: \(error)\n\(brokerLine)", status: 503))
            }
        }
        loop.schedule(afterMilliseconds: Self.storePatienceMilliseconds) {
            let text = "not ready\nstore: no write within \(Self.storePatienceMilliseconds) ms\n\(brokerLine)"
            responder.answer(.text(text, status: 503))
        }
    }

    // MARK: Metrics

    /// What the store tells takes a moment, on a thread that holds nobody up.
    private func answerMetrics(_ responder: HTTPResponder) {
        let gathered = metrics
        let path = settings.storePath
        let age = outboxAge
        reading.async {
            var text = gathered.prometheus()
            text.addStore(path: path, age: age)
            responder.answer(
                HTTPAnswer(
                    status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.text.utf8)))
        }
    }
}

extension PrometheusText {
    /// How large the store is, and what waits in its outbox.
    fileprivate mutating func addStore(path: String, age: OutboxAge) {
        family("ocppctl_store_bytes", .gauge, "Size of the store's files.")
        for (file, suffix) in [("database", ""), ("wal", "-wal")] {
            sample("ocppctl_store_bytes", [("file", file)], Self.bytes(path + suffix))
        }
        guard let unsent = try? SQLiteStoreReader(path: path).unsentCount() else { return }
        single(
            "ocppctl_outbox_messages", .gauge, "Publications that no broker has acknowledged yet.", unsent.count)
        family(
            "ocppctl_outbox_oldest_age_seconds", .gauge, "Age of the oldest of them, at least; 0 where there is none.")
        sample(seconds: age.milliseconds(first: unsent.first, at: WallClock.now), "ocppctl_outbox_oldest_age_seconds")
    }

    private static func bytes(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
