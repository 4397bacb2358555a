import SafetyCore
import SafetyModel

extension CoreInput {
    /// The same input with its device as another site numbers it; harmless where that site has none.
    func renumbered(_ translation: (DeviceIndex) -> DeviceIndex?) -> CoreInput {
        switch self {
        case .message(var message):
            guard let device = translation(message.device) else { return .tick }
            message.device = device
            return .message(message)
        case .undecoded(var message):
            guard let device = translation(message.device) else { return .tick }
            message.device = device
            return .undecoded(message)
        case .command, .desk, .report, .tick, .link, .restarted, .caughtUp, .wallOffset, .gateway, .site,
            .visit:
            return self
        }
    }
}

extension InputBatch {
    /// Numbers the devices of its messages as another site does.
    mutating func renumber(_ translation: (DeviceIndex) -> DeviceIndex?) {
        for place in inputs.indices { inputs[place] = inputs[place].renumbered(translation) }
    }
}
