public import SafetyModel

/// Watches that devices can be heard: lost, never seen, bridge down, whole home unprotected.
///
/// Silence is measured in time during which the gateway could hear; the ceiling counts all of it.
public enum Supervision {
    /// The figures it works with.
    public struct Limits: Hashable, Sendable {
        /// The longest total silence before a person is called.
        public var silenceCeiling: Duration
        /// How long a bridge may be away before it is a trouble.
        public var bridgePatience: Duration
        /// The ceiling in milliseconds: it is compared with every message.
        let ceilingMilliseconds: Int64
        /// Makes one from its parts.
        public init(silenceCeiling: Duration, bridgePatience: Duration) {
            self.silenceCeiling = silenceCeiling
            self.bridgePatience = bridgePatience
            ceilingMilliseconds = silenceCeiling.wholeMilliseconds
        }
    }

    /// A device that its bridge calls reachable may be silent for this long, a smoke alarm included (GB
    /// 20517-2025).
    public static let reachableSilenceLimit = Duration.hours(24)

    /// After a start the ceiling of silence waits this long for the broker's waiting messages, not longer.
    public static let catchUpLimit = Duration.minutes(2)

    /// Takes in that a device spoke, live.
    public static func heard(
        device: Int, at now: Instant, hearing: Hearing, limits: Limits, devices: ArraySlice<WatchedDevice>,
        in home: inout HomePerception, findings: inout [Finding]
    ) {
        // Whoever carries its messages is up, whatever the bridge's last word was.
        if home.bridgeDownSince != nil {
            bridgeIsUp(devices: devices, at: now, in: &home, findings: &findings)
        }
        home.lastHeardAt = now
        home.devices[device].lastHeardAt = now
        home.devices[device].blindAtLastHeard = home.blind(at: now, hearing: hearing)
        if home.devices[device].isLost || !home.devices[device].hasBeenSeen {
            home.devices[device].isLost = false
            home.devices[device].hasBeenSeen = true
            findings.append(trouble(.deviceLost, device, .restored))
            findings.append(trouble(.deviceNeverSeen, device, .restored))
        }
        judgeRestored(at: now, limits: limits, devices: devices, in: &home, findings: &findings)
    }

    /// Takes in what the bridge says of itself.
    public static func bridge(
        isUp: Bool, quality: Quality, at now: Instant, limits: Limits, devices: ArraySlice<WatchedDevice>,
        in home: inout HomePerception, findings: inout [Finding]
    ) {
        guard isUp else {
            if home.bridgeDownSince == nil { home.bridgeDownSince = now }
            return
        }
        if quality == .live {
            for index in home.devices.indices { home.devices[index].expectsSnapshot = true }
        }
        bridgeIsUp(devices: devices, at: now, in: &home, findings: &findings)
        judgeRestored(at: now, limits: limits, devices: devices, in: &home, findings: &findings)
    }

    private static func bridgeIsUp(
        devices: ArraySlice<WatchedDevice>, at now: Instant, in home: inout HomePerception,
        findings: inout [Finding]
    ) {
        guard let since = home.bridgeDownSince else { return }
        home.bridgeBlindMilliseconds += max(0, (now - since).wholeMilliseconds)
        home.bridgeDownSince = nil
        for (local, device) in devices.enumerated() where device.kind == .bridge {
            home.devices[local].isLost = false
            findings.append(trouble(.bridgeLost, local, .restored))
        }
    }

    /// Fires what is due.
    ///
    /// Only called while the gateway hears and has caught up, except for the ceiling.
    public static func fireDue(
        at now: Instant, hearing: Hearing, limits: Limits, devices: ArraySlice<WatchedDevice>,
        in home: inout HomePerception, findings: inout [Finding]
    ) {
        if hearing.isListening {
            fireBridge(at: now, limits: limits, devices: devices, in: &home, findings: &findings)
            for (local, device) in devices.enumerated() {
                guard let deadline = silenceDeadline(local, device, at: now, hearing: hearing, home: home),
                    deadline <= now
                else { continue }
                home.devices[local].isLost = true
                let kind: AlarmKind = home.devices[local].hasBeenSeen ? .deviceLost : .deviceNeverSeen
                findings.append(trouble(kind, local, .active, lateBy: now - deadline))
            }
        }
        judgeProtection(
            at: now, hearing: hearing, limits: limits, devices: devices, in: &home, findings: &findings)
    }

    /// The next moment at which something may be due, given that nothing else happens.
    public static func nextDeadline(
        at now: Instant, hearing: Hearing, limits: Limits, devices: ArraySlice<WatchedDevice>,
        home: borrowing HomePerception
    ) -> Instant? {
        var next: Instant?
        if hearing.isListening {
            next = nextSilence(at: now, hearing: hearing, devices: devices, home: home)
            if let since = home.bridgeDownSince, bridgeToReport(devices: devices, home: home) != nil {
                let deadline = since + limits.bridgePatience
                next = min(next ?? deadline, deadline)
            }
        }
        if !home.isUnprotected && devices.contains(where: \.isSupervised) {
            let ceiling = silenceEnd(hearing: hearing, limits: limits, home: home)
            next = min(next ?? ceiling, ceiling)
        }
        return next
    }

    /// The earliest end of a device's silence.
    private static func nextSilence(
        at now: Instant, hearing: Hearing, devices: ArraySlice<WatchedDevice>, home: borrowing HomePerception
    ) -> Instant? {
        guard home.bridgeDownSince == nil else { return nil }
        let blind = home.blind(at: now, hearing: hearing)
        var next = Int64.max
        for place in devices.indices where devices[place].isSupervised {
            let state = home.devices[place - devices.startIndex]
            if state.isLost { continue }
            let span = state.isReachable ? devices[place].reachableSilence : devices[place].silence
            let from =
                state.hasBeenSeen ? state.lastHeardAt : max(state.lastHeardAt, home.inServiceSince)
            next = min(next, from.milliseconds + span + blind - state.blindAtLastHeard)
        }
        return next == Int64.max ? nil : Instant(milliseconds: next)
    }

