import SafetyModel

extension Incident {
    /// Sends a step: everybody in it at the same moment, or the first of those in turn.
    mutating func start(
        step index: Int, purpose: NotificationOrder.Purpose? = nil, about: String = "",
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome, lateBy: Duration = .zero
    ) {
        let isRepeat = index == step && purpose == nil
        repeats = isRepeat ? repeats + 1 : 0
        step = index
        stepDeliveries = 0
        turned = []
        guard plan.steps.indices.contains(index) else {
            // A plan without steps cannot pass `check`; still nobody may wait for ever.
            deadline = situation.now + plan.repeatLastEvery
            return
        }
        let current = plan.steps[index]
        note(
            isRepeat ? .stepRepeated : .stepStarted, at: situation.now,
            detail: "step \(index + 1) of \(plan.steps.count)" + Self.lateness(lateBy))
        noteGaps(of: current, situation)
        let isLast = index == plan.steps.count - 1
        deadline = situation.now + (isLast && isRepeat ? plan.repeatLastEvery : current.seenWithin)
        let called = people(of: current, round: Int64(repeats), situation)
        call(called, of: current, purpose, about: about, situation: situation, outcome: &outcome)
        // Nobody to wait for: `check` refuses a step without people, and still the chain goes on.
        let isAwake = called.contains {
            !$0.channels.isEmpty && quietEnd(of: $0, situation: situation) == nil
        }
        if isAwake { return }
        if !isLast {
            note(.stepFailed, at: situation.now, detail: "step \(index + 1): nobody to call")
            start(
                step: index + 1, purpose: purpose, about: about, situation: situation, outcome: &outcome,
                lateBy: lateBy)
        } else if let morning = called.compactMap({ quietEnd(of: $0, situation: situation) }).min() {
            deadline = morning + current.seenWithin
        }
    }

    /// Orders the people of a step, and with them those whom no earlier order reached.
    private mutating func call(
        _ called: [FrozenResponder], of step: FrozenStep, _ purpose: NotificationOrder.Purpose?,
        about: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let missed =
            unreached.isEmpty
            ? []
            : people.filter { person in
                unreached.contains(person.id) && !called.contains { $0.id == person.id }
            }
        var now = called
        if let span = step.turnEvery {
            let awake = called.filter {
                !$0.channels.isEmpty && quietEnd(of: $0, situation: situation) == nil
            }
            if let first = awake.first {
                // Who sleeps has his order for the morning; the others have their turn.
                now = called.filter { person in
                    person.id == first.id || !awake.contains { $0.id == person.id }
                }
                turned = [first.id]
                deadline = situation.now + span
            }
        }
        for responder in now + missed {
            order(
                responder, purpose ?? (wasCalled(responder.id) ? .reminder : .alarm), about: about,
                situation: situation, outcome: &outcome)
        }
    }

    /// Makes one order and sends its first try; an order that may wait for the end of quiet hours does.
    mutating func order(
        _ responder: FrozenResponder, _ purpose: NotificationOrder.Purpose, about: String = "",
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        guard !responder.channels.isEmpty else { return }
        let morning = quietEnd(of: responder, situation: situation)
        if morning != nil, isAsleep(responder.id, for: purpose, about: about) { return }
        let first = responder.channels.firstIndex { $0.channel != situation.brokenChannel } ?? 0
        let channels = Array(responder.channels[first...] + responder.channels[..<first])
        let channel = channels[0]
        orderCount += 1
        let made = NotificationOrder(
            id: OrderID(incident: id, number: orderCount), responder: responder.id, channel: channel.channel,
            address: channel.address, purpose: purpose, urgency: urgency, attempt: morning == nil ? 1 : 0,
            orderedAt: situation.now, about: about)
        if let morning {
            outstanding.append(
                OutstandingOrder(
                    order: made, channels: channels, tries: 0, step: step, deadline: morning,
                    isWaiting: true))
            note(.orderWaits, at: situation.now, responder: responder.id, detail: purpose.name)
            return
        }
        outstanding.append(
            OutstandingOrder(
                order: made, channels: channels, step: step,
                deadline: situation.now + situation.deliveryPatience))
        outcome.orders.append(made)
        noteSending(of: made, at: situation.now)
    }

