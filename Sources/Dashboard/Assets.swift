import WebEndpoints

/// The page's files, which the binary brings along: `Assets/` as it is, byte for byte.
enum Assets {
    private static let files: [String: (type: String, bytes: [UInt8])] = [
        "/": ("text/html; charset=utf-8", PackageResources.index_html),
        "/style.css": ("text/css; charset=utf-8", PackageResources.style_css),
        "/icon.svg": ("image/svg+xml", PackageResources.icon_svg),
        "/main.js": (script, PackageResources.main_js),
        "/live.js": (script, PackageResources.live_js),
        "/text.js": (script, PackageResources.text_js),
        "/dom.js": (script, PackageResources.dom_js),
        "/chart.js": (script, PackageResources.chart_js),
        "/overview.js": (script, PackageResources.overview_js),
        "/station.js": (script, PackageResources.station_js),
        "/sessions.js": (script, PackageResources.sessions_js),
        "/consumption.js": (script, PackageResources.consumption_js),
    ]
    private static let script = "text/javascript; charset=utf-8"

    /// `nil` where the path is none of them.
    static func answer(_ request: HTTPServerRequest) -> HTTPAnswer? {
        guard let file = files[request.path] else { return nil }
        return HTTPAnswer(contentType: file.type, headers: PageHeaders.page, body: file.bytes)
    }
}
