import Correlation
import DeviceProfiles
import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine
@testable import anju

/// A day in a shipped site, lived by the real decoder and machine, and told as `anju explain` tells it.
struct ToldDay {
    private let installation: Installation
    private let site: CompiledSite
    private let decoder: MessageDecoder
    private var machine: SafetyMachine
    private var lookout: MatchLookout
    private let start: Instant
    /// The incident that changed last, also when it was closed.
    private var incident: Incident?

    /// - Parameter site: a file of `config/scenarios/site`; the day begins at 15:00 of 2026-11-07 there.
    init(site name: String, at start: Instant = Instant(milliseconds: 1_794_034_800_000)) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "config/scenarios/site")
        let loaded = Installation.load(
            from: folder.appending(path: name).path, at: WallTime(milliseconds: start.milliseconds))
        installation = try #require(loaded.installation)
        site = CompiledSite(installation.site, hash: installation.fileHash)
        decoder = MessageDecoder(
            directory: TopicDirectory(profiles: installation.profiles, bindings: installation.bindings),
            payloadLimit: 10_000)
        machine = SafetyMachine(site: site, at: start)
        lookout = MatchLookout(MatchQuestion(), since: start, machine: machine)
        self.start = start
        put([.link(isUp: true), .caughtUp], at: start)
    }

    /// A device says something, so many seconds after the start.
    mutating func say(_ device: String, _ payload: String, after seconds: Int64) throws {
        let parts = device.split(separator: "/").map(String.init)
        let topic = "homes/\(parts[0])/zigbee2mqtt/\(parts[1])"
        wait(until: seconds)
        var batch = InputBatch()
        let bytes = Array(payload.utf8)
        let message = Array(topic.utf8).withUnsafeBytes { topic in
            bytes.withUnsafeBytes { payload in
                decoder.decode(topic: topic, payload: payload, isRetained: false, into: &batch.observations)
            }
        }
        let speaker = try #require(message.device)
        let kept = batch.append(payload: bytes)
        batch.append(
            from: speaker, deviceTime: message.deviceTime, isRetained: false, firstObservation: 0,
            payload: kept)
        take(batch, at: start + .seconds(seconds))
    }

    /// A person acts on the newest incident.
    mutating func person(_ id: String, _ act: PersonCommand.Act, after seconds: Int64) throws {
        wait(until: seconds)
        let incident = try #require(incident)
        put(
            [.command(PersonCommand(incident: incident.id, responder: id, act: act, origin: "mqtt"))],
            at: start + .seconds(seconds))
    }

    /// Lets time pass; whatever is due happens at its moment.
    mutating func wait(until seconds: Int64) {
        let end = start + .seconds(seconds)
        while let due = machine.nextDeadline, due <= end { put([.tick], at: max(due, machine.now)) }
    }

    private mutating func put(_ inputs: [CoreInput], at time: Instant) {
        var batch = InputBatch()
        batch.inputs = inputs
        take(batch, at: time)
    }

    /// Takes a batch in; every order is delivered over its first channel.
    private mutating func take(_ batch: InputBatch, at time: Instant) {
        var batch = batch
        while !batch.inputs.isEmpty {
            var outcome = StepOutcome()
            lookout.expect(batch, machine: machine)
            for place in batch.inputs.indices {
                machine.advance(with: batch, at: place, time: time, into: &outcome)
            }
            machine.collect(into: &outcome)
            lookout.note(machine)
            incident = outcome.incidents.last ?? incident
            batch = InputBatch()
            batch.inputs = outcome.orders.map {
                .report(DeliveryReport(order: $0.id, attempt: $0.attempt, result: .delivered))
            }
        }
    }

    // MARK: What is told

    /// The story of the newest incident, through its real document.
    func story(_ language: String) throws -> String {
        let incident = try #require(incident)
        let home = site.site.community.homes[incident.home.int].id
        let document = IncidentDocument(site: site, language: language, wallOffsetMilliseconds: 0)
        let record = IncidentRecord(
            number: incident.id.number, home: home, kind: incident.kind.name, urgency: incident.urgency.name,
            phase: incident.phase.name, openedAt: start, closedAt: nil,
            document: document.incident(incident))
        let people = site.site.community.responders.map { ($0.id, $0.name) }
        return IncidentStory(
            record, language: language, rules: Rule.lifeSafety + site.site.rules,
            people: Dictionary(uniqueKeysWithValues: people), calendar: site.site.calendar,
            bounds: ExplainCommand.bounds(in: home, of: site.site)
        ).text
    }

    /// What waits, and what was given up.
    func waiting(_ language: String) -> String {
        var report = JournalReplay.Report()
        (report.from, report.until, report.beginsFromKnownState) = (start, machine.now, true)
        return WaitingStory(
            report, lookout.finished(machine), installation: installation, language: language, since: start,
            limit: 20
        ).text
    }
}
