import OCPPKit
public import WebEndpoints

/// The page, its live data and its questions over HTTP, from one source.
public final class DashboardServer: @unchecked Sendable {
    // Sendable: `access` is the loop's, everything else does not change.
    private let loop: EventLoop
    private let source: any DashboardSource
    private let settings: DashboardSettings
    private let hub: LiveHub
    private let frames = FrameWindows()
    private let questions = Workers(limit: 8)
    private let commands = Workers(limit: 16)
    private var access: AccessCheck
    private var server: HTTPServer?

    /// Listens, and begins to follow the source. Only on the loop's thread, which holds the server.
    public init(loop: EventLoop, source: any DashboardSource, settings: DashboardSettings) throws(EndpointError) {
        self.loop = loop
        self.source = source
        self.settings = settings
        hub = LiveHub(loop: loop, abilities: source.abilities, now: settings.now)
        access = AccessCheck(settings)
        server = try HTTPServer(
            loop: loop, host: settings.host, port: settings.port, tls: settings.tls, limits: settings.limits
        ) {
            [self] request, responder in answer(request, responder)
        }
        source.start(isWatched: { [hub] in hub.isWatched }) { [hub, loop] news in loop.post { hub.take(news) } }
    }

    /// Where the page is. Only on the loop's thread.
    public var url: String { (server?.url ?? "") + "/" }

    /// Ends every connection. Only on the loop's thread.
    public func stop() {
        server?.stop()
        server = nil
    }

    private func answer(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
        if let refusal = access.refusal(of: request) { return responder.answer(refusal) }
        if request.path == "/api/commands" {
            return request.method == "POST" ? command(request, responder) : responder.answer(.status(405))
        }
        guard request.method == "GET" || request.method == "HEAD" else { return responder.answer(.status(405)) }
        if let asset = Assets.answer(request) { return responder.answer(asset) }
        let words = request.path.split(separator: "/", omittingEmptySubsequences: false)
        switch request.path {
        case "/api/live" where request.method == "HEAD": responder.answer(.status(405))
        case "/api/live": hub.add(responder)
        case "/api/sessions": sessions(request, responder)
        case "/api/sessions.csv": csv(request, responder)
        case "/api/consumption": consumption(request, responder)
        // The identity is one segment, as it is in the URL of a charge point.
        case _ where words.count == 5 && request.path.hasPrefix("/api/charge-points/"):
            chargePoint(String(words[3]), words[4], request, responder)
        default: responder.answer(.failure("404 there is nothing here", status: 404))
        }
    }

    private func chargePoint(
        _ id: String, _ what: Substring, _ request: HTTPServerRequest, _ responder: HTTPResponder
    ) {
        switch what {
        case "series": responder.answer(.json(hub.series(of: id)))
        case "frames":
            let after = request.parameter("after").flatMap { Int64($0) } ?? 0
            let (source, frames) = (source, frames)
            questions.answer(responder) { try frames.answer(of: source, id, after: after) }
        default: responder.answer(.failure("404 there is nothing here", status: 404))
        }
    }

    private func sessions(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
        guard let question = question(request, responder) else { return }
        let source = source
        questions.answer(responder) { try question.page(of: source) }
    }

    private func csv(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
        guard let question = question(request, responder) else { return }
        let source = source
        let headers = PageHeaders.data + [("Content-Disposition", "attachment; filename=\"sessions.csv\"")]
        questions.stream(responder, on: loop, contentType: "text/csv; charset=utf-8", headers: headers) { writer in
            try question.csv(of: source, writer)
        }
    }

    private func consumption(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
        guard let question = question(request, responder) else { return }
        guard let grouping = request.parameter("by").flatMap(Consumption.Grouping.init(rawValue:)) else {
            return responder.answer(.failure("by is day, charge-point or idTag", status: 400))
        }
        let timezone = request.parameter("timezone").flatMap(settings.timezone)
        let source = source
        questions.answer(responder) { try question.consumption(of: source, by: grouping, timezone: timezone) }
    }

    private func question(_ request: HTTPServerRequest, _ responder: HTTPResponder) -> SessionQuestion? {
        do {
            return try SessionQuestion(request)
        } catch {
            responder.answer(.failure(error.description, status: 400))
            return nil
        }
    }

    private func command(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
        do {
            let command = try CommandQuestion.request(request.body)
            let source = source
            commands.answer(responder) { CommandQuestion.answer(try source.send(command)) }
        } catch {
            responder.answer(.failure(error.description, status: 400))
        }
    }
}
