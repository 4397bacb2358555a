import Correlation
import SafetyModel

/// Units, buildings and the community as groups of homes, for the scopes that some rule has.
struct ScopeDirectory: Sendable {
    /// In the order of first appearance, scope by scope.
    let groups: [Group]
    /// The group of each home by the raw value of the scope; -1 for none, empty where no rule has the scope.
    private let places: [[Int32]]

    /// Homes that one match may stretch over.
    struct Group: Hashable, Sendable {
        var scope: Rule.Scope
        /// The same after a reload.
        var key: [String]
        var homes: [Int]
    }

    init(_ community: Community, scopes: [Rule.Scope]) {
        var groups: [Group] = []
        var places = [[Int32]](repeating: [], count: Rule.Scope.allCases.count)
        for scope in scopes {
            var known: [[String]: Int] = [:]
            places[Int(scope.rawValue)] = community.homes.indices.map { home in
                guard let key = Self.key(of: community.homes[home], home, scope) else { return -1 }
                let group = known[key] ?? groups.count
                if group == groups.count {
                    known[key] = group
                    groups.append(Group(scope: scope, key: key, homes: []))
                }
                groups[group].homes.append(home)
                return Int32(group)
            }
        }
        self.groups = groups
        self.places = places
    }

    /// The group of a home; nil when it takes part in no match of this scope.
    func group(of home: Int, _ scope: Rule.Scope) -> Int? {
        let places = places[Int(scope.rawValue)]
        guard home < places.count, places[home] >= 0 else { return nil }
        return Int(places[home])
    }

    /// What names a home's group; nil for the gateway itself and where the home's file does not say it.
    private static func key(of home: Home, _ index: Int, _ scope: Rule.Scope) -> [String]? {
        guard index != HomeIndex.gateway.int else { return nil }
        switch scope {
        case .home: return nil
        case .unit: return home.building.isEmpty || home.unit.isEmpty ? nil : [home.building, home.unit]
        case .building: return home.building.isEmpty ? nil : [home.building]
        case .community: return []
        }
    }
}
