/// Something that a story lets happen in a home.
public enum HomeAct: Hashable, Sendable {
    /// The hazard that the device watches for begins.
    case raise(DeviceModel)
    /// The device sees no hazard any more.
    case clear(DeviceModel)
    /// A battery report while nothing changed: the cached attributes are repeated.
    case report(DeviceModel)
    /// The resident presses the one-key call.
    case press(action: String)
    /// The device loses its power and says nothing; its bridge finds out after ten minutes.
    case silence(DeviceModel)
    /// It is plugged in again.
    case revive(DeviceModel)
    /// The resident is in this room from now on.
    case enter(place: String)
    /// The resident lies on the floor: no sensor sees a movement.
    case lieStill
    /// The resident is about again.
    case getUp
}

extension DeviceModel {
    /// The attribute that says there is a hazard, and its two values.
    var hazard: (name: String, on: Attribute.Value, off: Attribute.Value)? {
        switch self {
        case .smoke: ("smoke", .flag(true), .flag(false))
        case .gas: ("gas", .flag(true), .flag(false))
        case .carbonMonoxide: ("carbon_monoxide", .flag(true), .flag(false))
        case .waterLeak: ("water_leak", .flag(true), .flag(false))
        case .fallRadar: ("fall_down_status", .text("fall"), .text("none"))
        case .door, .motion, .button, .climate, .plug: nil
        }
    }
}
