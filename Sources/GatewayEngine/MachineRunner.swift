import GatewayPorts
import SafetyCore
import SafetyModel

/// Steps the machine through batches: live, in recovery and in a replay alike.
struct MachineRunner {
    var machine: SafetyMachine
    /// Finds a stored site; asked when a batch of a replay brings a new one into force.
    var site: (UInt64) -> CompiledSite?
    /// The site that the next batch brings into force, when it is at hand already.
    var arriving: CompiledSite?
    let breadcrumb: (any Breadcrumb)?
    private let suspects: Set<UInt64>

    /// An input that crashed the gateway before, and was not taken in.
    struct SetAside {
        var place: Int
        var input: CoreInput
        var record: QuarantinedInput
    }

    init(machine: SafetyMachine, breadcrumb: (any Breadcrumb)?, site: @escaping (UInt64) -> CompiledSite?) {
        self.machine = machine
        self.breadcrumb = breadcrumb
        self.site = site
        suspects = Set(breadcrumb?.suspects ?? [])
    }

    /// Takes a batch in.
    ///
    /// - Parameter sequence: where the journal has the batch; nil for a batch that is new. An input in the
    ///   journal was taken in once, so an equal one that crashed the gateway later says nothing about it: in
    ///   a replay only what crashed at this very place is set aside.
    /// - Returns: inputs that were set aside because they crashed the gateway before; a trouble stands in the
    ///   batch in their place.
    mutating func step(
        _ batch: inout InputBatch, at time: Instant, replaying sequence: Int64? = nil,
        into outcome: inout StepOutcome
    ) -> [SetAside] {
        var setAside: [SetAside] = []
        for place in batch.inputs.indices {
            if let breadcrumb {
                let digest = Self.digest(of: batch, at: place, replaying: sequence)
                if !suspects.isEmpty && suspects.contains(digest) {
                    setAside.append(Self.setAside(place, of: &batch, digest: digest, at: time))
                    breadcrumb.enter(0)
                } else {
                    breadcrumb.enter(digest)
                }
            }
            machine.advance(with: batch, at: place, time: time, into: &outcome)
            if case .site(let hash) = batch.inputs[place], let site = arriving ?? site(hash) {
                machine.adopt(site, at: time, into: &outcome)
                arriving = nil
            }
        }
        breadcrumb?.leave()
        machine.collect(into: &outcome)
        return setAside
    }

    /// The digest by which a crash is remembered.
    private static func digest(of batch: InputBatch, at place: Int, replaying sequence: Int64?) -> UInt64 {
        let digest = InputDigest.digest(of: batch, at: place)
        guard let sequence, digest != 0 else { return digest }
        return (digest ^ UInt64(bitPattern: sequence &+ Int64(place))) &* 0x9fb2_1c65_1e98_df25 | 1
    }

    /// Puts a trouble in the place of an input.
    private static func setAside(
        _ place: Int, of batch: inout InputBatch, digest: UInt64, at time: Instant
    ) -> SetAside {
        let input = batch.inputs[place]
        var alone = batch
        alone.inputs = [input]
        alone.deliveryKeys = []
        var writer = ByteWriter()
        InputCoding.encode(alone, keptPayloads: [0], into: &writer)
        batch.inputs[place] = .gateway(
            GatewayCondition(.inputQuarantined, isActive: true, detail: "input \(digest) crashed the gateway")
        )
        return SetAside(
            place: place, input: input,
            record: QuarantinedInput(digest: digest, at: time, input: writer.bytes))
    }
}