    /// When the silence of a device has lasted too long; nil while it is not supervised, lost or cannot be
    /// heard.
    private static func silenceDeadline(
        _ local: Int, _ device: WatchedDevice, at now: Instant, hearing: Hearing,
        home: borrowing HomePerception
    ) -> Instant? {
        let state = home.devices[local]
        guard device.isSupervised, !state.isLost, home.bridgeDownSince == nil else { return nil }
        let span = state.isReachable ? device.reachableSilence : device.silence
        let blind = home.blind(at: now, hearing: hearing) - state.blindAtLastHeard
        let from = state.hasBeenSeen ? state.lastHeardAt : max(state.lastHeardAt, home.inServiceSince)
        return Instant(milliseconds: from.milliseconds + span + blind)
    }

    /// When the total silence of a home, blind or not, has lasted too long.
    private static func silenceEnd(
        hearing: Hearing?, limits: Limits, home: borrowing HomePerception
    ) -> Instant {
        let ceiling = Instant(
            milliseconds: home.lastHeardAt.milliseconds + limits.ceilingMilliseconds)
        guard let hearing, !hearing.isListening else { return ceiling }
        return max(ceiling, hearing.resumedAt + catchUpLimit)
    }

    /// The bridge whose loss was not reported yet, by its place in the home.
    private static func bridgeToReport(
        devices: ArraySlice<WatchedDevice>, home: borrowing HomePerception
    ) -> Int? {
        for place in devices.indices where devices[place].kind == .bridge {
            let local = place - devices.startIndex
            if !home.devices[local].isLost { return local }
        }
        return nil
    }

    private static func fireBridge(
        at now: Instant, limits: Limits, devices: ArraySlice<WatchedDevice>, in home: inout HomePerception,
        findings: inout [Finding]
    ) {
        guard let since = home.bridgeDownSince, since + limits.bridgePatience <= now,
            let bridge = bridgeToReport(devices: devices, home: home)
        else { return }
        home.devices[bridge].isLost = true
        findings.append(
            trouble(.bridgeLost, bridge, .active, lateBy: now - (since + limits.bridgePatience)))
    }

    /// A home is unprotected when its bridge is lost, all its guards are lost, or nothing was heard for too
    /// long.
    private static func isUnprotected(
        at now: Instant, hearing: Hearing?, limits: Limits, devices: ArraySlice<WatchedDevice>,
        home: borrowing HomePerception
    ) -> Bool {
        var hasGuards = false
        var isWatched = false
        var isAnyHeard = false
        var isAnySupervised = false
        var bridgeIsLost = false
        for place in devices.indices {
            let isLost = home.devices[place - devices.startIndex].isLost
            if devices[place].kind == .bridge, isLost { bridgeIsLost = true }
            if devices[place].isSupervised { isAnySupervised = true }
            guard devices[place].guardsLife else { continue }
            hasGuards = true
            guard devices[place].isSupervised else { continue }
            isWatched = true
            if !isLost { isAnyHeard = true }
        }
        let isSilent = isAnySupervised && silenceEnd(hearing: hearing, limits: limits, home: home) <= now
        return (bridgeIsLost && hasGuards) || (isWatched && !isAnyHeard) || isSilent
    }

    private static func judgeProtection(
        at now: Instant, hearing: Hearing, limits: Limits, devices: ArraySlice<WatchedDevice>,
        in home: inout HomePerception, findings: inout [Finding]
    ) {
        guard !home.isUnprotected,
            isUnprotected(at: now, hearing: hearing, limits: limits, devices: devices, home: home)
        else { return }
        home.isUnprotected = true
        findings.append(Finding(source: .trouble(.homeUnprotected), device: nil, change: .active))
    }

    private static func judgeRestored(
        at now: Instant, limits: Limits, devices: ArraySlice<WatchedDevice>, in home: inout HomePerception,
        findings: inout [Finding]
    ) {
        guard home.isUnprotected,
            !isUnprotected(at: now, hearing: nil, limits: limits, devices: devices, home: home)
        else { return }
        home.isUnprotected = false
        findings.append(Finding(source: .trouble(.homeUnprotected), device: nil, change: .restored))
    }

    private static func trouble(
        _ kind: AlarmKind, _ device: Int, _ change: Finding.Change, lateBy: Duration = .zero
    ) -> Finding {
        Finding(source: .trouble(kind), device: device, change: change, lateBy: lateBy)
    }
}

/// What supervision must know of a device of the site.
public struct WatchedDevice: Hashable, Sendable {
    /// The longest silence in milliseconds; zero means it is not supervised.
    public let silence: Int64
    /// The longest silence while its bridge calls it reachable, in milliseconds.
    let reachableSilence: Int64
    /// What it is about.
    public let kind: Device.Kind
    /// Whether it could raise a life-safety alarm.
    public let guardsLife: Bool
    /// Whether it is the door through which people come and go.
    public let isOutsideDoor: Bool

    /// Makes one from its parts.
    public init(_ device: Device) {
        silence = device.supervision.wholeMilliseconds
        reachableSilence = max(silence, Supervision.reachableSilenceLimit.wholeMilliseconds)
        kind = device.kind
        guardsLife = device.guardsLife
        isOutsideDoor = device.isOutsideDoor
    }

    /// Whether its silence is watched.
    public var isSupervised: Bool { silence > 0 }
}
