import Foundation
import GatewayPorts
import HTTPInterface
import Logging
import SafetyModel
import ServiceLifecycle

/// An interface that listens on a free port of loopback while a test's body runs.
enum RunningInterface {
    static let apiToken = "0123456789abcdef-api"

    /// What a test sets beside the usual.
    struct Setup: Sendable {
        var record: (any DeskRecord)?
        var keys: FakeKeys?
        var reply: (@Sendable (String, String) async -> String?)?
        var language = "en"
        var now: WallTime?
        var clock: (@Sendable () -> WallTime)?
        var publicURL: String?
        var consoleFolder: String?
        var certificateFile: String?
        var keyFile: String?

        func apply(to settings: inout HTTPSettings) {
            settings.publicURL = publicURL
            settings.consoleFolder = consoleFolder
            settings.certificateFile = certificateFile
            settings.keyFile = keyFile
        }

        func doors(_ gateway: FakeGateway) -> HTTPDoors { doors(desk: gateway, board: gateway) }

        func doors(desk: any CommandDesk, board: any StatusBoard) -> HTTPDoors {
            var doors = HTTPDoors(desk: desk, board: board)
            doors.users = DeskPeople.all
            doors.gateway = "g1"
            doors.record = record
            doors.keys = keys
            doors.reply = reply
            doors.language = language
            if let now { doors.now = { now } }
            if let clock { doors.now = clock }
            return doors
        }
    }

    static func with(
        _ gateway: FakeGateway, limits: HTTPLimits = patientLimits(), setup: Setup = Setup(),
        body: (RawClient) async throws -> Void
    ) async throws {
        try await serve(
            setup.doors(gateway), limits: limits, setup: setup, ending: { gateway.release() }, body: body)
    }

    /// The same behind any two doors.
    static func serve(
        _ doors: HTTPDoors, limits: HTTPLimits = patientLimits(), setup: Setup = Setup(),
        ending: () -> Void = {}, body: (RawClient) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        var settings = try settings()
        defer { removeToken(of: settings) }
        setup.apply(to: &settings)
        let interface = try HTTPInterface(
            settings: settings, doors: doors, logger: silent, limits: limits,
            onListening: { continuation.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [interface], logger: silent))
        let running = Task { try await group.run() }
        var failure: (any Error)?
        for await port in ports {
            do { try await body(RawClient(port: port)) } catch { failure = error }
            break
        }
        ending()
        await group.triggerGracefulShutdown()
        try await running.value
        if let failure { throw failure }
    }

    static func settings(token: String = apiToken + "\n") throws -> HTTPSettings {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data(token.utf8).write(to: file)
        var settings = HTTPSettings()
        settings.port = 0
        settings.tokenFile = file.path
        return settings
    }

    static func removeToken(of settings: HTTPSettings) {
        if let path = settings.tokenFile { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Waiting times that no busy machine exceeds; a test of one of them makes that one short.
    static func patientLimits() -> HTTPLimits {
        var limits = HTTPLimits()
        limits.idlePatience = .seconds(3_600)
        limits.bodyPatience = .seconds(3_600)
        limits.answerPatience = .seconds(3_600)
        limits.requestPatience = .seconds(3_600)
        limits.failureWindow = .seconds(3_600)
        limits.shutdownPatience = .milliseconds(200)
        limits.bindRetryInterval = .milliseconds(20)
        limits.failureLimit = 1_000
        return limits
    }

    /// Those with one of them changed.
    static func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = patientLimits()
        change(&limits)
        return limits
    }

    /// Waits until something real (a request, a thread) has come so far; the suite's time limit ends it.
    static func eventually(_ isDone: () -> Bool) async throws {
        while !isDone() { try await Task.sleep(for: .milliseconds(2)) }
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
