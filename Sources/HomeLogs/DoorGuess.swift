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
    /// The door was used at most this long before it and ended it.
    static let doorLag: Int64 = 2 * 60_000

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

    /// The doors by name; where no name tells, the contacts that silences begin and end with.
    public static func guessed(in log: HomeLog) -> [Int] {
        let named = log.sensors.indices.filter { index in
            let sensor = log.sensors[index]
            let words = "\(sensor.name) \(sensor.place)".lowercased()
            return sensor.signCount > 0 && outsideWords.contains { words.contains($0) }
                && !insideWords.contains { words.contains($0) }
        }
        // Where a contact is named, motion sensors of the same name only look at it.
        let contacts = named.filter { log.sensors[$0].isContact }
        if !contacts.isEmpty { return contacts }
        if !named.isEmpty { return named }
        return bracketing(in: log)
    }

    /// Contacts that at least two long silences begin with and a contact ends.
    private static func bracketing(in log: HomeLog) -> [Int] {
        var counts = [Int](repeating: 0, count: log.sensors.count)
        let signs = log.events.filter { $0.meaning != .nothing }
        var lastContact: HomeLog.Entry?
        for (before, after) in zip(signs, signs.dropFirst()) {
            if before.meaning == .contact { lastContact = before }
            guard after.localMilliseconds - before.localMilliseconds >= awaySilence, let door = lastContact,
                before.localMilliseconds - door.localMilliseconds <= doorLag
            else { continue }
            let until = after.localMilliseconds + doorLag
            let endsWithDoor = signs.contains(after: after.localMilliseconds, until: until) {
                $0.meaning == .contact
            }
            if endsWithDoor { counts[door.sensor] += 1 }
        }
        return log.sensors.indices.filter { index in
            let words = "\(log.sensors[index].name) \(log.sensors[index].place)".lowercased()
            return counts[index] >= 2 && counts[index] * 20 >= log.sensors[index].signCount
                && !insideWords.contains { words.contains($0) }
        }
    }
}

extension [HomeLog.Entry] {
    /// Whether an event in a stretch of time satisfies the test; events must be in the order of time.
    fileprivate func contains(after start: Int64, until end: Int64, where test: (Element) -> Bool) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].localMilliseconds < start { low = middle + 1 } else { high = middle }
        }
        while low < count, self[low].localMilliseconds <= end {
            if test(self[low]) { return true }
            low += 1
        }
        return false
    }
}
