/// Reads the logs of instrumented homes.
///
/// Two shapes, told apart line by line:
/// - intervals (Ordonez and others): start date, start time, end date, end time, location, type, place;
/// - events (CASAS): date, time, sensor, optional area, value, optional label.
/// Fields are split by tabs or blanks. A broken line is counted and named, never a reason to stop.
public struct HomeLogReader {
    private var log = HomeLog()
    private var sensorOf: [String: Int] = [:]
    private var newest = Int64.min
    private var numberCount = 0
    /// Where each line's first event stands in `log.events`, and the line's number.
    private var lines: [(event: Int, number: Int)] = []

    /// Reads a whole log.
    ///
    /// - Throws: `HomeLogError.compressed`, `HomeLogError.empty`.
    public static func read(_ bytes: [UInt8]) throws(HomeLogError) -> HomeLog {
        if bytes.starts(with: [0x1f, 0x8b]) { throw .compressed }
        var reader = HomeLogReader()
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            reader.read(line, number: number)
        }
        reader.finish()
        guard !reader.log.events.isEmpty else { throw .empty(firstBroken: reader.log.broken.first) }
        return reader.log
    }

    /// A line dated further away from its neighbours than this is not believed.
    static let strayLimit: Int64 = 86_400_000

    /// So long without any line is no silence but a recorder that was off, where numbers come hourly.
    static let gapLimit: Int64 = 6 * 3_600_000

    private init() {}

    private mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
        let fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        guard fields.count > 0 else { return }
        let before = log.events.count
        defer { if log.events.count > before { lines.append((before, number)) } }
        guard fields.count >= 2, let time = LogTime.milliseconds(date: fields[0], time: fields[1]) else {
            let isHeading = log.events.isEmpty && !(fields[0].first.map(LogTime.isDigit) ?? false)
            if !isHeading { reject(number, "it does not begin with a date and a time") }
            return
        }
        log.lineCount += 1
        if fields.count >= 4, LogTime.day(fields[2]) != nil {
            readInterval(fields, from: time, number: number)
        } else {
            readEvent(fields, at: time, number: number)
        }
    }

    private mutating func readInterval(_ fields: [ArraySlice<UInt8>], from start: Int64, number: Int) {
        guard let end = LogTime.milliseconds(date: fields[2], time: fields[3]) else {
            return reject(number, "its end is no date and time", isCounted: true)
        }
        guard end >= start else { return reject(number, "it ends before it begins", isCounted: true) }
        guard fields.count >= 6 else {
            return reject(number, "it has no location, type and place", isCounted: true)
        }
        let words = fields[4...].map { String(decoding: $0, as: UTF8.self) }
        let typeAt = words.firstIndex { IntervalType($0) != nil } ?? 1
        let location = words[..<typeAt].joined(separator: " ")
        let place = words[(typeAt + 1)...].joined(separator: " ")
        let type = IntervalType(words[typeAt]) ?? .other
        let sensor = sensor(named: place.isEmpty ? location : "\(location) \(place)", place: place)
        let meaning = type.meaning
        append(start, sensor: sensor, meaning, isOn: true)
        let endMeaning = type.hasTellingEnd ? meaning : HomeLog.Meaning.nothing
        append(end, sensor: sensor, endMeaning, isOn: false, isLineTime: false)
    }

    private mutating func readEvent(_ fields: [ArraySlice<UInt8>], at time: Int64, number: Int) {
        guard fields.count >= 4 else { return reject(number, "it has no sensor and value", isCounted: true) }
        // The value is the first known word after the sensor; an area may stand before it, a label after it.
        // The number of an area ("Bedroom 2 ON") is no value where a word follows it at once.
        var valueAt = (3..<fields.count).first { EventValue(fields[$0]) != nil }
        if let first = valueAt, first > 3, EventValue(fields[first]) == .number, first + 1 < fields.count,
            EventValue(fields[first + 1]) != nil
        {
            valueAt = first + 1
        }
        let name = String(decoding: fields[2], as: UTF8.self)
        guard let valueAt, let value = EventValue(fields[valueAt]) else {
            log.unknownValueCount += 1
            append(time, sensor: sensor(named: name, place: ""), .nothing, isOn: false)
            return
        }
        let place = fields[3..<valueAt].map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        let known = sensor(named: name, place: place)
        if value == .number { numberCount += 1 }
        // D001 is a door also where its log says ON and OFF.
        let isDoor = value != .number && fields[2].first == UInt8(ascii: "D") && fields[2].count > 1
        let meaning = isDoor && fields[2].dropFirst().allSatisfy(LogTime.isDigit) ? .contact : value.meaning
        append(time, sensor: known, meaning, isOn: value.isOn)
    }

    private mutating func append(
        _ time: Int64, sensor: Int, _ meaning: HomeLog.Meaning, isOn: Bool, isLineTime: Bool = true
    ) {
        if isLineTime {
            if time < newest { log.unsortedCount += 1 }
            newest = max(newest, time)
        }
        if meaning != .nothing { log.sensors[sensor].signCount += 1 }
        if meaning == .contact { log.sensors[sensor].isContact = true }
        log.events.append(
            HomeLog.Entry(localMilliseconds: time, sensor: sensor, meaning: meaning, isOn: isOn))
    }

    private mutating func sensor(named name: String, place: String) -> Int {
        if let known = sensorOf[name] {
            if log.sensors[known].place.isEmpty { log.sensors[known].place = place }
            return known
        }
        log.sensors.append(HomeLog.Sensor(name: name, place: place))
        sensorOf[name] = log.sensors.count - 1
        return log.sensors.count - 1
    }

    private mutating func reject(_ line: Int, _ text: String, isCounted: Bool = false) {
        if !isCounted { log.lineCount += 1 }
        log.brokenCount += 1
        if log.broken.count < HomeLog.namedBrokenLimit {
            log.broken.append(HomeLog.BrokenLine(line: line, text: text))
        }
    }

    /// Drops lines that are dated more than a day away from the lines around them.
    ///
    /// A log is written in order, so that the middle of five lines in a row is near each of them. A single
    /// wrong date would otherwise count as months of life.
    private mutating func dropStrays() {
        var strays = Set<Int>()
        let times = lines.map { log.events[$0.event].localMilliseconds }
        for index in times.indices {
            let reach = min(2, index, times.count - 1 - index)
            let isNear = [index - 1, index + 1].allSatisfy {
                !times.indices.contains($0) || abs(times[$0] - times[index]) <= Self.strayLimit
            }
            if isNear { continue }
            let around = times[(index - reach)...(index + reach)].sorted()
            guard abs(times[index] - around[reach]) > Self.strayLimit else { continue }
            let line = lines[index]
            let end = index + 1 < lines.count ? lines[index + 1].event : log.events.count
            strays.formUnion(line.event..<end)
            reject(line.number, "its date is far from those of the lines around it", isCounted: true)
        }
        guard !strays.isEmpty else { return }
        for place in strays where log.events[place].meaning != .nothing {
            log.sensors[log.events[place].sensor].signCount -= 1
        }
        log.events = log.events.indices.filter { !strays.contains($0) }.map { log.events[$0] }
    }

    /// Finds the times in which the recorder was off.
    ///
    /// Temperatures and light levels come day and night, also in an empty home. Only a log whose numbers come
    /// every hour on the whole tells it.
    private mutating func findGaps() {
        guard let first = log.events.first, let last = log.events.last else { return }
        let hours = (last.localMilliseconds - first.localMilliseconds) / 3_600_000
        guard numberCount >= hours else { return }
        for (before, after) in zip(log.events, log.events.dropFirst())
        where after.localMilliseconds - before.localMilliseconds >= Self.gapLimit {
            log.gaps.append(.init(from: before.localMilliseconds, until: after.localMilliseconds))
        }
    }

    /// Sorts what came out of order and drops what a clock without a battery dated years away.
    private mutating func finish() {
        dropStrays()
        log.broken.sort { $0.line < $1.line }
        // Equal times keep the order of their lines.
        let order = log.events.indices.sorted {
            let (a, b) = (log.events[$0].localMilliseconds, log.events[$1].localMilliseconds)
            return a == b ? $0 < $1 : a < b
        }
        let sorted = order.map { log.events[$0] }
        guard !sorted.isEmpty else { return }
        let middle = sorted[sorted.count / 2].localMilliseconds
        let far: Int64 = 3 * 366 * 86_400_000
        log.events = sorted.filter { abs($0.localMilliseconds - middle) <= far }
        log.brokenCount += sorted.count - log.events.count
        if numberCount > 0 { findGaps() }
    }
}
