import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel

/// One life of the gateway's process: the real gate, and what its threads keep in memory.
struct SimulatedGateway {
    let gate: CoreGate
    let board: EngineBoard
    /// The site version that the link decodes with, and its files.
    var linkVersion: UInt32
    var linkSite: CompiledSite
    /// Places of devices in these files, by `home/device`.
    var devices: [String: DeviceIndex]
    var window: SimulatedWindow
    /// Keys remembered for a link that takes over.
    var recentKeys: [UInt64]
    var isConnected = false
    /// What the link last told of itself.
    var toldUp: Bool?
    /// Counts connections, so that what belongs to an earlier one is forgotten.
    var connection = 0
    /// Inputs of the link itself.
    var linkInputs: [CoreInput] = []
    /// Inputs that wait for the desk.
    var deskInputs: [CoreInput] = []
    /// Documents and orders that wait for the way to the broker.
    var documents: [Release.HomeStatement] = []
    var orders: [OrderMessage] = []
    var snapshots: [CoreGate.PendingSnapshot] = []
    var hasWake = false
    var isFlushing = false

    init(gate: CoreGate, board: EngineBoard, site: CompiledSite, keys: [UInt64]) {
        self.gate = gate
        self.board = board
        linkVersion = gate.siteVersion
        linkSite = site
        devices = Self.places(in: site)
        window = SimulatedWindow(keys: keys)
        recentKeys = keys
    }

    /// The link reads with other files from now on.
    mutating func adopt(_ site: CompiledSite) {
        linkVersion = gate.siteVersion
        linkSite = site
        devices = Self.places(in: site)
    }

    static func places(in site: CompiledSite) -> [String: DeviceIndex] {
        let community = site.site.community
        var places: [String: DeviceIndex] = [:]
        for (place, device) in community.devices.enumerated() {
            places["\(community.homes[device.home.int].id)/\(device.id)"] = DeviceIndex(place)
        }
        return places
    }
}

/// Hands what the gate lets out to the simulation; of a dead process nothing comes.
final class SimulatedTaker: ReleaseTaker, @unchecked Sendable {
    // Unchecked: one thread runs a whole simulation, gateway included.
    private unowned let simulation: Simulation
    private let life: Int

    init(_ simulation: Simulation, life: Int) {
        self.simulation = simulation
        self.life = life
    }

    func take(_ release: Release) {
        if simulation.isAlive(life) { simulation.released(release) }
    }
}
