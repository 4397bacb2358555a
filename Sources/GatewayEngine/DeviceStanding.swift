import Correlation
import SafetyModel

/// Whether a device can be heard, as people are told; a device that was never heard is not known to be well.
///
/// The raw value is the word for it in HTTP.
enum DeviceStanding: String, CaseIterable, Sendable {
    /// Nothing ever came from it.
    case neverHeard
    /// It was heard, and has been silent for too long or is away.
    case lost
    case heard

    /// How a device of a home stands.
    ///
    /// A bridge is heard through what it says of itself and through every device that it carries.
    init(of device: Device, local: Int, in home: HomePerception) {
        let state = home.devices[local]
        let isBridge = device.kind == .bridge
        let isHeard =
            state.hasBeenSeen
            || isBridge
                && (home.reading(of: .bridge, device: local) != nil
                    || home.devices.contains(where: \.hasBeenSeen))
        let isDown = isBridge && home.bridgeDownSince != nil
        self = !isHeard ? .neverHeard : state.isLost || isDown ? .lost : .heard
    }
}
