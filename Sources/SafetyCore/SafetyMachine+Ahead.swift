import Alarming
import Correlation
import Escalation
import SafetyModel
import Welfare

/// Which messages of a batch come next, and what was read for them.
struct ReadAhead: Sendable {
    /// The devices of the next three messages, the nearest first; -1 where none comes.
    var devices: (next: Int32, second: Int32, third: Int32) = (-1, -1, -1)
    /// The place in the batch up to which they are known.
    var place = -1
    /// What was read; it only keeps the reading from being left out as useless.
    var sum = 0
}

extension SafetyMachine {
    /// Reads what the next messages of a batch will ask for, while the present one is worked on.
    ///
    /// The homes of a community lie all over the heap and every message is about another one, so that waiting
    /// for memory costs more than the work. What a message needs is found in steps, each of which leads to
    /// the next: each is taken one message earlier, so that nothing waits. It changes nothing.
    mutating func readAhead(of place: Int, in batch: InputBatch) {
        if place > 0, ahead.place == place + 2 {
            let known = ahead.devices
            ahead.devices = (known.second, known.third, Self.device(place + 3, in: batch))
        } else {
            ahead.devices = (
                Self.device(place + 1, in: batch), Self.device(place + 2, in: batch),
                Self.device(place + 3, in: batch)
            )
        }
        ahead.place = place + 3
        if let home = home(of: ahead.devices.third) {
            ahead.sum &+= homes.look(at: home) { $0.readAhead() }
        }
        if let home = home(of: ahead.devices.second) {
            ahead.sum &+= homes.look(at: home) { $0.perception.readAhead() }
        }
        if let home = home(of: ahead.devices.next) {
            let local = Int(ahead.devices.next) - compiled.deviceRange(home).lowerBound
            ahead.sum &+= homes.look(at: home) { $0.perception.readAhead(device: local) }
        }
    }

    private static func device(_ place: Int, in batch: InputBatch) -> Int32 {
        guard place < batch.inputs.count, case .message(let message) = batch.inputs[place] else { return -1 }
        return message.device.value
    }

    private func home(of device: Int32) -> Int? {
        let device = Int(device)
        return compiled.homeOfDevice.indices.contains(device) ? Int(compiled.homeOfDevice[device]) : nil
    }
}

extension HomeState {
    /// Touches each part of the home.
    fileprivate mutating func readAhead() -> Int {
        let sum = perception.devices.count &+ perception.readings.count &+ (perception.isUnprotected ? 1 : 0)
        let alarms = register.alarms.count &+ desk.incidents.count &+ (suspensions.isIdle ? 1 : 0)
        return sum &+ alarms &+ (care.isPaused ? 1 : 0) &+ (welfare?.lookAt == nil ? 1 : 0)
    }
}
