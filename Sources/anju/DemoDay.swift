import DeviceProfiles
import Escalation
import MQTTLink
import SafetyModel
import SafetySimulator

/// One virtual day against a broker: homes speak, responders hear and answer, the terminal tells.
///
/// One thread, no other state than this: publish what is due, wait for messages, take them in.
final class DemoDay {
    private let plan: DemoPlan
    private let screen: DemoScreen
    private let terminal: DayTerminal
    private let speaker: MQTTClient
    private let listener: MQTTClient
    private var clock: DemoClock
    /// What was heard before the day began.
    private let heard: [ReceivedMessage]
    private var community: VirtualCommunity
    private var crowd: ResponderCrowd
    private var book = DayBook()
    private var stories: [CastStory]
    private var begin: Instant
    private var realBegin = ContinuousClock.now
    private var hazards = Latencies()
    private var orders = Latencies()
    private var commands = Latencies()
    /// Hazards that were published and whose incident has not come yet.
    private var awaited: [(home: String, since: ContinuousClock.Instant)] = []
    /// Hazards for which nobody has been told yet.
    private var untold: [String: ContinuousClock.Instant] = [:]
    /// First calls of one incident that may have company.
    private var calls:
        (record: DayBook.Record, responders: [String], at: Instant, since: ContinuousClock.Instant)?
    /// Commands without an answer, by reference.
    private var unanswered: [String: ContinuousClock.Instant] = [:]
    private let decoder: MessageDecoder?
    private var observations: [Observation] = []
    private var observationCount = 0
    private var announced = 0
    private var progressAt = ContinuousClock.now
    private var troubles: [String] = []

    /// Telemetry waits while more than this is on its way to the broker.
    static let backpressureThreshold = 5_000
    /// Real time in which calls of one incident count as made together.
    static let companyPatience: Duration = .milliseconds(20)
    /// Virtual time after the day for incidents to be closed.
    static let closingPatience: Duration = .hours(3)

    init(
        _ plan: DemoPlan, screen: DemoScreen, terminal: DayTerminal, speaker: MQTTClient,
        listener: MQTTClient,
        heard: [ReceivedMessage], beginsAt begin: Instant
    ) {
        self.plan = plan
        self.screen = screen
        self.terminal = terminal
        self.speaker = speaker
        self.listener = listener
        self.heard = heard
        self.begin = begin
        decoder = plan.directory.map { MessageDecoder(directory: $0, payloadLimit: 65_536) }
        let cast = CastStory.cast(plan.stories, among: plan.homes, beginsAt: begin, calendar: plan.calendar)
        stories = cast.cast
        troubles = cast.unplaced.map { "no home has the devices for the story \"\($0.id)\"" }
        community = VirtualCommunity(
            plan.homes, stories: stories, seed: plan.seed, calendar: plan.calendar, beginsAt: begin)
        crowd = ResponderCrowd(plan.people, stories: stories)
        clock = DemoClock(begin: begin, scale: plan.scale)
    }

    /// Lives until the day is over, or for ever with `keep`.
    ///
    /// - Returns: what went wrong, in words.
    func live() throws(DemoFailure) -> [String] {
        if plan.gateway != nil { screen.write(terminal.heading) }
        for message in heard { try hear(message) }
        var isJudged = false
        var faults = troubles
        while !DemoInterruption.isRequested {
            try turn()
            guard !isJudged, isOver else { continue }
            isJudged = true
            faults += conclude()
            guard plan.keepsOn else { break }
            screen.write("")
            screen.write(" The homes live on. Ctrl-C ends it.")
        }
        screen.clearProgress()
        return isJudged ? faults : faults + ["the day was interrupted"]
    }

    /// What the bridges say at the end, so that no retained `online` stays behind.
    func sayGoodbye() {
        for message in community.farewells(at: clock.now) { try? speak(message) }
        speaker.waitForAcknowledgements(timeout: .seconds(2))
    }