    private mutating func noteSending(of order: NotificationOrder, at now: Instant) {
        if !notified.contains(order.responder) { notified.append(order.responder) }
        note(
            .ordered, at: now, responder: order.responder,
            detail: "\(order.purpose.name) over \(order.channel)")
    }

    /// Tells everybody who was notified, except one.
    mutating func inform(
        _ purpose: NotificationOrder.Purpose, about: String, except: String,
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let people = people.filter { notified.contains($0.id) && $0.id != except }
        for responder in people {
            order(responder, purpose, about: about, situation: situation, outcome: &outcome)
        }
    }

    /// Takes in that one try failed: the next try, the next channel, or the end of the order.
    mutating func fail(
        _ place: Int, reason: String, isFinalForChannel: Bool, situation: EscalationDesk.Situation,
        outcome: inout EscalationDesk.Outcome
    ) {
        if !isFinalForChannel && outstanding[place].tries < situation.triesPerChannel {
            outstanding[place].isWaiting = true
            outstanding[place].deadline = situation.now + EscalationDesk.retryDelay
            return
        }
        if outstanding[place].channelIndex + 1 < outstanding[place].channels.count {
            let next = outstanding[place].channels[outstanding[place].channelIndex + 1]
            outstanding[place].channelIndex += 1
            outstanding[place].tries = 0
            outstanding[place].order.channel = next.channel
            outstanding[place].order.address = next.address
            sendAgain(place, situation: situation, outcome: &outcome)
            return
        }
        let failed = outstanding.remove(at: place)
        note(.deliveryFailed, at: situation.now, responder: failed.order.responder, detail: reason)
        if failed.order.purpose.isCall && !unreached.contains(failed.order.responder) {
            unreached.append(failed.order.responder)
        }
        if failed.order.purpose == .handOver, handOver?.to == failed.order.responder {
            endHandOver(situation: situation, outcome: &outcome)
            return
        }
        moveOnIfStepFailed(failed, situation: situation, outcome: &outcome)
    }

    /// Sends the next try of an order under the same id.
    mutating func sendAgain(
        _ place: Int, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        if outstanding[place].order.attempt == 0 {
            if let morning = stillQuiet(outstanding[place], situation: situation) {
                outstanding[place].deadline = morning
                return
            }
            noteSending(of: outstanding[place].order, at: situation.now)
        }
        outstanding[place].tries += 1
        outstanding[place].order.attempt += 1
        outstanding[place].isWaiting = false
        outstanding[place].deadline = situation.now + situation.deliveryPatience
        outcome.orders.append(outstanding[place].order)
    }

    /// A step whose orders all failed does not wait for its deadline.
    private mutating func moveOnIfStepFailed(
        _ failed: OutstandingOrder, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        // Orders that wait for the morning do not hold a step up.
        let isPending = outstanding.contains { other in
            other.step == step && other.order.purpose != .handOver && other.order.attempt > 0
                && (step < 0 ? other.order.purpose == .verify : other.order.purpose.isCall)
        }
        let counts = step < 0 ? failed.order.purpose == .verify : failed.order.purpose.isCall
        guard phase == .calling, failed.step == step, counts, stepDeliveries == 0, !isPending else { return }
        if step < 0 {
            note(.stepFailed, at: situation.now, detail: "nobody can ring the resident")
            start(step: 0, situation: situation, outcome: &outcome)
            return
        }
        if callNextInTurn(situation: situation, outcome: &outcome) { return }
        note(.stepFailed, at: situation.now, detail: "step \(step + 1): no order was delivered")
        if step + 1 < plan.steps.count {
            start(step: step + 1, situation: situation, outcome: &outcome)
        } else {
            deadline = min(deadline ?? .start, situation.now + EscalationDesk.failedStepDelay)
        }
    }

    /// Adds to the timeline; beyond the limit the middle is dropped and counted.
    mutating func note(
        _ event: TimelineEntry.Event, at now: Instant, responder: String = "", detail: String = ""
    ) {
        if timeline.count >= Self.timelineLimit {
            timeline.remove(at: Self.timelineLimit / 4)
            droppedEntries += 1
        }
        timeline.append(TimelineEntry(at: now, event, responder: responder, detail: detail))
    }

    static func lateness(_ span: Duration) -> String {
        span > EscalationDesk.lateLimit ? ", late by \(span.wholeMilliseconds / 1_000) s" : ""
    }
}
