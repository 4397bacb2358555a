import SafetyModel
import SafetySimulator
import Testing

/// What the terminal shows fits it, with and without colour.
struct TerminalTests {
    @Test(arguments: [
        ("abc", 3), ("王桂兰", 6), ("a王", 3), ("▲ fire", 6), ("e\u{301}", 1), ("", 0),
    ])
    func `columns are counted as a terminal counts them`(text: String, columns: Int) {
        #expect(TerminalText.columnCount(of: text) == columns)
    }

    @Test func `fitting fills up and cuts`() {
        #expect(TerminalText.fit("ab", 4) == "ab  ")
        #expect(TerminalText.fit("ab", 4, isRight: true) == "  ab")
        #expect(TerminalText.fit("abcdef", 4) == "abc…")
        #expect(TerminalText.columnCount(of: TerminalText.fit("王桂兰王桂兰", 8)) == 8)
    }

    @Test func `long texts wrap at their spaces`() {
        #expect(
            TerminalText.wrapped("at once: neighbour, station", 12) == ["at once:", "neighbour,", "station"])
        #expect(TerminalText.wrapped("", 5) == [""])
    }

    @Test func `numbers and times are said as people say them`() {
        #expect(TerminalText.grouped(1_234_567) == "1,234,567")
        #expect(TerminalText.grouped(12) == "12")
        #expect(TerminalText.milliseconds(.microseconds(3_140)) == "3.1 ms")
        #expect(TerminalText.milliseconds(.microseconds(1_204_000)) == "1.20 s")
        #expect(TerminalText.spoken(.seconds(34)) == "34 s")
        #expect(TerminalText.spoken(.seconds(438)) == "7 min 18 s")
        #expect(TerminalText.spoken(.seconds(3_900)) == "1 h 05 min")
    }

    @Test(
        arguments: [TerminalText.widthRange.lowerBound, 80, 104, 120, TerminalText.widthRange.upperBound],
        [true, false]) func `no line is wider than the terminal`(
            width: Int, isColoured: Bool
        ) throws
    {
        let homes = [HomeBlueprint(id: "h1", name: "12-2-1102", resident: "王桂兰 Wang Guilan", devices: [])]
        let text = TerminalText(width: width, isColoured: isColoured)
        let terminal = DayTerminal(
            text, homes: homes, people: ResponderCrowdTests.people, calendar: VirtualHomeTests.calendar)
        var book = DayBook()
        var lines = [
            terminal.heading, terminal.title("a title"), terminal.begins(try ResponderCrowdTests.sos()),
        ]
        for phase in ["calling", "acknowledged", "onScene", "closed"] {
            let board = try ResponderCrowdTests.board(phase, by: "\"station\"", disposition: "\"real\"")
            for happening in book.see(board, at: ResponderCrowdTests.now) {
                lines.append(
                    terminal.line(
                        happening, at: ResponderCrowdTests.now, latency: .milliseconds(3),
                        words: "inhaler given in time"))
            }
        }
        #expect(lines.count == 7)
        for line in lines.flatMap({ $0.split(separator: "\n") }) {
            #expect(TerminalText.columnCount(of: Self.plain(String(line))) <= width, "\(line)")
        }
        #expect(lines.contains { $0.contains("\u{1b}[") } == isColoured)
    }

    @Test func `a summary fits eighty columns and names every fault`() throws {
        let terminal = DayTerminal(
            TerminalText(width: 80, isColoured: false), homes: [], people: [], calendar: .utc)
        var hazards = Latencies()
        hazards.add(.milliseconds(3))
        let summary = DaySummary(
            realTime: .seconds(144), virtualTime: .hours(24), messages: 40_254, observations: 117_821,
            homes: 36,
            devices: 302, hazards: hazards, orders: Latencies(), commands: Latencies(),
            book: try DayJudgeTests.sosDay(),
            faults: [
                "h1: no gas incident came, although soup boiled over and put the flame out in the kitchen"
            ])
        let lines = summary.lines(terminal).flatMap { $0.split(separator: "\n") }
        for line in lines { #expect(TerminalText.columnCount(of: String(line)) <= 80, "\(line)") }
        let words = lines.joined(separator: "\n")
        for word in ["117,821 observations", "1 opened, 1 closed", "3.0 ms", "✗ h1: no gas incident", "real"]
        {
            #expect(words.contains(word))
        }
    }

    /// The text without escape sequences.
    static func plain(_ line: String) -> String {
        var plain = ""
        var isEscape = false
        for character in line {
            if character == "\u{1b}" { isEscape = true }
            if !isEscape { plain.append(character) }
            if isEscape, character == "m" { isEscape = false }
        }
        return plain
    }

    @Test func `percentiles are taken by nearest rank`() {
        var latencies = Latencies()
        #expect(latencies.percentile(50) == nil)
        for milliseconds in [5, 1, 4, 2, 3] { latencies.add(.milliseconds(milliseconds)) }
        #expect(latencies.percentile(50) == .milliseconds(3))
        #expect(latencies.percentile(99) == .milliseconds(5))
        #expect(latencies.largest == .milliseconds(5))
    }
}