    private var isOver: Bool {
        let end = begin + plan.duration
        guard clock.now >= end else { return false }
        return (plan.gateway == nil || book.openCount == 0) || clock.now >= end + Self.closingPatience
    }

    private func conclude() -> [String] {
        screen.clearProgress()
        let faults =
            plan.gateway == nil ? [] : DayJudge.faults(in: book, stories: stories, people: plan.people)
        let summary = DaySummary(
            realTime: ContinuousClock.now - realBegin, virtualTime: clock.now - begin,
            messages: community.messageCount, observations: decoder == nil ? nil : observationCount,
            homes: plan.homes.count,
            devices: plan.homes.reduce(0) { $0 + $1.devices.count }, hazards: hazards, orders: orders,
            commands: commands, book: book,
            faults: troubles + faults, isJudged: plan.gateway != nil)
        for line in summary.lines(terminal) { screen.write(line) }
        return faults
    }
}

// MARK: - One turn

extension DemoDay {
    private func turn() throws(DemoFailure) {
        announceStories()
        try speakDueMessages()
        try sendDueCommands()
        _ = speaker.poll(timeout: .zero)
        var next = community.nextDeadline
        if let deadline = crowd.nextDeadline { next = min(next, deadline) }
        let patience = max(.milliseconds(1), min(clock.realTime(until: next), Self.companyPatience))
        for message in listener.poll(timeout: patience) { try hear(message) }
        guard speaker.isConnected, listener.isConnected else { throw .connectionLost }
        if let told = calls, ContinuousClock.now - told.since > Self.companyPatience { tellCalls() }
        showProgress()
    }

    private func announceStories() {
        while announced < stories.count, stories[announced].at <= clock.now {
            screen.write("")
            screen.write(terminal.begins(stories[announced]))
            announced += 1
        }
    }

    private func speakDueMessages() throws(DemoFailure) {
        if speaker.unacknowledged > Self.backpressureThreshold { _ = speaker.poll(timeout: .milliseconds(5)) }
        guard speaker.unacknowledged <= Self.backpressureThreshold else { return }
        var messages: [SimulatedMessage] = []
        community.advance(to: clock.now, into: &messages)
        for message in messages { try speak(message) }
        for message in messages { count(message) }
    }

    private func speak(_ message: SimulatedMessage) throws(DemoFailure) {
        if message.beginsHazard {
            awaited.append((message.home, ContinuousClock.now))
            untold[message.home] = ContinuousClock.now
        }
        do {
            try speaker.publish(
                topic: message.topic, payload: Array(message.payload.utf8), qos: 1, retain: message.isRetained
            )
        } catch {
            throw .connectionLost
        }
    }

    /// Counts what the message says, as the site's profiles read it.
    private func count(_ message: SimulatedMessage) {
        guard let decoder else { return }
        observations.removeAll(keepingCapacity: true)
        var (topic, payload) = (message.topic, message.payload)
        // The decoder keeps no pointer: the bytes are valid for this call only.
        topic.withUTF8 { topic in
            payload.withUTF8 { payload in
                _ = decoder.decode(
                    topic: UnsafeRawBufferPointer(topic), payload: UnsafeRawBufferPointer(payload),
                    isRetained: message.isRetained, into: &observations)
            }
        }
        observationCount += observations.count
    }

    private func sendDueCommands() throws(DemoFailure) {
        for command in crowd.advance(to: clock.now) {
            guard let gateway = plan.gateway, let token = plan.tokens[command.responder] else { continue }
            unanswered[command.reference] = ContinuousClock.now
            let payload = Self.payload(command, token: token)
            do {
                try speaker.publish(topic: "anju/\(gateway)/commands/\(command.responder)", payload: payload)
            } catch {
                throw .connectionLost
            }
        }
    }

    /// Tokens, ids and references hold no character that JSON would escape.
    private static func payload(_ command: ResponderCommand, token: String) -> [UInt8] {
        var text = "{\"token\":\"\(token)\",\"incident\":\(command.incident),\"act\":\"\(command.act.name)\""
        if case .close(let disposition) = command.act { text += ",\"disposition\":\"\(disposition.name)\"" }
        return Array((text + ",\"reference\":\"\(command.reference)\"}").utf8)
    }

