import SafetyModel

@testable import Correlation

/// The pattern language as its definition, without any regard for time or memory: what the automata must
/// equal.
///
/// Time goes in milliseconds. Every millisecond begins with a point at which nothing arrives; each event has
/// a point of its own and a point after it, at which what it made due happens. A pattern is what it is at
/// every point: whether it is true, and whether it completes there.
struct NaiveMatcher {
    private let points: [Point]

    private struct Point {
        var now: Int64
        var event: PlayedEvent?
    }

    /// A pattern at every point.
    private struct Trace {
        var isTrue: [Bool]
        var completes: [Moment?]
    }

    /// A completion: its time, the point at which it became known, and that point's number as its order.
    private struct Moment: Hashable, Comparable {
        var time: Int64
        var point: Int
        static func < (a: Moment, b: Moment) -> Bool { (a.time, a.point) < (b.time, b.point) }
    }

    init(_ events: [PlayedEvent], until end: Int64) {
        var points: [Point] = []
        for now in 0...end {
            points.append(Point(now: now))
            for event in events where event.at == now {
                points.append(Point(now: now, event: event))
                points.append(Point(now: now))
            }
        }
        self.points = points
    }

    /// What a rule finds: "12 active".
    func found(_ pattern: Pattern) -> [String] {
        let trace = trace(pattern)
        var isRaised = false
        var found: [String] = []
        for (index, point) in points.enumerated() {
            if trace.isTrue[index] {
                if !isRaised { found.append("\(point.now) active") }
                isRaised = true
            } else if isRaised {
                isRaised = false
                found.append("\(point.now) restored")
            } else if trace.completes[index] != nil {
                found.append("\(point.now) pressed")
            }
        }
        return found
    }

    /// Whether some device of the set gives the signal; what nobody could say breaks no silence.
    private func isKnown(_ condition: Condition) -> Bool {
        EventSet.community.devices.contains { $0.signals.contains(condition.signal) }
    }

    private func trace(_ pattern: Pattern) -> Trace {
        switch pattern {
        case .condition(let condition): return trace(condition)
        case .held(let condition, let span): return held(trace(condition), span.wholeMilliseconds)
        case .anyOf(let parts): return any(parts.map(trace))
        case .allOf(let parts, let within): return all(parts.map(trace), within.wholeMilliseconds)
        case .absent(let conditions, let span):
            return absent(any(conditions.map(trace)), span.wholeMilliseconds)
        case .count(let count, let condition, let distinct, let within):
            return counted(count, trace(condition), distinct, within.wholeMilliseconds)
        case .unless(let wanted, let unwanted): return unless(trace(wanted), trace(unwanted))
        case .sequence(let parts, let within): return sequence(parts, within?.wholeMilliseconds ?? .max)
        case .change: preconditionFailure("A rate of change has tables of its own.")
        }
    }

    /// A condition completes when a press or a change makes it true, and is true while its reading stands.
    private func trace(_ condition: Condition) -> Trace {
        var standing: [Int] = []
        return build { index in
            guard let event = points[index].event, event.signal == condition.signal else {
                return (!standing.isEmpty, nil)
            }
            let holds = condition.raise.holds(for: event.reading)
            let moment = Moment(time: event.time, point: index)
            if event.isPulse { return (!standing.isEmpty, holds ? moment : nil) }
            let was = standing.contains(event.device)
            standing.removeAll { $0 == event.device }
            if holds { standing.append(event.device) }
            return (!standing.isEmpty, holds && !was ? moment : nil)
        }
    }

    /// True when the condition has been true for so long without a break.
    private func held(_ part: Trace, _ length: Int64) -> Trace {
        var since: Int64?
        return risen { index in
            guard part.isTrue[index] else {
                since = nil
                return false
            }
            let from = since ?? points[index].now
            since = from
            return points[index].now - from >= length
        }
    }

    private func any(_ parts: [Trace]) -> Trace {
        build { index in
            (parts.contains { $0.isTrue[index] }, parts.lazy.compactMap { $0.completes[index] }.first)
        }
    }

    /// Each is true now, or was true or completed at most so long ago.
    private func all(_ parts: [Trace], _ within: Int64) -> Trace {
        risen { index in
            parts.allSatisfy { part in
                (0...index).contains { earlier in
                    guard points[index].now - points[earlier].now <= within else { return false }
                    return part.isTrue[earlier] || part.completes[earlier] != nil
                }
            }
        }
    }

    /// No completion for so long, nor in so long since the start; what is due goes before what arrives.
    private func absent(_ part: Trace, _ length: Int64) -> Trace {
        var last: Int64 = 0
        return risen { index in
            if let moment = part.completes[index] { last = max(last, moment.time) }
            return points[index].now - last >= length
        }
    }

