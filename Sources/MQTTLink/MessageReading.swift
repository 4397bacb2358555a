public import DeviceProfiles
public import SafetyModel

/// What a message on a topic says, as the link needs to know it.
public enum MessageVerdict: Hashable, Sendable {
    /// A device's message; its observations were appended.
    case device(DeviceIndex, deviceTime: WallTime?)
    /// A device's message that could not be read, or not as a whole: what is wrong and where. Observations
    /// that were
    /// appended all the same count.
    case undecoded(DeviceIndex, deviceTime: WallTime? = nil, reason: String)
    /// A topic that is known to say nothing for us.
    case ignored
    /// No device of the site speaks there.
    case unknownTopic
}

/// Reads the messages of a site's topics; the device profiles' decoder is the one for real.
///
/// It is called inside the library's callback: it must not keep the pointers. `topic` and `payload` are bytes
/// as the
/// broker sent them.
public typealias MessageReading = (
    _ topic: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, _ isRetained: Bool,
    _ observations: inout [Observation]
) -> MessageVerdict

extension MessageDecoder {
    /// The decoder as the link uses it; one link's thread at a time.
    public var reading: MessageReading {
        { topic, payload, isRetained, observations in
            let message = self.decode(
                topic: topic, payload: payload, isRetained: isRetained, into: &observations)
            guard let device = message.device else {
                return message.outcome == .ignored ? .ignored : .unknownTopic
            }
            switch message.outcome {
            case .taken: return .device(device, deviceTime: message.deviceTime)
            case .failed:
                return .undecoded(
                    device, deviceTime: message.deviceTime, reason: message.failure ?? "not understood")
            case .ignored: return .ignored
            case .unknownTopic: return .unknownTopic
            }
        }
    }
}
