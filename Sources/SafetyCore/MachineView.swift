public import Correlation
public import SafetyModel
public import Welfare

/// What the machine knows of all homes at one moment, for those who look.
///
/// It shares the homes' pages with the machine, so taking one costs nothing and keeping one costs the machine
/// a copy of each page that it writes: let it go soon.
public struct MachineView: Sendable {
    /// The site in force.
    public let site: CompiledSite
    /// The moment of the newest input.
    public let now: Instant
    /// Wall time minus gateway time, in milliseconds.
    public let wallOffsetMilliseconds: Int64
    /// When the gateway could hear.
    public let hearing: Hearing
    private let machine: SafetyMachine

    init(_ machine: SafetyMachine) {
        site = machine.compiled
        now = machine.now
        wallOffsetMilliseconds = machine.wallOffsetMilliseconds
        hearing = machine.hearing
        var machine = machine
        // Every input writes to the deadlines, and nobody who looks asks for them: they are not shared.
        machine.deadlines = DeadlineTree(homes: 1)
        self.machine = machine
    }

    /// What is known of a home.
    public func home(_ index: HomeIndex) -> HomeState { machine.homes[index.int] }

    /// The state of each home in the order of the site, the gateway's own place included.
    public func forEachHome(_ body: (HomeIndex, borrowing HomeState) -> Void) {
        machine.homes.visit { body(HomeIndex($0), $1) }
    }

    /// How it stands with the visits of a home.
    public func visitState(of home: HomeIndex) -> VisitState { machine.visitState(of: home) }

    /// The wall time of a moment.
    public func wall(_ instant: Instant) -> WallTime {
        WallTime(milliseconds: instant.milliseconds + wallOffsetMilliseconds)
    }
}

extension SafetyMachine {
    /// What is known now, for those who look.
    public var view: MachineView { MachineView(self) }
}

extension CompiledSite {
    /// Where the devices of a home stand in the community.
    public func devices(of home: HomeIndex) -> Range<Int> { deviceRange(home.int) }

    /// What welfare watches in a home; nil where it watches nothing.
    public func welfare(of home: HomeIndex) -> WelfarePlan? { welfarePlan(home.int) }
}