    private func counted(
        _ count: Int, _ part: Trace, _ distinct: Pattern.Distinct?, _ within: Int64
    ) -> Trace {
        risen { index in
            let now = points[index].now
            let found = (0...index).filter { part.completes[$0].map { now - within < $0.time } ?? false }
            let devices = found.compactMap { points[$0].event?.device }
            let places = devices.map { EventSet.community.devices[$0].place }
            switch distinct {
            case nil: return found.count >= count
            case .device: return Set(devices).count >= count
            case .place: return Set(places).count >= count
            case .home: return Set(devices.map { _ in 0 }).count >= count
            }
        }
    }

    /// A completion counts unless the other is true then, or completes just then.
    private func unless(_ wanted: Trace, _ unwanted: Trace) -> Trace {
        var isAccepted = false
        return build { index in
            let isRefused = unwanted.isTrue[index] || unwanted.completes[index] != nil
            let completes = isRefused ? nil : wanted.completes[index]
            isAccepted = wanted.isTrue[index] && (isAccepted || completes != nil)
            return (isAccepted, completes)
        }
    }

    /// A chain of completions, and where it became known.
    private struct Chain: Hashable {
        var start: Int64
        var moment: Moment
        /// Before the last absence; what breaks a standing match comes after it.
        var before: Moment
        var known: Int
    }

    /// Each after the one before, from the first to the last at most the window.
    private func sequence(_ parts: [Pattern], _ within: Int64) -> Trace {
        var chains: [Chain]?
        var guards: [(Trace, Int64)] = []
        var last: Trace?
        for part in parts {
            if case .absent(let conditions, let span) = part {
                let breaker = any(conditions.map(trace))
                last = conditions.contains(where: isKnown) ? breaker : nil
                if let known = chains {
                    chains = known.compactMap { lasting($0, breaker, span.wholeMilliseconds, within) }
                } else {
                    guards.append((breaker, span.wholeMilliseconds))
                }
            } else {
                last = nil
                let found = trace(part).completes.enumerated().compactMap { index, moment in
                    moment.map { ($0, index) }
                }
                if let known = chains {
                    chains = known.flatMap { chain in extended(chain, found, within) }
                } else {
                    chains = begun(found, guards)
                }
            }
        }
        guard let breaker = last else { return ended(chains ?? []) }
        return standing(chains ?? [], breaker)
    }

    private func begun(_ found: [(Moment, Int)], _ guards: [(Trace, Int64)]) -> [Chain] {
        found.filter { moment, index in
            guards.allSatisfy { breaker, length in
                let broken = breaker.completes.prefix(index + 1).compactMap(\.self).filter { $0 < moment }
                return moment.time - (broken.map(\.time).max() ?? 0) >= length
            }
        }.map { moment, index in Chain(start: moment.time, moment: moment, before: moment, known: index) }
    }

    private func extended(_ chain: Chain, _ found: [(Moment, Int)], _ within: Int64) -> [Chain] {
        found.filter { moment, _ in chain.moment < moment && moment.time - chain.start <= within }
            .map { moment, index in
                Chain(
                    start: chain.start, moment: moment, before: moment, known: max(chain.known, index))
            }
    }

    /// The chain when nothing has broken the silence; it is known at the first point at which it has lasted.
    private func lasting(_ chain: Chain, _ breaker: Trace, _ length: Int64, _ within: Int64) -> Chain? {
        let end = chain.moment.time + length
        guard end - chain.start <= within,
            let known = points.indices.first(where: { index in
                index > chain.known && points[index].event == nil && points[index].now >= end
            })
        else { return nil }
        let isBroken = breaker.completes.prefix(known).enumerated().contains { index, moment in
            guard let moment else { return false }
            return chain.moment < moment && (moment.time < end || index > chain.known)
        }
        return isBroken
            ? nil
            : Chain(
                start: chain.start, moment: Moment(time: end, point: known), before: chain.moment,
                known: known)
    }

    /// A sequence that ends in an event is over when it completes.
    private func ended(_ chains: [Chain]) -> Trace {
        build { index in
            let done = chains.filter { $0.known == index }.map(\.moment).max()
            return (false, done)
        }
    }

    /// A sequence that ends in an absence is true until what was absent completes.
    private func standing(_ chains: [Chain], _ breaker: Trace) -> Trace {
        risen { index in
            chains.contains { chain in
                guard chain.known <= index else { return false }
                return !breaker.completes.prefix(index + 1).compactMap(\.self).contains { chain.before < $0 }
            }
        }
    }

    /// A state completes when it begins to be true.
    private func risen(_ isTrue: (Int) -> Bool) -> Trace {
        var was = false
        return build { index in
            let holds = isTrue(index)
            defer { was = holds }
            return (holds, holds && !was ? Moment(time: points[index].now, point: index) : nil)
        }
    }

    private func build(_ point: (Int) -> (Bool, Moment?)) -> Trace {
        var trace = Trace(isTrue: [], completes: [])
        for index in points.indices {
            let (isTrue, completes) = point(index)
            trace.isTrue.append(isTrue)
            trace.completes.append(completes)
        }
        return trace
    }
}
