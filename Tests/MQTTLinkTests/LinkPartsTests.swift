import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import MQTTLink

/// The parts of the link that decide, without a broker.
@Suite struct LinkPartsTests {
    @Test func `waits double up to half a minute and jitter only shortens them`() {
        var longest = Backoff()
        let waits = (0..<8).map { _ in longest.delayAfterFailure(jitter: 1) }
        #expect(waits == [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
        var shortest = Backoff()
        #expect((0..<3).map { _ in shortest.delayAfterFailure(jitter: 0) } == [500, 1_000, 2_000])
        longest.reset()
        #expect(longest.delayAfterFailure(jitter: 1) == Backoff.shortest)
        #expect(waits.max() == Backoff.delayLimit)
    }

    @Test func `only messages before the first new one can be old`() {
        var window = DeliveryWindow(recentKeys: [1, 2, 3])
        #expect(!window.contains(2))
        window.connected(isSessionPresent: true)
        #expect(window.contains(2))
        #expect(window.contains(3))
        #expect(!window.contains(9))
        window.remember(9)
        #expect(!window.contains(3))
        #expect(window.keys == [1, 2, 3, 9])
        window.connected(isSessionPresent: false)
        #expect(!window.isExpectingRedelivery)
        window.connected(isSessionPresent: true)
        window.settled()
        #expect(!window.contains(9))
    }

    @Test func `the window forgets the oldest keys at its limit`() {
        var window = DeliveryWindow(recentKeys: Array(1...UInt64(DeliveryWindow.keyLimit + 5)))
        #expect(window.keys.count == DeliveryWindow.keyLimit)
        #expect(window.keys.first == 6)
        window.remember(99_999)
        #expect(window.keys.count == DeliveryWindow.keyLimit)
        #expect(window.keys.first == 7)
        #expect(window.keys.last == 99_999)
    }

    @Test func `a key tells packet ids and contents apart and is the same in every process`() {
        let content = Array("abcdefghij".utf8).withUnsafeBytes { ByteHash.of($0) }
        let other = Array("abcdefghik".utf8).withUnsafeBytes { ByteHash.of($0) }
        let keys = [
            ByteHash.deliveryKey(packetID: 1, content: content),
            ByteHash.deliveryKey(packetID: 2, content: content),
            ByteHash.deliveryKey(packetID: 1, content: other),
        ]
        #expect(Set(keys).count == 3)
        #expect(content == 17_092_267_534_628_181_104)
    }

    @Test func `a flood is found at its limit and over when a second stays below`() {
        var watch = FloodWatch(limit: 5)
        for _ in 0..<5 { #expect(watch.count(topicHash: 7, content: 1, second: 10).isOrdinary == true) }
        guard case .beginsFlood = watch.count(topicHash: 7, content: 1, second: 10) else {
            Issue.record("the flood was not found")
            return
        }
        watch.begin(topicHash: 7, topic: "t", content: 1, second: 10)
        guard case .overLimit(repeatsLast: true) = watch.count(topicHash: 7, content: 1, second: 10),
            case .overLimit(repeatsLast: false) = watch.count(topicHash: 7, content: 2, second: 10)
        else {
            Issue.record("a flooding message passed")
            return
        }
        // Another topic of the same bucket is not taken for it.
        #expect(watch.count(topicHash: 7 + 4_096, content: 1, second: 10).isOrdinary == true)
        #expect(watch.ended(second: 11) == [])
        #expect(watch.count(topicHash: 7, content: 2, second: 11).isOrdinary == true)
        #expect(watch.ended(second: 12) == ["t"])
        #expect(watch.floods.isEmpty)
    }

    @Test func `at most so many floods are watched`() {
        var watch = FloodWatch(limit: 1)
        for topic in 0..<UInt64(FloodWatch.floodsLimit) {
            watch.begin(topicHash: topic, topic: "\(topic)", content: 0, second: 1)
        }
        _ = watch.count(topicHash: 500, content: 0, second: 1)
        #expect(watch.count(topicHash: 500, content: 0, second: 1).isOrdinary == true)
    }

    @Test func `unknown topics are listed up to the limit and then only counted`() {
        var topics = UnknownTopics()
        for number in 0..<(UnknownTopics.topicLimit + 3) {
            Array("t\(number)".utf8).withUnsafeBytes { topics.count($0, hash: UInt64(number)) }
        }
        Array("t9".utf8).withUnsafeBytes { topics.count($0, hash: 9) }
        #expect(topics.total == UnknownTopics.topicLimit + 4)
        #expect(topics.unlisted == 3)
        #expect(topics.loudest(1) == [.init(topic: "t9", count: 2)])
        #expect(topics.loudest().count == UnknownTopics.topicLimit)
        let long = [UInt8](repeating: 7, count: 5_000)
        #expect(
            long.withUnsafeBytes { TopicName.printable($0) }.unicodeScalars.count == UnknownTopics.nameLimit)
    }

