import ArgumentParser
import Correlation
import Foundation
import GatewayEngine
import GatewayPorts
import Persistence
import SafetyModel
import SiteConfiguration

extension ExplainCommand {
    /// Tells what waits for a home or a rule, and what was given up.
    func tellWaiting() throws {
        let journal: SQLiteJournal
        do { journal = try place.open() } catch { throw failure(error.text, 74) }
        defer { journal.close() }
        guard
            let current = (try? Recovery.storedInstallation(journal))
                ?? Installation.load(from: place.config).installation
        else { throw failure("there is no stored site to replay with", 69) }
        var plan = JournalReplay.Plan(question: MatchQuestion(home: home, rule: rule))
        if let span = ReplayCommand.span(since), let last = try? ReplayCommand.lastInstant(journal) {
            plan.since = Instant(milliseconds: last.milliseconds - span.wholeMilliseconds)
        }
        let report: JournalReplay.Report
        do {
            report = try JournalReplay.run(journal, current: current, plan: plan)
        } catch {
            throw failure("the journal cannot be replayed: \(error)", 74)
        }
        guard report.inputs > 0, let waiting = report.waiting else {
            throw failure("the journal holds nothing to replay", 69)
        }
        guard waiting.isKnown else {
            let asked = [home.map { "home \($0)" }, rule.map { "rule \($0)" }].compactMap { $0 }
            throw failure("the site in force has no \(asked.joined(separator: " or no "))", 1)
        }
        print(
            WaitingStory(
                report, waiting, installation: current, language: language ?? current.settings.language,
                since: plan.since, limit: max(0, limit)
            ).text)
    }

    private func failure(_ text: String, _ code: Int32) -> ExitCode {
        FileHandle.standardError.write(Data("anju explain: \(text)\n".utf8))
        return ExitCode(code)
    }
}
