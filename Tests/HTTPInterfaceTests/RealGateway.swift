import Escalation
import Foundation
import GatewayEngine
import GatewayPorts
import Persistence
import SafetyCore
import SafetyModel
import SiteConfiguration
import Synchronization
import Testing

/// The real board over the real gate, store and site, for what a fake would only repeat.
final class RealGateway: CommandDesk, ReleaseTaker {
    let board: EngineBoard
    let record: SQLiteDeskRecord
    private let gate: CoreGate
    private let journal: SQLiteJournal
    private let community: Community
    private let state: Mutex<State>

    private struct State {
        var now = RealGateway.start
        var answers: [CommandAnswer] = []
        var visitAnswers: [VisitAnswer] = []
        var deskAnswers: [DeskAnswer] = []
    }

    static let start = Instant(milliseconds: 1_790_000_000_000)

    /// Writes the files of a site into a folder, loads them and starts a gateway that hears.
    init(_ files: [String: String], in folder: URL) throws {
        for (name, text) in files {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let now = WallTime(milliseconds: Self.start.milliseconds)
        let loaded = Installation.load(from: folder.appendingPathComponent("anju.yaml").path, at: now)
        let errors = loaded.diagnostics.filter { $0.severity == .error }.map(\.text)
        try #require(errors == [])
        let installation = try #require(loaded.installation)
        var settings = StoreSettings()
        settings.path = folder.appendingPathComponent("anju.db").path
        journal = try SQLiteJournal(settings: settings)
        record = try SQLiteDeskRecord(besides: settings.path)
        community = installation.site.community
        board = EngineBoard(journal: journal, version: "test")
        let recovered = try Recovery.recover(
            installation, journal: journal, breadcrumb: nil, at: Self.start)
        let taker = Answers()
        gate = try CoreGate.open(recovered, journal: journal, board: board, taker: taker)
        state = Mutex(State())
        board.handOff { $0() }
        taker.gateway = self
        submit([.restarted, .wallOffset(.zero)])
    }

    /// The gate keeps whoever takes its releases; this passes them on without keeping the gateway.
    private final class Answers: ReleaseTaker, @unchecked Sendable {
        // Unchecked: set once before anything is submitted.
        weak var gateway: RealGateway?
        func take(_ release: Release) { gateway?.take(release) }
    }

    func close() { journal.close() }

    /// The time of day, which only `submit` moves on.
    var wall: WallTime { WallTime(milliseconds: state.withLock { $0.now }.milliseconds) }

    func take(_ release: Release) {
        state.withLock { state in
            state.answers += release.answers.map(\.answer)
            state.visitAnswers += release.visitAnswers.map(\.answer)
            state.deskAnswers += release.deskAnswers.map(\.answer)
        }
    }

    /// Hands inputs in, so many seconds after the last ones.
    func submit(_ inputs: [CoreInput], after seconds: Int64 = 1) {
        var batch = InputBatch()
        batch.inputs = inputs
        submit(&batch, after: seconds)
    }

    private func submit(_ batch: inout InputBatch, after seconds: Int64) {
        let now = state.withLock { state in
            state.now = state.now + .seconds(seconds)
            return state.now
        }
        batch.siteVersion = gate.siteVersion
        _ = gate.submit(&batch, at: now, by: .desk)
    }

    /// A device of a home says something.
    func say(
        _ home: String, _ device: String, _ readings: [(Signal, Reading)], after seconds: Int64 = 1
    ) throws {
        let place = try #require(
            community.devices.firstIndex {
                $0.id == device && community.homes[$0.home.int].id == home
            })
        var batch = InputBatch()
        for (signal, reading) in readings {
            let form: Observation.Form = signal == .call ? .pulse : .level
            batch.observations.append(Observation(signal, reading, form: form))
        }
        let payload = batch.append(payload: Array(#"{"action":"x"}"#.utf8))
        batch.append(
            from: DeviceIndex(place), deviceTime: wall, isRetained: false, firstObservation: 0,
            payload: payload)
        submit(&batch, after: seconds)
    }

    func submit(_ command: PersonCommand) async -> CommandAnswer {
        submit([.command(command)])
        return state.withLock { $0.answers.last } ?? .refused(.unavailable)
    }

    func submit(_ visit: VisitRecord) async -> VisitAnswer {
        var visit = visit
        visit.at = wall
        submit([.visit(visit)])
        return state.withLock { $0.visitAnswers.last } ?? .refused(.unavailable)
    }

    func submit(_ command: DeskCommand) async -> DeskAnswer {
        submit([.desk(command)])
        return state.withLock { $0.deskAnswers.last } ?? .refused(.unavailable)
    }

    func responder(withToken token: String) -> String? { nil }
}