    @Test func `it is caught up after silence, at the latest after ten seconds, once for each connection`() {
        var catchUp = CatchUp()
        #expect(catchUp.isOver(at: 99_999, sawNothing: true) == false)
        catchUp.connected(at: 1_000)
        catchUp.stirred(at: 1_400)
        #expect(catchUp.isOver(at: 1_400 + CatchUp.quietLimit - 1, sawNothing: true) == false)
        #expect(catchUp.isOver(at: 1_400 + CatchUp.quietLimit, sawNothing: false) == false)
        #expect(catchUp.isOver(at: 1_400 + CatchUp.quietLimit, sawNothing: true) == true)
        #expect(catchUp.isOver(at: 9_000, sawNothing: true) == false)
        catchUp.connected(at: 10_000)
        catchUp.stirred(at: 19_999)
        #expect(catchUp.isOver(at: 10_000 + CatchUp.patienceLimit, sawNothing: false) == true)
    }

    @Test
    func
        `unconfirmed publications are sent again in order and a newer retained state replaces a waiting one`()
    {
        var queue = OutgoingQueue()
        queue.add(state("a", 1), at: 0)
        queue.add(state("b", 1), at: 0)
        queue.add(state("a", 2), at: 0)
        #expect(sent(&queue) == ["a2", "b1"])
        queue.add(state("a", 3), at: 0)
        queue.disconnected()
        #expect(sent(&queue) == ["a2", "b1", "a3"])
        for packetID in 1...3 { queue.confirmed(packetID: Int32(packetID)) }
        #expect(queue.isEmpty)
    }

