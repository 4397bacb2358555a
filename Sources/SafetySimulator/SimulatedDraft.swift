import Escalation
import SafetyCore
import SafetyModel

/// A batch on its way to the gate, with what the simulation knows of it.
struct SimulatedDraft {
    var batch = InputBatch()
    /// What came from the broker, in order.
    var telegrams: [SimulatedTelegram] = []
    /// The place of each telegram's input in the batch.
    var places: [Int] = []
    /// Files that come into force with it.
    var site: CompiledSite?
    /// The files that the link read it with.
    var readWith: UInt64?

    init(_ inputs: [CoreInput] = [], site: CompiledSite? = nil) {
        batch.inputs = inputs
        self.site = site
    }

    /// As the site in force numbers its devices; messages of devices that are gone are only ticks.
    func translated(to site: CompiledSite, ignoring gone: inout Set<Int>) -> InputBatch {
        guard let readWith, readWith != site.hash else { return batch }
        let devices = SimulatedGateway.places(in: site)
        var batch = batch
        for (telegram, place) in zip(telegrams, places) {
            guard case .device(let home, let device, _, _) = telegram.content,
                case .message(var message) = batch.inputs[place]
            else { continue }
            if let index = devices["\(home)/\(device)"] {
                message.device = index
                batch.inputs[place] = .message(message)
            } else {
                gone.insert(telegram.number)
                batch.inputs[place] = .tick
            }
        }
        return batch
    }

    func telegram(at place: Int) -> SimulatedTelegram? {
        places.firstIndex(of: place).map { telegrams[$0] }
    }
}
