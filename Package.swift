// swift-tools-version: 6.2
import PackageDescription

// The settings that every target of ours is built with. Dependencies keep their own.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// What the binary brings along for the dashboard.
let pageFiles = [
    "index.html", "style.css", "icon.svg", "main.js", "live.js", "text.js", "dom.js", "chart.js", "overview.js",
    "station.js", "sessions.js", "consumption.js",
]

let package = Package(
    name: "ocppctl",
    products: [
        .executable(name: "ocppctl", targets: ["ocppctl"]),
        .library(name: "OCPPKit", targets: ["OCPPKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibwebsockets", pkgConfig: "libwebsockets",
            providers: [.apt(["libwebsockets-dev", "libwebsockets-evlib-ev"])]),
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        .target(name: "OCPPKit", swiftSettings: strict),
        .target(name: "TransportSecurity", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(
            name: "WebEndpoints", dependencies: ["CLibwebsockets", "TransportSecurity"], swiftSettings: strict),
        .target(name: "MQTTTransport", dependencies: ["CMosquitto"], swiftSettings: strict),
        .target(name: "Storage", dependencies: ["OCPPKit", "CSQLite"], swiftSettings: strict),
        .target(name: "DojotClient", dependencies: ["OCPPKit", "WebEndpoints"], swiftSettings: strict),
        .target(
            name: "CentralSystemService",
            dependencies: ["OCPPKit", "TransportSecurity", "WebEndpoints", "MQTTTransport", "Storage"],
            swiftSettings: strict),
        .target(
            name: "Dashboard",
            dependencies: ["OCPPKit", "TransportSecurity", "WebEndpoints", "Storage", "DojotClient"],
            resources: pageFiles.map { .embedInCode("Assets/\($0)") }, swiftSettings: strict),
        .executableTarget(
            name: "ocppctl",
            dependencies: [
                "OCPPKit", "TransportSecurity", "WebEndpoints", "MQTTTransport", "Storage", "DojotClient",
                "CentralSystemService", "Dashboard",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        // What the conformance suite talks to; never installed.
        .executableTarget(
            name: "WebSocketEcho", dependencies: ["WebEndpoints"], path: "Tests/Support/WebSocketEcho",
            exclude: ["plain.c"], swiftSettings: strict),
        // What `Benchmarks/bench instructions` counts; never installed.
        .executableTarget(
            name: "ServedMessage", dependencies: ["OCPPKit", "Storage"], path: "Benchmarks/ServedMessage",
            swiftSettings: strict),
        .testTarget(
            name: "OCPPKitTests", dependencies: ["OCPPKit"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "WebEndpointsTests", dependencies: ["WebEndpoints", "TransportSecurity"], swiftSettings: strict),
        .testTarget(name: "MQTTTransportTests", dependencies: ["MQTTTransport"], swiftSettings: strict),
        .testTarget(
            name: "StorageTests", dependencies: ["Storage", "OCPPKit"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "DojotClientTests", dependencies: ["DojotClient", "WebEndpoints", "OCPPKit"],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["Dashboard", "OCPPKit", "Storage", "TransportSecurity", "WebEndpoints"],
            swiftSettings: strict),
        .testTarget(
            name: "CentralSystemServiceTests",
            dependencies: ["CentralSystemService", "OCPPKit", "Storage", "TransportSecurity", "WebEndpoints"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests", dependencies: ["ocppctl", "OCPPKit"], exclude: ["cases", "files"],
            swiftSettings: strict),
    ]
)
