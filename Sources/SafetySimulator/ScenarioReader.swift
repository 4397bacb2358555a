import SafetyModel
public import SiteConfiguration

/// Reads the text of a scenario, collecting every problem instead of stopping at the first.
///
///     scenario: A kitchen fire
///     site: site/anju.yaml
///     start: 2026-10-01 18:40
///
///       0:00  h01/kitchen-smoke says {"smoke": true}
///       1:30  zhao acknowledges h01
///     nothing until 25:00
///
///     expect
///       0:00  h01 #1 fire  opened: fire by life-safety/smoke, kitchen-smoke
public struct ScenarioReader {
    private let file: String
    private var scenario: Scenario
    private var diagnostics: [Diagnostic] = []
    /// Keys that were read.
    private var seen: [String] = []
    /// Whether a key was misspelt: then nothing is said about a missing one.
    private var hasUnknownKey = false
    /// When the line before begins, or until when nothing happens.
    private var latestStart = Duration.zero

    private static let keys = ["scenario", "site", "start"]
    private static let starters = ["nothing", "from", "expect", "scenario:", "site:", "start:"]

    /// Reads a whole file.
    ///
    /// - Returns: the scenario, or nil when a diagnostic is an error; all diagnostics in the order of the
    /// lines.
    public static func read(_ text: String, file: String) -> (scenario: Scenario?, diagnostics: [Diagnostic])
    {
        var reader = ScenarioReader(file: file)
        if text.utf8.count > Scenario.sizeLimit {
            reader.error(
                at: Place(file: file), "The file is larger than \(Scenario.sizeLimit) bytes",
                fix: "Make several scenarios of it.")
        } else {
            reader.read(text)
        }
        return (reader.diagnostics.isEmpty ? reader.scenario : nil, reader.diagnostics)
    }

    private init(file: String) {
        self.file = file
        scenario = Scenario(file: file, title: "", start: Scenario.LocalTime(milliseconds: 0))
    }

