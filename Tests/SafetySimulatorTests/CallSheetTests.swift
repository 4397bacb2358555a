import Foundation
import SafetyCore
import SafetyModel
import SafetySimulator
import SiteConfiguration
import Testing

/// Who is called if an alarm comes and nobody answers.
struct CallSheetTests {
    /// The sheet of an alarm in the shipped site with people on duty, one line an event.
    private static func lines(
        _ kind: AlarmKind, _ urgency: Urgency, at local: Int64, home: String = "d02"
    ) throws -> (lines: [String], repeats: Duration?) {
        let path = RehearsalTests.folder.appending(path: "site/duty.yaml").path
        let time = Scenario.LocalTime(milliseconds: local)
        let loaded = Installation.load(from: path, at: time.asWallTime)
        let site = CompiledSite(try #require(loaded.installation).site)
        let place = try #require(site.site.community.homes.firstIndex { $0.id == home })
        let start = time.instant(in: site.site.calendar)
        let sheet = CallSheet(
            alarm: kind, urgency: urgency, home: HomeIndex(place),
            at: WallTime(milliseconds: start.milliseconds), in: site)
        return (sheet.lines.map { "\($0.at.components.seconds) " + words(for: $0.event) }, sheet.repeatsEvery)
    }

    private static func words(for event: CallSheet.Event) -> String {
        switch event {
        case .step(let number, let count, let isAgain):
            "step \(number)/\(count)\(isAgain ? " again" : "")"
        case .verification(let isFirst): isFirst ? "ring first" : "ring"
        case .gap(let roster): "gap \(roster)"
        case .told(let person): "\(person.id)\(person.duty.isEmpty ? "" : " (\(person.duty))")"
        case .waits(let person, let until): "\(person.id) waits until \(until.components.seconds)"
        }
    }

    /// 2026-10-03 22:05.
    private static let evening: Int64 = 1_791_065_100_000

    @Test func `every step stands with its time, its people and their shifts`() throws {
        let sheet = try Self.lines(.sos, .lifeSafety, at: Self.evening)
        #expect(
            sheet.lines == [
                "0 step 1/3", "0 qian (watch: night)", "0 zhao (watch: day)", "0 li-ming", "0 ring",
                "0 centre", "60 step 2/3", "60 zhao", "105 qian", "150 sun", "195 step 3/3", "195 station",
                "195 centre", "255 step 3/3 again", "255 station", "255 centre",
            ])
        #expect(sheet.repeats == .minutes(2))
    }

    @Test func `a silence is rung first, a service call waits for the morning`() throws {
        let silence = try Self.lines(.inactivity, .urgent, at: Self.evening, home: "d01").lines
        #expect(Array(silence.prefix(3)) == ["0 ring first", "0 centre", "90 step 1/2"])
        let service = try Self.lines(.serviceCall, .routine, at: Self.evening)
        #expect(
            service.lines == [
                "0 step 1/1", "0 station waits until 32100", "32100 station", "33000 step 1/1 again",
                "33000 station",
            ])
        #expect(service.repeats == .minutes(30))
        #expect(CallSheet.turnLimit == 200)
    }

    @Test func `an alarm that no plan covers has no plan and no lines`() throws {
        let path = RehearsalTests.folder.appending(path: "site/duty.yaml").path
        let time = WallTime(milliseconds: Self.evening)
        var site = try #require(Installation.load(from: path, at: time).installation).site
        site.plans = []
        let sheet = CallSheet(
            alarm: .sos, urgency: .lifeSafety, home: HomeIndex(1), at: time, in: CompiledSite(site))
        #expect(sheet.plan == nil)
        #expect(sheet.lines.isEmpty && sheet.repeatsEvery == nil)
    }
}
