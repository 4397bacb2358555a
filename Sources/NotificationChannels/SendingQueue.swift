import SafetyModel

/// What waits for a free place, the most pressing first and among equals the oldest first.
///
/// Bounded: a full queue gives up its newest and least pressing element for one that is more pressing, and
/// refuses any other.
struct SendingQueue<Element: AnyObject> {
    private var lanes: [ArraySlice<Element>]
    private let waitingLimit: Int

    private(set) var count = 0

    init(waitingLimit: Int) {
        self.waitingLimit = waitingLimit
        lanes = Array(repeating: [], count: Urgency.allCases.count)
    }

    /// Adds an element, or says that there is no place for it.
    ///
    /// - Returns: the element that has to go: nil, an older one that gave way, or `element` itself.
    mutating func add(_ element: Element, urgency: Urgency) -> Element? {
        let lane = Int(urgency.rawValue)
        var displaced: Element?
        if count >= waitingLimit {
            guard let last = lanes.lastIndex(where: { !$0.isEmpty }), last > lane else { return element }
            displaced = lanes[last].removeLast()
            count -= 1
        }
        lanes[lane].append(element)
        count += 1
        return displaced
    }

    /// The next to send.
    var first: Element? { lanes.first { !$0.isEmpty }?.first }

    /// The oldest of each urgency.
    var heads: [Element] { lanes.compactMap(\.first) }

    /// Takes out the next to send.
    mutating func takeFirst() -> Element? {
        guard let lane = lanes.firstIndex(where: { !$0.isEmpty }) else { return nil }
        count -= 1
        return lanes[lane].removeFirst()
    }

    /// Takes out one element, wherever it stands.
    mutating func remove(_ element: Element) {
        for lane in lanes.indices {
            guard let place = lanes[lane].firstIndex(where: { $0 === element }) else { continue }
            lanes[lane].remove(at: place)
            count -= 1
            return
        }
    }

    /// Takes out everything.
    mutating func removeAll() -> [Element] {
        let all = lanes.flatMap { $0 }
        for lane in lanes.indices { lanes[lane].removeAll() }
        count = 0
        return all
    }
}