    private mutating func read(_ text: String) {
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            var scanner = ScenarioScanner(line, file: file, line: number)
            guard let first = scanner.upcoming, !first.hasPrefix("#") else { continue }
            if scenario.expectLine != nil {
                let rest = scanner.rest()
                scenario.expected?.append(Scenario.Line(rest.text, place: rest.place))
            } else {
                readLine(&scanner)
            }
        }
        for key in Self.keys where !seen.contains(key) && key != "site" && !hasUnknownKey {
            error(
                at: Place(file: file), "The scenario has no `\(key):`",
                fix: key == "start"
                    ? "Write `start: 2026-10-01 18:40`." : "Write `scenario: what it is about`.")
        }
        // Stable: what stands later in the file at the same moment still comes later.
        scenario.scenes = scenario.scenes.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        diagnostics.sort { $0.place < $1.place }
        scenario.end = max(scenario.end, scenario.scenes.last?.at ?? .zero)
    }

    private mutating func readLine(_ scanner: inout ScenarioScanner) {
        guard let first = scanner.word() else { return }
        if first.text == "expect" {
            scenario.expectLine = first.place.line
            scenario.expected = []
            refuseRest(&scanner, after: "expect")
        } else if first.text == "nothing" {
            readNothing(&scanner)
        } else if first.text == "from" {
            readRepeated(&scanner)
        } else if let at = ScenarioTime.read(first.text) {
            add(at: [at], from: first.place, &scanner)
        } else if first.text.hasSuffix(":") {
            readKey(first, &scanner)
        } else {
            error(
                at: first.place,
                "A line begins with a time, `from`, `nothing`, `expect` or a key, not `\(first.text)`",
                fix: ScenarioSpelling.suggestion(for: first.text, among: Self.starters)
                    ?? "Write a time as \(ScenarioTime.form).")
        }
    }

    private mutating func readKey(_ word: ScenarioWord, _ scanner: inout ScenarioScanner) {
        let key = String(word.text.dropLast())
        let value = scanner.rest()
        guard Self.keys.contains(key) else {
            hasUnknownKey = true
            error(
                at: word.place, "There is no key `\(key)`",
                fix: ScenarioSpelling.suggestion(for: key, among: Self.keys)
                    ?? "Write one of \(Self.keys.joined(separator: ", ")).")
            return
        }
        guard !seen.contains(key) else {
            error(at: word.place, "`\(key):` stands here a second time", fix: "Remove one of them.")
            return
        }
        seen.append(key)
        guard !value.text.isEmpty else {
            error(at: word.place, "`\(key):` says nothing", fix: "Write it on the same line.")
            return
        }
        switch key {
        case "scenario": scenario.title = value.text
        case "site": scenario.site = value.text
        default: readStart(value)
        }
    }

    private mutating func readStart(_ value: ScenarioWord) {
        let parts = value.text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard parts.count == 2, let start = ScenarioTime.local(date: parts[0], clock: parts[1]) else {
            error(
                at: value.place, "`\(value.text)` is no date and time of day",
                fix: "Write the site's local time as `start: 2026-10-01 18:40`.")
            return
        }
        scenario.start = start
    }

    private mutating func readNothing(_ scanner: inout ScenarioScanner) {
        let place = scanner.place
        guard expect("until", &scanner, form: "nothing until 25:00"), let until = time(&scanner) else {
            return
        }
        if until < latestStart {
            error(at: place, "Something happens later than that", fix: "Put the lines in the order of time.")
        }
        latestStart = max(latestStart, until)
        scenario.end = max(scenario.end, until)
        refuseRest(&scanner, after: "the time")
    }

    private mutating func readRepeated(_ scanner: inout ScenarioScanner) {
        let form = "from 0:00 to 1:00 every 0:05  h01/sos says {\"sos\": true}"
        let place = scanner.place
        guard let first = time(&scanner), expect("to", &scanner, form: form), let last = time(&scanner),
            expect("every", &scanner, form: form), let step = time(&scanner)
        else { return }
        guard step > .zero, last >= first,
            (last - first).wholeMilliseconds / step.wholeMilliseconds < Scenario.sceneLimit
        else {
            error(
                at: place, "This happens never, or more than \(Scenario.sceneLimit) times",
                fix: "Write `\(form)`.")
            return
        }
        var times: [Duration] = []
        var at = first
        while at <= last {
            times.append(at)
            at += step
        }
        add(at: times, from: place, &scanner)
    }

    private mutating func add(at times: [Duration], from place: Place, _ scanner: inout ScenarioScanner) {
        guard let first = times.first, let last = times.last, last <= Scenario.lengthLimit,
            scenario.scenes.count + times.count <= Scenario.sceneLimit
        else {
            error(
                at: place,
                "The scenario is longer than 31 days or has more than \(Scenario.sceneLimit) scenes",
                fix: "Make several scenarios of it.")
            return
        }
        if first < latestStart {
            error(
                at: place, "The line before is later than \(ScenarioTime.text(first))",
                fix: "Put the lines in the order of time; what repeats stands where it begins.")
        }
        latestStart = max(latestStart, first)
        var reader = ScenarioActReader(scanner: scanner)
        let act = reader.read()
        diagnostics += reader.diagnostics
        guard let act else { return }
        scenario.scenes += times.map { Scenario.Scene(at: $0, act, place: place) }
    }

    private mutating func time(_ scanner: inout ScenarioScanner) -> Duration? {
        let place = scanner.place
        let word = scanner.word()?.text ?? ""
        if let time = ScenarioTime.read(word), time <= Scenario.lengthLimit { return time }
        error(
            at: place, word.isEmpty ? "A time is missing" : "`\(word)` is no time of a scenario",
            fix: "Write \(ScenarioTime.form), at most 31 days.")
        return nil
    }

    private mutating func expect(_ word: String, _ scanner: inout ScenarioScanner, form: String) -> Bool {
        let place = scanner.place
        let found = scanner.word()?.text
        if found == word { return true }
        error(
            at: place, "`\(word)` should stand here" + (found.map { ", not `\($0)`" } ?? ""),
            fix: "Write `\(form)`.")
        return false
    }

    private mutating func refuseRest(_ scanner: inout ScenarioScanner, after what: String) {
        guard !scanner.isAtEnd else { return }
        let rest = scanner.rest()
        error(at: rest.place, "Nothing may follow \(what) here", fix: "Remove `\(rest.text)`.")
    }

    private mutating func error(at place: Place, _ what: String, fix: String) {
        diagnostics.append(Diagnostic(.error, at: place, what: what, fix: fix))
    }
}
