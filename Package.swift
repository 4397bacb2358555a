// swift-tools-version: 6.2
// The targets follow the plan of the house (Sources/anju/Anju.docc/ModuleMap.md): dependencies point down only.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A target of ours: Swift 6 mode, warnings are errors.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A test target of ours.
func check(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "anju",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "anju", targets: ["anju"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Ring 0: nouns.
        room("SafetyModel"),
        // Ring 1: they do not know each other.
        room("Correlation", ["SafetyModel"]),
        room("Alarming", ["SafetyModel"]),
        room("Escalation", ["SafetyModel"]),
        // Ring 2: the one state machine, and what devices say.
        room("SafetyCore", ["SafetyModel", "Correlation", "Alarming", "Escalation"]),
        room("DeviceProfiles", ["SafetyModel", "CSimdjson"]),
        // Ring 3: decisions of the shell, without a thread or a clock.
        room("GatewayPorts", ["SafetyModel", "SafetyCore"]),
        room(
            "SiteConfiguration",
            ["SafetyCore", "DeviceProfiles", .product(name: "Yams", package: "Yams")]),
        room("GatewayEngine", ["GatewayPorts", "SafetyCore", "SiteConfiguration", "DeviceProfiles"]),
        // Ring 4: adapters; each isolates one third party.
        room(
            "Persistence",
            ["GatewayPorts", .product(name: "GRDB", package: "GRDB.swift")]),
        room("MQTTLink", ["GatewayPorts", "DeviceProfiles", "CMosquitto"]),
        room(
            "NotificationChannels",
            [
                "GatewayPorts", logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        room(
            "HTTPInterface",
            [
                "GatewayPorts", logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        room(
            "GatewayRuntime",
            [
                "GatewayEngine", logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        room("SafetySimulator", ["GatewayEngine", "DeviceProfiles"]),
        // Ring 5: the executable knows every adapter.
        .executableTarget(
            name: "anju",
            dependencies: [
                "GatewayRuntime", "GatewayEngine", "SiteConfiguration", "MQTTLink", "Persistence",
                "NotificationChannels", "HTTPInterface", "SafetySimulator", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        check("TidyTests", []),
        check("DeviceProfilesTests", ["DeviceProfiles", "SiteConfiguration"]),
        check("SiteConfigurationTests", ["SiteConfiguration"]),
        check("PersistenceTests", ["Persistence", .product(name: "GRDB", package: "GRDB.swift")]),
        check(
            "NotificationChannelsTests",
            ["NotificationChannels", logging, .product(name: "Crypto", package: "swift-crypto")]),
        check(
            "HTTPInterfaceTests",
            [
                "HTTPInterface", logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        check("MQTTLinkTests", ["MQTTLink"]),
        check("SafetySimulatorTests", ["SafetySimulator"]),
        // C, met in one place each.
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .target(
            name: "CSimdjson",
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
    ],
    cxxLanguageStandard: .cxx17
)
