import Escalation
import SafetyModel

/// A quick hash of one input, equal for an equal input in every process; not cryptographic.
public enum InputDigest {
    /// The digest of the input at a place of a batch.
    ///
    /// An input that cannot harm alone (a tick, the link) has 0.
    public static func digest(of batch: InputBatch, at place: Int) -> UInt64 {
        var hash = Mixer()
        switch batch.inputs[place] {
        case .message(let message):
            hash.mix(UInt64(bitPattern: Int64(message.device.value)))
            hash.mix(UInt64(bitPattern: message.deviceTime?.milliseconds ?? -1))
            for index in message.observations { mix(batch.observations[Int(index)], into: &hash) }
        case .undecoded(let message):
            hash.mix(UInt64(bitPattern: Int64(message.device.value)))
            for byte in message.reason.utf8 { hash.mix(UInt64(byte)) }
        case .command(let command):
            hash.mix(UInt64(bitPattern: command.incident.number))
            for byte in command.act.name.utf8 { hash.mix(UInt64(byte)) }
            for byte in command.responder.utf8 { hash.mix(UInt64(byte)) }
            switch command.act {
            case .handOver(let text), .note(let text): for byte in text.utf8 { hash.mix(UInt64(byte)) }
            case .acknowledge, .onScene, .needHelp, .close: break
            }
        case .desk(let command):
            for byte in command.home.utf8 { hash.mix(UInt64(byte)) }
            for byte in command.act.name.utf8 { hash.mix(UInt64(byte)) }
            for byte in command.by.utf8 { hash.mix(UInt64(byte)) }
        case .report(let report):
            hash.mix(UInt64(bitPattern: report.order.incident.number))
            hash.mix(UInt64(bitPattern: Int64(report.order.number)))
            hash.mix(UInt64(bitPattern: Int64(report.attempt)))
        case .visit(let visit):
            for byte in visit.home.utf8 { hash.mix(UInt64(byte)) }
            for byte in visit.by.utf8 { hash.mix(UInt64(byte)) }
            hash.mix(UInt64(visit.way.rawValue) << 8 | UInt64(visit.result.rawValue))
            hash.mix(UInt64(bitPattern: visit.at?.milliseconds ?? -1))
        case .tick, .link, .caughtUp, .restarted, .wallOffset, .gateway, .site:
            return 0
        }
        return hash.value | 1
    }

    private static func mix(_ observation: Observation, into hash: inout Mixer) {
        hash.mix(UInt64(observation.signal.rawValue) << 8 | UInt64(observation.form.rawValue))
        switch observation.reading {
        case .flag(let flag): hash.mix(flag ? 1 : 0)
        case .number(let number): hash.mix(number.bitPattern)
        case .pair(let first, let second):
            hash.mix(UInt64(first.bitPattern) << 32 | UInt64(second.bitPattern))
        case .key(let key): hash.mix(UInt64(key.rawValue))
        }
    }

    private struct Mixer {
        var value: UInt64 = 0x9e37_79b9_7f4a_7c15
        mutating func mix(_ word: UInt64) {
            value = (value ^ word) &* 0xff51_afd7_ed55_8ccd
            value ^= value >> 32
        }
    }
}