    @Test func `a full queue fails orders and counts what it drops`() {
        var queue = OutgoingQueue()
        for number in 0..<OutgoingQueue.waitingLimit { queue.add(order("t", Int32(number)), at: 0) }
        #expect(!queue.hasReports)
        queue.add(order("t", 77), at: 0)
        #expect(queue.dropped == 1)
        #expect(
            queue.takeReports() == [
                DeliveryReport(
                    order: id, attempt: 77, result: .failed(reason: "the queue to the broker is full"))
            ])
        #expect(sent(&queue).count == OutgoingQueue.inflightLimit)
    }

    @Test func `an order without confirmation fails once and is not sent later`() {
        var queue = OutgoingQueue()
        queue.add(order("t", 1), at: 0)
        queue.add(state("a", 1), at: 0)
        #expect(sent(&queue) == ["t1", "a1"])
        queue.add(order("t", 2), at: 0)
        #expect(queue.orderCounters(at: 1_500).waiting == 1)
        #expect(queue.orderCounters(at: 1_500).oldestWaiting == 1_500)
        queue.expire(at: OutgoingQueue.orderPatienceLimit - 1)
        #expect(!queue.hasReports)
        queue.expire(at: OutgoingQueue.orderPatienceLimit)
        #expect(queue.takeReports().map(\.attempt) == [1, 2])
        queue.confirmed(packetID: 1)
        #expect(!queue.hasReports)
        #expect(queue.waitingCount == 0)
        let counters = queue.orderCounters(at: 9_000)
        #expect(counters.added == 2 && counters.failed == 2 && counters.delivered == 0)
        #expect(counters.waiting == 0 && counters.oldestWaiting == 0)
    }

    @Test(arguments: [
        ("nonsense", "JSON"), ("[]", "JSON"), (#"{"incident":1,"act":"close"}"#, "token"),
        (#"{"token":"wrong","incident":1,"act":"acknowledge"}"#, "token"),
        (#"{"token":"right","act":"acknowledge"}"#, "incident"),
        (#"{"token":"right","incident":-4,"act":"acknowledge"}"#, "incident"),
        (#"{"token":"right","incident":1e40,"act":"acknowledge"}"#, "JSON"),
        (#"{"token":"right","incident":1,"act":"explode"}"#, "act"),
        (#"{"token":"right","incident":1,"act":"close"}"#, "disposition"),
        (#"{"token":"right","incident":1,"act":"handOver"}"#, "to"),
        (#"{"token":"right","incident":1,"act":"note","text":"a\nb"}"#, "plain"),
        (
            #"{"token":"right","incident":1,"act":"note","text":"\#(String(repeating: "x", count: 501))"}"#,
            "500"
        ),
        (#"{"token":"right","incident":1,"act":"close","disposition":"maybe"}"#, "disposition"),
        (
            #"{"token":"right","incident":1,"act":"onScene","reference":"\#(String(repeating: "x", count: 129))"}"#,
            "reference"
        ),
        (String(repeating: "[", count: 4_000), "JSON"), (String(repeating: " ", count: 4_097), "longer"),
    ])
    func `a bad command is refused with a word for what is wrong`(written: String, word: String) {
        let reader = CommandReader { $0 == "wang" && $1 == "right" }
        let problem = #expect(throws: CommandProblem.self) {
            try Array(written.utf8).withUnsafeBytes { try reader.read($0, from: "wang") }
        }
        #expect(problem?.text.contains(word) == true)
    }

    @Test(arguments: [
        (#""act":"handOver","to":"li""#, PersonCommand.Act.handOver(to: "li")),
        (#""act":"note","text":"钥匙在王二家""#, .note("钥匙在王二家")),
    ])
    func `a hand-over and a note are read`(written: String, act: PersonCommand.Act) throws {
        let reader = CommandReader { $0 == "wang" && $1 == "right" }
        let whole = "{\"token\":\"right\",\"incident\":1,\(written)}"
        let input = try Array(whole.utf8).withUnsafeBytes { try reader.read($0, from: "wang") }
        guard case .command(let command) = input else {
            Issue.record("It was read as something else.")
            return
        }
        #expect(command.act == act)
    }

    @Test(arguments: [
        (#"{}"#, "home"), (#"{"home":"h1","result":"well"}"#, "way"),
        (#"{"home":"h1","way":"phone"}"#, "result"),
        (#"{"home":"h1","way":"phone","result":"atIncident"}"#, "result"),
        (#"{"home":"h1","way":"pigeon","result":"well"}"#, "door, responder, phone"),
        (#"{"home":"\#(String(repeating: "h", count: CommandReader.homeLimit + 1))"}"#, "home"),
    ])
    func `the bad record of a visit is refused with a word for what is wrong`(visit: String, word: String) {
        let reader = CommandReader { $0 == "wang" && $1 == "right" }
        let written = #"{"token":"right","reference":"r","visit":\#(visit)}"#
        let problem = #expect(throws: CommandProblem.self) {
            try Array(written.utf8).withUnsafeBytes { try reader.read($0, from: "wang") }
        }
        #expect(problem?.text.contains(word) == true && problem?.reference == "r")
    }

    @Test func `a visit comes over the same topic as commands, and its answer says it again`() throws {
        let reader = CommandReader { $0 == "wang" && $1 == "right" }
        let words = #""visit":{"home":"h1","way":"phone","result":"well","at":5}"#
        let written = #"{"token":"right","reference":"r",\#(words)}"#
        let input = try Array(written.utf8).withUnsafeBytes { try reader.read($0, from: "wang") }
        let visit = VisitRecord(
            home: "h1", at: WallTime(milliseconds: 5), by: "wang", way: .phone, result: .well, origin: "mqtt",
            reference: "r")
        #expect(input == .visit(visit))
        let answer = LinkTopics(gateway: "g1").answer(.refused(.unknownHome), to: visit)
        #expect(answer.topic == "anju/g1/answers/wang")
        #expect(
            String(decoding: answer.payload, as: UTF8.self)
                == #"{"visit":{"home":"h1","way":"phone","result":"well"},"reference":"r","#
                + #""result":"refused","reason":"unknownHome"}"#)
        #expect(throws: CommandProblem.self) {
            try Array(#"{"token":"right","act":"onScene","incident":1,\#(words)}"#.utf8).withUnsafeBytes {
                try reader.read($0, from: "wang")
            }
        }
        #expect(throws: CommandProblem.self) {
            try Array(#"{"token":"wrong",\#(words)}"#.utf8).withUnsafeBytes {
                try reader.read($0, from: "wang")
            }
        }
    }

    @Test func `answers to bad commands are limited`() {
        var limit = RateLimit(burstLimit: 3, perSecond: 2)
        #expect((0..<5).map { _ in limit.allows(at: 1_000) } == [true, true, true, false, false])
        #expect(limit.allows(at: 1_500) == true)
        #expect(limit.allows(at: 1_500) == false)
    }

    private let id = OrderID(incident: IncidentID(1), number: 1)

    private func state(_ topic: String, _ value: UInt8) -> Publication {
        Publication(topic: topic, payload: [value], isRetained: true)
    }

    private func order(_ topic: String, _ attempt: Int32) -> Publication {
        Publication(
            topic: topic, payload: [UInt8(truncatingIfNeeded: attempt)],
            order: .init(id: id, attempt: attempt))
    }

    private func sent(_ queue: inout OutgoingQueue) -> [String] {
        var names: [String] = []
        queue.drain {
            names.append("\($0.topic)\($0.payload[0])")
            return .sent(packetID: Int32(names.count))
        }
        return names
    }
}

extension FloodWatch.Verdict {
    var isOrdinary: Bool { if case .ordinary = self { true } else { false } }
}