    private func showProgress() {
        guard ContinuousClock.now - progressAt > .milliseconds(200) else { return }
        progressAt = ContinuousClock.now
        let share =
            Double((clock.now - begin).wholeMilliseconds) / Double(max(1, plan.duration.wholeMilliseconds))
        let seconds = max(0.001, DemoClock.seconds(ContinuousClock.now - realBegin))
        let rate = Int(Double(community.messageCount) / seconds)
        screen.show(
            progress: terminal.progress(
                at: clock.now, share: min(1, share), messages: community.messageCount, perSecond: rate,
                open: book.openCount))
    }
}

// MARK: - What the gateway says

extension DemoDay {
    private func hear(_ message: ReceivedMessage) throws(DemoFailure) {
        let levels = message.topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count >= 3 else { return }
        switch levels[2] {
        case "incidents": see(message)
        case "orders" where levels.count == 4: hearOrder(message, by: String(levels[3]))
        case "answers": hearAnswer(message)
        case "status": if DemoPlan.saysOffline(message.payload) { throw .gatewayGone }
        default: break
        }
    }

    private func see(_ message: ReceivedMessage) {
        guard let board = GatewayMessages.board(message.payload) else {
            troubles.append("the incidents of \(message.topic) cannot be read")
            return
        }
        // What the broker kept from before is not of this day.
        if message.isRetained { return book.passOver(board) }
        let now = clock.now
        for view in board.open + (board.closed ?? []) {
            for remedy in crowd.see(view, at: now) {
                community.schedule(remedy.step.act, for: remedy.home, at: now + remedy.step.after)
            }
        }
        for happening in book.see(board, at: now) { tell(happening, at: now) }
    }

    private func tell(_ happening: DayBook.Happening, at now: Instant) {
        var latency: Duration?
        var words = ""
        switch happening {
        case .told(let record, let responders): return collect(record, responders, at: now)
        case .opened(let record, _): latency = takeLatency(home: record.home)
        case .closed(let record, _): words = crowd.words(for: record.id)
        default: break
        }
        tellCalls()
        screen.write(terminal.line(happening, at: now, latency: latency, words: words))
    }

    /// Calls that go out together stand on one line.
    private func collect(_ record: DayBook.Record, _ responders: [String], at now: Instant) {
        if let since = untold.removeValue(forKey: record.home) { orders.add(ContinuousClock.now - since) }
        if let open = calls, open.record.id == record.id {
            calls?.responders += responders
        } else {
            tellCalls()
            calls = (record, responders, now, ContinuousClock.now)
        }
    }

    private func tellCalls() {
        guard let told = calls else { return }
        calls = nil
        screen.write(terminal.line(.told(told.record, responders: told.responders), at: told.at))
    }

    private func takeLatency(home: String) -> Duration? {
        guard let index = awaited.firstIndex(where: { $0.home == home }) else { return nil }
        let latency = ContinuousClock.now - awaited.remove(at: index).since
        hazards.add(latency)
        return latency
    }

    private func hearOrder(_ message: ReceivedMessage, by responder: String) {
        guard let order = GatewayMessages.order(message.payload) else {
            troubles.append("an order to \(responder) cannot be read")
            return
        }
        crowd.hear(order, by: responder, at: clock.now)
        if let happening = book.hear(order, by: responder) { tell(happening, at: clock.now) }
    }

    private func hearAnswer(_ message: ReceivedMessage) {
        guard let answer = GatewayMessages.answer(message.payload), let reference = answer.reference else {
            return
        }
        guard let since = unanswered.removeValue(forKey: reference) else { return }
        commands.add(ContinuousClock.now - since)
        if !answer.isAccepted {
            screen.write(" refused: \(reference): \(answer.reason ?? "no reason given")")
        }
    }
}
