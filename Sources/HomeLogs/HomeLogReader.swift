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

    private init() {}

    private mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
        let fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        guard fields.count > 0 else { return }
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
        var valueAt: Int?
        for index in 3..<fields.count where EventValue(fields[index]) != nil {
            valueAt = index
            break
        }
        let name = String(decoding: fields[2], as: UTF8.self)
        guard let valueAt, let value = EventValue(fields[valueAt]) else {
            log.unknownValueCount += 1
            append(time, sensor: sensor(named: name, place: ""), .nothing, isOn: false)
            return
        }
        let place = fields[3..<valueAt].map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        append(time, sensor: sensor(named: name, place: place), value.meaning, isOn: value.isOn)
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

    /// Sorts what came out of order and drops what a clock without a battery dated years away.
    private mutating func finish() {
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
    }
}
