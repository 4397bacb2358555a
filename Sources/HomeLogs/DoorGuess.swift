/// Finds the outside doors of a log.
public enum DoorGuess {
    /// Words in names of doors that lead outside.
    static let outsideWords = [
        "maindoor", "main door", "frontdoor", "front door", "backdoor", "back door", "outsidedoor",
        "outside door", "outdoor", "entry", "entrance", "exterior", "garage", "hall door", "apartment door",
    ]
    /// Words in names of contacts that do not.
    static let insideWords = [
        "fridge", "refrig", "freezer", "cabinet", "cupboard", "drawer", "closet", "bath", "toilet", "bed",
        "shower", "micro", "medicine", "window", "pantry", "oven", "office",
    ]
    /// A silence that a door explains is at least this long.
    static let awaySilence: Int64 = 30 * 60_000
    /// Who leaves is still seen this long after the door.
    static let doorLag: Int64 = 2 * 60_000
    /// Whoever comes from inside is seen this long before a door.
    static let comingLag: Int64 = 60_000
    /// What a pet or the sun stirs in an empty home, in signs an hour.
    static let stirsAnHour: Int64 = 1

    /// The sensors that the user named, by sensor or place.
    ///
    /// - Throws: `HomeLogError.noSuchDoor`.
    public static func named(_ names: [String], in log: HomeLog) throws(HomeLogError) -> [Int] {
        var found: [Int] = []
        for name in names {
            let wanted = name.lowercased()
            let matches = log.sensors.indices.filter { index in
                let sensor = log.sensors[index]
                let words = "\(sensor.name) \(sensor.place)".lowercased().split(separator: " ")
                return sensor.name.lowercased() == wanted || words.contains { $0 == wanted }
            }
            guard !matches.isEmpty else {
                throw .noSuchDoor(name, candidates: log.sensors.prefix(40).map(\.name))
            }
            found += matches.filter { !found.contains($0) }
        }
        return found.sorted()
    }

    /// What homes call the signals of a person who comes or goes; they stand for the door wherever they are.
    static let passageWords = ["leavehome", "enterhome", "leave_home", "enter_home"]

    /// The doors by name; where no name tells, the contacts that silences begin and end with.
    public static func guessed(in log: HomeLog) -> [Int] {
        let passages = log.sensors.indices.filter { index in
            passageWords.contains(log.sensors[index].name.lowercased())
        }
        return (doors(in: log) + passages).sorted()
    }

    private static func doors(in log: HomeLog) -> [Int] {
        let named = log.sensors.indices.filter { index in
            let sensor = log.sensors[index]
            let words = "\(sensor.name) \(sensor.place)".lowercased()
            return sensor.signCount > 0 && !passageWords.contains(sensor.name.lowercased())
                && outsideWords.contains { words.contains($0) }
                && !insideWords.contains { words.contains($0) }
        }
        // Where a contact is named, motion sensors of the same name only look at it.
        let contacts = named.filter { log.sensors[$0].isContact }
        if !contacts.isEmpty { return contacts }
        if !named.isEmpty { return named }
        return bracketing(in: log)
    }

    /// Contacts after whose use at least two long absences follow.
    ///
    /// An absence lies between two uses of contacts: hardly a sign in between, none just before the second
    /// use, since whoever opens it comes from outside. Who gets up at night and closes the bathroom door is
    /// seen on the way. A pet or the sun may stir now and then.
    private static func bracketing(in log: HomeLog) -> [Int] {
        var counts = [Int](repeating: 0, count: log.sensors.count)
        let signs = log.events.filter { $0.meaning != .nothing }
        var left: Int?
        for index in signs.indices where signs[index].meaning == .contact {
            defer { left = index }
            guard let left else { continue }
            let (from, until) = (signs[left].localMilliseconds, signs[index].localMilliseconds)
            guard until - from >= awaySilence else { continue }
            let between = signs[(left + 1)..<index].map(\.localMilliseconds)
            let stirs = between.count { $0 > from + doorLag && $0 < until - comingLag }
            let isComingSeen = between.contains { $0 >= until - comingLag && $0 < until - 5_000 }
            if !isComingSeen, Int64(stirs) <= (until - from) * stirsAnHour / 3_600_000 {
                counts[signs[left].sensor] += 1
            }
        }
        return log.sensors.indices.filter { index in
            let words = "\(log.sensors[index].name) \(log.sensors[index].place)".lowercased()
            return counts[index] >= 2 && counts[index] * 20 >= log.sensors[index].signCount
                && !insideWords.contains { words.contains($0) }
        }
    }
}
