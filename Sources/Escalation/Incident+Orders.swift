import SafetyModel

extension Incident {
    /// Sends a step: everybody in it at the same moment.
    mutating func start(
        step index: Int, purpose: NotificationOrder.Purpose? = nil, about: String = "",
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome, lateBy: Duration = .zero
    ) {
        let isRepeat = index == step && purpose == nil
        repeats = isRepeat ? repeats + 1 : 0
        step = index
        stepDeliveries = 0
        guard plan.steps.indices.contains(index) else {
            // A plan without steps cannot pass `check`; still nobody may wait for ever.
            deadline = situation.now + plan.repeatLastEvery
            return
        }
        let current = plan.steps[index]
        note(
            isRepeat ? .stepRepeated : .stepStarted, at: situation.now,
            detail: "step \(index + 1) of \(plan.steps.count)" + Self.lateness(lateBy))
        let isLast = index == plan.steps.count - 1
        deadline = situation.now + (isLast && isRepeat ? plan.repeatLastEvery : current.seenWithin)
        let missed = plan.responders.filter { person in
            unreached.contains(person.id) && !current.responders.contains { $0.id == person.id }
        }
        for responder in current.responders + missed {
            let wasTold = notified.contains(responder.id)
            order(
                responder, purpose ?? (wasTold ? .reminder : .alarm), about: about, situation: situation,
                outcome: &outcome)
        }
        // Nobody to wait for: `check` refuses such a step, and still the chain goes on.
        if !isLast && current.responders.allSatisfy(\.channels.isEmpty) {
            note(.stepFailed, at: situation.now, detail: "step \(index + 1): nobody to call")
            start(
                step: index + 1, purpose: purpose, about: about, situation: situation, outcome: &outcome,
                lateBy: lateBy)
        }
    }

    /// Makes one order and sends its first try.
    mutating func order(
        _ responder: FrozenResponder, _ purpose: NotificationOrder.Purpose, about: String = "",
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        guard !responder.channels.isEmpty else { return }
        let first = responder.channels.firstIndex { $0.channel != situation.brokenChannel } ?? 0
        let channels = Array(responder.channels[first...] + responder.channels[..<first])
        let channel = channels[0]
        orderCount += 1
        let made = NotificationOrder(
            id: OrderID(incident: id, number: orderCount), responder: responder.id, channel: channel.channel,
            address: channel.address, purpose: purpose, urgency: urgency, attempt: 1,
            orderedAt: situation.now, about: about)
        outstanding.append(
            OutstandingOrder(
                order: made, channels: channels, step: step,
                deadline: situation.now + situation.deliveryPatience))
        outcome.orders.append(made)
        if !notified.contains(responder.id) { notified.append(responder.id) }
        note(
            .ordered, at: situation.now, responder: responder.id,
            detail: "\(purpose.name) over \(channel.channel)")
    }

    /// Tells everybody who was notified, except one.
    mutating func inform(
        _ purpose: NotificationOrder.Purpose, about: String, except: String,
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let people = plan.responders.filter { notified.contains($0.id) && $0.id != except }
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
        if failed.order.purpose.asksForAnswer && !unreached.contains(failed.order.responder) {
            unreached.append(failed.order.responder)
        }
        moveOnIfStepFailed(failed, situation: situation, outcome: &outcome)
    }

    /// Sends the next try of an order under the same id.
    mutating func sendAgain(
        _ place: Int, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
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
        let isPending = outstanding.contains { $0.step == step && $0.order.purpose.asksForAnswer }
        guard phase == .calling, failed.step == step, failed.order.purpose.asksForAnswer, stepDeliveries == 0,
            !isPending
        else { return }
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
