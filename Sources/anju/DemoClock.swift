import SafetyModel

/// Virtual time that runs faster than the real one.
struct DemoClock {
    /// Virtual time when the clock was started.
    private var begin: Instant
    private var realBegin: ContinuousClock.Instant
    private let scale: Double

    init(begin: Instant, scale: Double) {
        self.begin = begin
        self.scale = scale
        realBegin = ContinuousClock.now
    }

    /// Virtual time now.
    var now: Instant {
        begin + .milliseconds(Int64(Self.seconds(ContinuousClock.now - realBegin) * scale * 1_000))
    }

    /// The real time until a virtual moment, zero when it is past.
    func realTime(until moment: Instant) -> Duration {
        let virtual = max(0, (moment - now).wholeMilliseconds)
        return .microseconds(Int64(Double(virtual) * 1_000 / scale))
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
