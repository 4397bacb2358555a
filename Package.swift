// swift-tools-version: 6.2
// Targets as the plan of the house has them (Sources/anju/Anju.docc/ModuleMap.md): dependencies point down.
// Every module that a target imports is named, so that a change below builds everything above it anew.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A target of ours: Swift 6 mode, warnings are errors.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], without files: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: files, swiftSettings: strict)
}

/// A test target of ours.
func check(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

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
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
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
        room("Welfare", ["SafetyModel"]),
        room("Alarming", ["SafetyModel"]),
        room("Escalation", ["SafetyModel"]),
        // Ring 2: the one state machine, and what devices say.
        room("SafetyCore", ["SafetyModel", "Correlation", "Welfare", "Alarming", "Escalation"]),
        room("DeviceProfiles", ["SafetyModel", "CSimdjson"]),
        // Ring 3: decisions of the shell, without a thread or a clock.
        room("GatewayPorts", ["SafetyModel", "Escalation", "SafetyCore"]),
        room(
            "SiteConfiguration",
            [
                "SafetyModel", "Correlation", "Welfare", "Escalation", "SafetyCore", "DeviceProfiles", yams,
            ]),
        room(
            "GatewayEngine",
            [
                "SafetyModel", "Correlation", "Welfare", "Alarming", "Escalation", "SafetyCore",
                "GatewayPorts", "SiteConfiguration",
            ]),
        // Ring 4: adapters; each isolates one third party.
        room("Persistence", ["SafetyModel", "GatewayPorts", crypto, grdb, grdbSQLite]),
        room(
            "MQTTLink",
            ["SafetyModel", "Escalation", "SafetyCore", "DeviceProfiles", "GatewayPorts", "CMosquitto"]),
        room(
            "NotificationChannels",
            [
                "SafetyModel", "Escalation", "GatewayPorts", "CCurl", asyncHTTPClient, crypto, logging,
                nioCore, nioHTTP1, nioPosix,
            ]),
        room(
            "HTTPInterface",
            [
                "SafetyModel", "Escalation", "GatewayPorts", "CConsole", crypto, cryptoExtras, httpTypes,
                hummingbird, hummingbirdCore, logging, nioCore, nioHTTPTypes, nioSSL, serviceLifecycle,
            ], without: ["Console", "openapi.json"]),
        room(
            "GatewayRuntime",
            [
                "SafetyModel", "Escalation", "SafetyCore", "GatewayPorts", "SiteConfiguration",
                "GatewayEngine", logging, serviceLifecycle,
            ]),
        room(
            "SafetySimulator",
            [
                "SafetyModel", "Correlation", "Welfare", "Alarming", "Escalation", "SafetyCore",
                "DeviceProfiles",
                "GatewayPorts", "SiteConfiguration", "GatewayEngine",
            ]),
        room("HomeLogs", ["SafetyModel", "Welfare"]),
        // Ring 5: the executable knows every adapter.
        .executableTarget(
            name: "anju",
            dependencies: [
                "SafetyModel", "Correlation", "Escalation", "SafetyCore", "DeviceProfiles", "GatewayPorts",
                "SiteConfiguration", "GatewayEngine", "Persistence", "MQTTLink", "NotificationChannels",
                "HTTPInterface", "GatewayRuntime", "SafetySimulator", "Welfare", "HomeLogs", "CJemalloc",
                argumentParser,
                logging,
                serviceLifecycle,
                unixSignals,
            ],
            swiftSettings: strict),
        // A benchmark, run by Tests/bench/core.
        .executableTarget(
            name: "CoreBenchmark",
            dependencies: ["SafetyModel", "Correlation", "SafetyCore", "SiteConfiguration", "CJemalloc"],
            path: "Tests/bench/CoreBenchmark", swiftSettings: strict),
        // Tests: pure tables first, then adapters against the real thing.
        check("TidyTests", []),
        check("SafetyModelTests", ["SafetyModel"]),
        check("CorrelationTests", ["SafetyModel", "Correlation"]),
        check("WelfareTests", ["SafetyModel", "Welfare"]),
        check("HomeLogsTests", ["SafetyModel", "Welfare", "HomeLogs"]),
        check("AlarmingTests", ["SafetyModel", "Alarming"]),
        check("EscalationTests", ["SafetyModel", "Escalation"]),
        check(
            "SafetyCoreTests",
            ["SafetyModel", "Correlation", "Welfare", "Alarming", "Escalation", "SafetyCore"]),
        check("DeviceProfilesTests", ["SafetyModel", "DeviceProfiles", "SiteConfiguration"]),
        check(
            "SiteConfigurationTests",
            [
                "SafetyModel", "Correlation", "Welfare", "Escalation", "SafetyCore", "DeviceProfiles",
                "SiteConfiguration",
            ]),
        check("GatewayPortsTests", ["SafetyModel", "GatewayPorts"]),
        check(
            "GatewayEngineTests",
            [
                "SafetyModel", "Correlation", "Escalation", "SafetyCore", "DeviceProfiles",
                "GatewayPorts", "SiteConfiguration", "GatewayEngine", "Persistence",
            ]),
        check(
            "GatewayRuntimeTests",
            [
                "SafetyModel", "Correlation", "Escalation", "SafetyCore", "DeviceProfiles",
                "GatewayPorts", "SiteConfiguration", "GatewayEngine", "Persistence", "GatewayRuntime",
                logging, serviceLifecycle,
            ]),
        check("PersistenceTests", ["SafetyModel", "GatewayPorts", "Persistence", grdb]),
        check(
            "MQTTLinkTests",
            ["SafetyModel", "Escalation", "SafetyCore", "DeviceProfiles", "GatewayPorts", "MQTTLink"]),
        check(
            "NotificationChannelsTests",
            ["SafetyModel", "Escalation", "GatewayPorts", "NotificationChannels", crypto, logging, nioCore]),
        check(
            "HTTPInterfaceTests",
            [
                "SafetyModel", "Escalation", "SafetyCore", "GatewayPorts", "SiteConfiguration",
                "GatewayEngine", "Persistence", "HTTPInterface", logging, serviceLifecycle,
            ]),
        check(
            "SafetySimulatorTests",
            [
                "SafetyModel", "Correlation", "Alarming", "Escalation", "SafetyCore", "DeviceProfiles",
                "GatewayPorts", "SiteConfiguration", "GatewayEngine", "SafetySimulator",
            ]),
        check(
            "AnjuTests",
            [
                "SafetyModel", "Correlation", "Escalation", "SafetyCore", "DeviceProfiles", "GatewayPorts",
                "SiteConfiguration", "GatewayEngine", "SafetySimulator", "anju", argumentParser,
            ]),
        // C, met in one place each.
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .target(name: "CJemalloc", linkerSettings: [.linkedLibrary("jemalloc")]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CConsole", exclude: ["ConsoleFiles.inc", "embed"]),
        .target(
            name: "CSimdjson",
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
    ],
    cxxLanguageStandard: .cxx17
)
