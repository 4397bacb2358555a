/// A home's place in the site that is in force; 0 is the gateway itself.
public struct HomeIndex: Hashable, Comparable, Sendable {
    /// 0 is the gateway itself.
    public var value: Int32
    /// Makes one from its parts.
    public init(_ value: Int) { self.value = Int32(value) }
    /// The gateway's own place: troubles that belong to no home live there.
    public static let gateway = HomeIndex(0)
    /// As an array index.
    public var int: Int { Int(value) }
    /// In the order of the site.
    public static func < (a: HomeIndex, b: HomeIndex) -> Bool { a.value < b.value }
}

/// A device's place in the site that is in force.
public struct DeviceIndex: Hashable, Comparable, Sendable {
    /// The place in `Community.devices`.
    public var value: Int32
    /// Makes one from its parts.
    public init(_ value: Int) { self.value = Int32(value) }
    /// As an array index.
    public var int: Int { Int(value) }
    /// In the order of the site.
    public static func < (a: DeviceIndex, b: DeviceIndex) -> Bool { a.value < b.value }
}

/// An incident: numbered by the gateway in the order of opening, from 1.
public struct IncidentID: Hashable, Comparable, Sendable {
    /// Counted by the gateway, from 1.
    public var number: Int64
    /// Makes one from its parts.
    public init(_ number: Int64) { self.number = number }
    /// Earlier opened comes first.
    public static func < (a: IncidentID, b: IncidentID) -> Bool { a.number < b.number }
}

/// An alarm: numbered by the gateway in the order of raising, from 1.
public struct AlarmID: Hashable, Comparable, Sendable {
    /// Counted by the gateway, from 1.
    public var number: Int64
    /// Makes one from its parts.
    public init(_ number: Int64) { self.number = number }
    /// Earlier raised comes first.
    public static func < (a: AlarmID, b: AlarmID) -> Bool { a.number < b.number }
}

/// A notification order: the incident and the order's number in it, so that it is the same after every
/// replay.
public struct OrderID: Hashable, Comparable, Sendable {
    /// The incident it belongs to.
    public var incident: IncidentID
    /// Counted within the incident, from 1.
    public var number: Int32
    /// Makes one from its parts.
    public init(incident: IncidentID, number: Int32) {
        self.incident = incident
        self.number = number
    }
    /// As it stands in messages: `12-3` is the third order of incident 12.
    public var text: String { "\(incident.number)-\(number)" }
    /// By incident, then in the order of giving.
    public static func < (a: OrderID, b: OrderID) -> Bool {
        (a.incident, a.number) < (b.incident, b.number)
    }
}
