/// What is said when the virtual day is over.
public struct DaySummary: Sendable {
    /// How long the day took on the wall clock.
    public var realTime: Duration
    /// How long it was for the homes.
    public var virtualTime: Duration
    /// Messages of the homes.
    public var messages: Int
    /// Observations in them; nil where nobody counted.
    public var observations: Int?
    /// How many homes lived.
    public var homes: Int
    /// How many devices spoke.
    public var devices: Int
    /// From a hazard's publication to the incident's.
    public var hazards: Latencies
    /// From a hazard's publication to the first responder's order.
    public var orders: Latencies
    /// From a command to its answer.
    public var commands: Latencies
    /// What happened.
    public var book: DayBook
    /// What is wrong, in words.
    public var faults: [String]
    /// Whether a gateway was watched, so that there is something to judge.
    public var isJudged: Bool

    /// A summary of these facts.
    public init(
        realTime: Duration, virtualTime: Duration, messages: Int, observations: Int?, homes: Int,
        devices: Int,
        hazards: Latencies,
        orders: Latencies, commands: Latencies, book: DayBook, faults: [String], isJudged: Bool = true
    ) {
        self.realTime = realTime
        self.virtualTime = virtualTime
        self.messages = messages
        self.observations = observations
        self.homes = homes
        self.devices = devices
        self.hazards = hazards
        self.orders = orders
        self.commands = commands
        self.book = book
        self.faults = faults
        self.isJudged = isJudged
    }

    /// The summary in lines.
    public func lines(_ terminal: DayTerminal) -> [String] {
        let text = terminal.text
        let rate = Int(Double(messages) / max(0.001, Self.seconds(realTime)))
        let closed = book.incidents.count - book.openCount
        let counted = observations.map { "\(TerminalText.grouped($0)) observations in " } ?? ""
        let said = counted + TerminalText.grouped(messages)
        var lines = [
            "",
            terminal.title("\(TerminalText.spoken(virtualTime)) lived in \(TerminalText.spoken(realTime))"),
        ]
        lines.append(
            fact(
                "observed", "\(said) messages from \(devices) devices in \(homes) homes, \(rate) a second",
                text))
        guard isJudged else { return lines }
        lines.append(fact("incidents", "\(book.incidents.count) opened, \(closed) closed", text))
        lines += incidentTable(terminal)
        lines.append("")
        lines.append(latencyHeading(text))
        lines.append(latencyRow("hazard -> incident published", hazards, text))
        lines.append(latencyRow("hazard -> first responder told", orders, text))
        lines.append(latencyRow("command -> answer after commit", commands, text))
        lines.append("")
        if faults.isEmpty {
            lines.append(" " + text.styled("✓ Everything expected came, nothing else did.", .green))
        } else {
            lines += faults.map { fault in
                let pieces = TerminalText.wrapped(fault, text.width - 3)
                return " " + text.styled("✗ ", .red) + pieces.joined(separator: "\n   ")
            }
        }
        return lines
    }

    private func incidentTable(_ terminal: DayTerminal) -> [String] {
        let text = terminal.text
        let names = [("", 1), ("incident", 15), ("home", 9), ("seen", 13), ("on scene", 13), ("closed", 13)]
        let heading = names.map { TerminalText.fit($0.0, $0.1) }.joined() + "as"
        guard !book.incidents.isEmpty else { return [] }
        return ["", text.styled(heading, .dim)]
            + book.incidents.map { record in
                let times = [record.seenAfter, record.onSceneAfter, record.closedAfter].map {
                    TerminalText.fit($0.map(TerminalText.spoken) ?? "-", 13)
                }
                return " " + terminal.badge(record) + " "
                    + TerminalText.fit(terminal.name(of: record.home), 9)
                    + times.joined()
                    + (record.disposition.map(DayTerminal.spoken(disposition:)) ?? record.phase)
            }
    }

    private func fact(_ name: String, _ words: String, _ text: TerminalText) -> String {
        let lines = TerminalText.wrapped(words, text.width - 13)
        return " " + text.styled(TerminalText.fit(name, 12), .dim)
            + lines.joined(separator: "\n" + String(repeating: " ", count: 13))
    }

    private func latencyHeading(_ text: TerminalText) -> String {
        let columns = ["count", "median", "p90", "p99", "largest"].map {
            TerminalText.fit($0, 9, isRight: true)
        }
        return " " + text.styled(TerminalText.fit("latency in real time", 33) + columns.joined(), .dim)
    }

    private func latencyRow(_ name: String, _ latencies: Latencies, _ text: TerminalText) -> String {
        let values = [
            latencies.percentile(50), latencies.percentile(90), latencies.percentile(99), latencies.largest,
        ]
        let columns = [String(latencies.count)] + values.map { $0.map(TerminalText.milliseconds) ?? "-" }
        return " " + TerminalText.fit(name, 33)
            + columns.map { TerminalText.fit($0, 9, isRight: true) }.joined()
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
