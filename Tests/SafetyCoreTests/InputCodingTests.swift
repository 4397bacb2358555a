import Escalation
import SafetyCore
import SafetyModel
import Testing

/// The journal's bytes: every input comes back, and no bytes can crash the reader.
struct InputCodingTests {
    /// One of every kind.
    static var everything: InputBatch {
        var batch = InputBatch()
        let order = OrderID(incident: IncidentID(7), number: 3)
        let reference = String(repeating: "r", count: PersonCommand.referenceLimit)
        batch.inputs = [
            .tick, .link(isUp: true), .link(isUp: false), .restarted, .caughtUp,
            .wallOffset(.milliseconds(-5)),
            .site(hash: .max),
            .report(DeliveryReport(order: order, attempt: 2, result: .delivered)),
            .report(DeliveryReport(order: order, attempt: 2, result: .failed(reason: "超时"))),
            .report(DeliveryReport(order: order, attempt: 2, result: .rejected(reason: ""))),
        ]
        batch.inputs += GatewayCondition.Kind.allCases.map {
            .gateway(GatewayCondition($0, isActive: true, detail: "d"))
        }
        let acts =
            [PersonCommand.Act.acknowledge, .onScene, .needHelp, .handOver(to: "li-ming"), .note("钥匙在王二家")]
            + Disposition.allCases.map { .close($0) }
        batch.inputs += acts.map {
            .command(
                PersonCommand(
                    incident: IncidentID(1), responder: "张三", act: $0, origin: "mqtt", reference: reference))
        }
        for way in VisitWay.allCases {
            batch.inputs += VisitResult.allCases.map {
                .visit(
                    VisitRecord(
                        home: "三号", at: way == .phone ? nil : WallTime(milliseconds: 7), by: "李四", way: way,
                        result: $0, origin: "http", reference: reference))
            }
        }
        batch.inputs += [
            .openIncident(kind: .fire, note: "邻居来电"),
            .shelve(kind: .tamper, duration: .minutes(5), reason: "维修"), .unshelve(kind: .tamper),
            .startWalkTest(duration: DeskCommand.walkTestLimit), .endWalkTest,
        ].map { .desk(DeskCommand(home: "h1", by: "张三", act: $0, origin: "http", reference: reference)) }
        batch.observations = Signal.allCases.map {
            Observation(
                $0, .flag(true), form: .pulse, quality: .history, deviceTime: WallTime(milliseconds: -9))
        }
        batch.observations += [
            Observation(.temperature, .number(-12.25)), Observation(.location, .pair(30.5, 104.25)),
            Observation(.call, .key(.medicine), quality: .test),
        ]
        let payload = batch.append(payload: Array("{\"a\":1}".utf8))
        batch.append(
            from: DeviceIndex(4), deviceTime: WallTime(milliseconds: 5), isRetained: true,
            firstObservation: 0,
            payload: payload)
        let other = batch.append(payload: [0, 255, 10])
        batch.inputs.append(
            .undecoded(UndecodedMessage(device: DeviceIndex(2), reason: "payload.smoke", payload: other)))
        batch.deliveryKeys = [1, .max]
        return batch
    }

    private func bytes(_ batch: InputBatch, kept: [Int]) -> [UInt8] {
        var writer = ByteWriter()
        InputCoding.encode(batch, keptPayloads: kept, into: &writer)
        return writer.bytes
    }

    @Test func `every kind of input comes back as it was`() throws {
        let batch = Self.everything
        var read = InputBatch()
        try InputCoding.decode(bytes(batch, kept: Array(batch.inputs.indices)), into: &read)
        #expect(read.inputs == batch.inputs)
        #expect(read.observations == batch.observations)
        #expect(read.payloads == batch.payloads)
        #expect(read.deliveryKeys == batch.deliveryKeys)
    }

    @Test func `a message's payload is kept only where it is asked for, an undecoded one always`() throws {
        var read = InputBatch()
        try InputCoding.decode(bytes(Self.everything, kept: []), into: &read)
        #expect(read.payloads == [0, 255, 10])
    }

    @Test func `every torn batch is refused`() {
        let whole = bytes(Self.everything, kept: Array(Self.everything.inputs.indices))
        for length in 0..<whole.count {
            var read = InputBatch()
            #expect(throws: ByteCodingError.self) {
                try InputCoding.decode(Array(whole.prefix(length)), into: &read)
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `damaged bytes never crash, neither the reader nor the machine that takes them in`(seed: UInt64) {
        var dice = Dice(seed)
        let whole = bytes(Self.everything, kept: Array(Self.everything.inputs.indices))
        var machine = SafetyMachine(site: TinySite().compiled, at: Rehearsal.morning)
        var accepted = 0
        for _ in 0..<3_000 {
            var damaged = whole
            for _ in 0...dice.roll(4) { damaged[dice.roll(damaged.count)] = UInt8(dice.roll(256)) }
            var read = InputBatch()
            do { try InputCoding.decode(damaged, into: &read) } catch { continue }
            accepted += 1
            var outcome = StepOutcome()
            for place in read.inputs.indices {
                if case .wallOffset = read.inputs[place] { continue }
                machine.advance(with: read, at: place, time: machine.now + .seconds(1), into: &outcome)
            }
        }
        #expect(accepted > 100)
        #expect(machine.checkInvariants() == nil)
    }

    @Test(arguments: [
        (Evidence.payloadLimit, Evidence.payloadLimit), (Evidence.payloadLimit + 1, Evidence.payloadLimit),
    ])
    func `a payload is cut at its limit, in the batch and in the evidence`(count: Int, kept: Int) {
        var story = Rehearsal()
        story.say("smoke", .smoke, payload: String(repeating: "x", count: count))
        #expect(story.incidents[0].alarms[0].evidence[0].payload.count == kept)
        story.sayNonsense("gas", reason: "r", payload: String(repeating: "x", count: count))
        #expect(story.incidents[1].alarms[0].evidence[0].payload.count == Evidence.payloadLimit)
    }

    @Test func `equal inputs have equal digests, others have others`() {
        let batch = Self.everything
        let digests = batch.inputs.indices.map { InputDigest.digest(of: batch, at: $0) }
        #expect(digests == batch.inputs.indices.map { InputDigest.digest(of: Self.everything, at: $0) })
        let told = Set(digests.filter { $0 != 0 })
        #expect(told.count >= 6)
    }
}
