import Correlation
import Foundation
import GatewayEngine
import SafetyCore
import SafetyModel
import SiteConfiguration

/// Partial matches told in plain words: what is there, what is lacking, and until when it may come.
struct WaitingStory {
    private let report: JournalReplay.Report
    private let waiting: WaitingReport
    private let installation: Installation
    private let words: StoryWords
    private let patterns: PatternWords
    private let since: Instant?
    private let limit: Int

    /// - Parameters:
    ///   - since: how far back given-up matches were looked for.
    ///   - limit: the most of them to name.
    init(
        _ report: JournalReplay.Report, _ waiting: WaitingReport, installation: Installation,
        language: String, since: Instant?, limit: Int
    ) {
        self.report = report
        self.waiting = waiting
        self.installation = installation
        self.since = since
        self.limit = limit
        words = StoryWords(language: language)
        patterns = PatternWords(language: language)
    }

    /// The whole story: what waits, what was given up, the counts.
    var text: String {
        (waitingLines + [""] + lapseLines + [""] + tallyLines + notes).joined(separator: "\n")
    }

    private var waitingLines: [String] {
        let until = report.until.map(time) ?? "-"
        guard !waiting.waiting.isEmpty else {
            return [words.choose("\(until)：没有等待中的部分匹配。", "At \(until) no partial match waits.")]
        }
        let count = waiting.waiting.count
        return [
            words.choose(
                "\(until)：\(count) 个部分匹配在等待：",
                "At \(until) \(count == 1 ? "1 partial match waits" : "\(count) partial matches wait"):")
        ] + waiting.waiting.map { line($0.match, home: $0.home, isWide: $0.isWide) }
    }

    private var lapseLines: [String] {
        let from = since.map(time) ?? report.from.map(time) ?? "-"
        guard waiting.lapseCount > 0 else {
            return [
                words.choose("\(from) 以来没有部分匹配因超时被放弃。", "Since \(from) no partial match ran out of time.")
            ]
        }
        let count = waiting.lapseCount
        let shown = waiting.lapses.suffix(limit)
        let more = count - shown.count
        return [
            words.choose(
                "\(from) 以来 \(count) 个部分匹配因超时被放弃" + (more > 0 ? "（列出最近 \(shown.count) 个）：" : "："),
                "Since \(from) \(count == 1 ? "1 partial match" : "\(count) partial matches") ran out of time"
                    + (more > 0 ? " (the newest \(shown.count)):" : ":"))
        ] + shown.map(line)
    }

    private var tallyLines: [String] {
        let rules = waiting.tallies.filter { tally in
            let counts = tally.tally
            return waiting.tallies.count == 1 || counts.timedOut + counts.forgotten > 0
        }
        guard !rules.isEmpty else { return [] }
        return [words.choose("各规则自首次启动以来（全部住户）：", "Rules since the first start, over all homes:")]
            + rules.map { rule in
                let counts = rule.tally
                return words.choose(
                    "  \(rule.rule)：匹配 \(counts.completed) 次，超时 \(counts.timedOut) 次，"
                        + "因过多被丢弃 \(counts.forgotten) 次",
                    "  \(rule.rule): matched \(counts.completed), ran out of time \(counts.timedOut), "
                        + "forgotten because too many waited \(counts.forgotten)")
            }
    }

    private var notes: [String] {
        var notes = report.complaints.map { words.choose("注意：\($0)。", "Note: \($0).") }
        if !report.beginsFromKnownState {
            notes.append(
                words.choose(
                    "注意：此前的状态已无记录，更早开始的等待看不到。",
                    "Note: the state before is not recorded any more; what began earlier is not seen."))
        }
        return notes
    }

    private func line(_ match: WaitingMatch, home: String, isWide: Bool) -> String {
        let place = isWide ? words.choose("\(home) 等多户", "\(home) and others") : home
        return words.choose(
            "  \(place)  \(rule(match))：\(progress(match))，始于 \(time(match.since))；\(wanted(match))",
            "  \(place)  \(rule(match)): \(progress(match)) since \(time(match.since)); \(wanted(match))")
    }

    private func line(_ lapse: WaitingReport.Lapse) -> String {
        let match = lapse.match
        let lacked = next(match).map { words.choose("，缺：\($0)", ", lacking: \($0)") } ?? ""
        return words.choose(
            "  \(time(lapse.at))  \(lapse.home)  \(rule(match))：\(progress(match))，"
                + "始于 \(time(match.since))\(lacked)",
            "  \(time(lapse.at))  \(lapse.home)  \(rule(match)): \(progress(match)) "
                + "since \(time(match.since))\(lacked)")
    }

    private func progress(_ match: WaitingMatch) -> String {
        words.choose(
            "\(match.elements) 步中已有 \(match.matched) 步", "\(match.matched) of \(match.elements) there")
    }

    private func wanted(_ match: WaitingMatch) -> String {
        let next = next(match)
        switch match.awaited {
        case .event(let end?):
            let what = next ?? words.choose("下一步", "the next")
            return words.choose(
                "等待“\(what)”，\(time(end)) 后放弃", "waits for: \(what), and gives up after \(time(end))")
        case .event(nil): return words.choose("等待“\(next ?? "下一步")”", "waits for: \(next ?? "the next")")
        case .silence(let end):
            let what = next ?? words.choose("保持安静", "silence")
            return words.choose(
                "若\(what)，\(time(end)) 继续", "goes on at \(time(end)) if so until then: \(what)")
        case .nothing: return words.choose("全部满足", "all is there")
        }
    }

    /// The rule and what it waits for.
    private func rule(_ match: WaitingMatch) -> String {
        guard let rule = installation.site.rules.first(where: { $0.id == match.rule }) else {
            return match.rule
        }
        let meaning = patterns.text(of: rule)
        return words.choose("\(match.rule)（\(meaning)）", "\(match.rule) (\(meaning))")
    }

    /// The element that is lacking, in words; nil where the rule has several sequences of that length.
    private func next(_ match: WaitingMatch) -> String? {
        guard let rule = installation.site.rules.first(where: { $0.id == match.rule }) else { return nil }
        let found = Self.sequences(in: rule.when).filter { $0.count == match.elements }
        guard found.count == 1, match.matched < match.elements else { return nil }
        return patterns.text(of: found[0][match.matched])
    }

    private static func sequences(in pattern: Pattern) -> [[Pattern]] {
        switch pattern {
        case .sequence(let parts, _): [parts] + parts.flatMap(sequences)
        case .anyOf(let parts), .allOf(let parts, _): parts.flatMap(sequences)
        case .unless(let pattern, let exception): sequences(in: pattern) + sequences(in: exception)
        case .condition, .held, .absent, .count, .change: []
        }
    }

    /// A moment in local time: `2026-11-04 20:15:07`.
    private func time(_ instant: Instant) -> String {
        let wall = WallTime(milliseconds: instant.milliseconds + waiting.wallOffsetMilliseconds)
        let seconds = Int64(installation.site.calendar.secondsFromUTC(at: wall))
        let date = Date(timeIntervalSince1970: Double(wall.milliseconds / 1_000 + seconds))
        let said = Date.ISO8601FormatStyle(includingFractionalSeconds: false).format(date)
        return said.replacing("T", with: " ").replacing("Z", with: "")
    }
}
