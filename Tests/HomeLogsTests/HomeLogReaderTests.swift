import Testing

@testable import HomeLogs

@Suite struct HomeLogReaderTests {
    private func read(_ text: String) throws(HomeLogError) -> HomeLog {
        try HomeLogReader.read(Array(text.utf8))
    }

    @Test func `interval lines give two ends and only telling ends are signs`() throws {
        let log = try read(
            """
            Start time          \tEnd time            \tLocation\tType\t\tPlace
            --------------------\t--------------------\t--------\t--------\t-----
            2012-11-12 00:22:57\t\t2012-11-12 00:22:59\t\tDoor\t\tPIR\t\t\tLiving\r
            2012-11-12 01:00:00 2012-11-12 09:00:00 Bed Pressure Bedroom
            2012-11-12 09:10:00\t2012-11-12 09:10:05\tMaindoor Magnetic Entrance
            """)
        #expect(log.brokenCount == 0)
        #expect(log.lineCount == 3)
        #expect(log.sensors.map(\.name) == ["Door Living", "Bed Bedroom", "Maindoor Entrance"])
        #expect(log.events.map(\.meaning) == [.motion, .nothing, .occupancy, .occupancy, .contact, .contact])
        #expect(DoorGuess.guessed(in: log) == [2])
    }

    @Test func `event lines may have an area and a label and blanks or tabs`() throws {
        let log = try read(
            """
            2010-11-04 00:03:50.209589 M003 ON Sleeping begin
            2010-11-04 00:03:57.399391\tM003\tOFF
            2010-11-04 02:32:33.351906 T002 21.5
            2010-11-04 02:32:34 D002 OutsideDoor FrontDoor OPEN Step_Out
            2010-11-04 03:00:00 I006 ABSENT
            2010-11-04 03:00:00 P001 1.2e-3
            2010-11-04 04:00:00 M004 ONc5c
            """)
        #expect(log.brokenCount == 0)
        #expect(log.unknownValueCount == 1)
        #expect(
            log.events.map(\.meaning) == [.motion, .nothing, .nothing, .contact, .act, .nothing, .nothing])
        #expect(log.sensors.first { $0.name == "D002" }?.place == "OutsideDoor FrontDoor")
    }

    @Test func `broken lines are named by number and stop nothing`() throws {
        let log = try read(
            """
            2010-11-04 00:03:50 M003 ON

            2010-02-30 00:03:50 M003 ON
            2010-11-04 25:03:50 M003 ON
            2010-11-04 00:05:50
            rubbish
            2012-11-12 01:00:00 2012-11-12 00:00:00 Bed Pressure Bedroom
            2010-11-04 00:07:50 M003 ON
            """)
        #expect(log.broken.map(\.line) == [3, 4, 5, 6, 7])
        #expect(log.brokenCount == 5)
        #expect(log.events.count == 2)
    }

    @Test func `namedBrokenLimit bounds what is named and all are counted`() throws {
        let count = HomeLog.namedBrokenLimit + 30
        let log = try read(
            "2010-11-04 00:03:50 M003 ON\n" + String(repeating: "2010-11-04 nonsense\n", count: count))
        #expect(log.brokenCount == count)
        #expect(log.broken.count == HomeLog.namedBrokenLimit)
    }

    @Test func `unsorted lines are put in order and a hopeless clock is dropped`() throws {
        let log = try read(
            """
            2010-11-04 00:05:00 M001 ON
            2010-11-04 00:03:00 M002 ON
            2010-11-04 00:04:00 M003 ON
            1970-01-01 00:04:00 M003 ON
            """)
        #expect(log.unsortedCount == 3)
        #expect(log.events.map { log.sensors[$0.sensor].name } == ["M002", "M003", "M001"])
        #expect(log.brokenCount == 1)
    }

    @Test func `a compressed or empty log is refused with a sentence`() {
        #expect(throws: HomeLogError.compressed) { try HomeLogReader.read([0x1f, 0x8b, 8, 0]) }
        #expect(HomeLogError.compressed.sentence.contains("gunzip"))
        #expect(throws: HomeLogError.empty(firstBroken: nil)) { try HomeLogReader.read([]) }
        #expect(throws: HomeLogError.self) { try HomeLogReader.read(Array("nothing here\n".utf8)) }
    }

    @Test func `bytes that are no text are broken lines and no crash`() throws {
        var bytes = Array("2010-11-04 00:03:50 M003 ON\n".utf8)
        bytes += (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ $0 / 7) }
        let log = try HomeLogReader.read(bytes)
        #expect(log.events.count >= 1)
    }

    @Test func `the day of a date is right at the ends of months and leap years`() {
        let cases: [(String, Int64)] = [
            ("1970-01-01", 0), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2024-12-31", 20_088),
        ]
        for (text, day) in cases { #expect(LogTime.day(Array(text.utf8)[...]) == day) }
        for text in ["2100-02-29", "2023-02-29", "2023-13-01", "2023-1", "20230101"] {
            #expect(LogTime.day(Array(text.utf8)[...]) == nil)
        }
    }

    @Test func `a named door is found by sensor or area and a wrong name is refused`() throws {
        let log = try read("2011-06-15 02:32:34 D002 FrontDoor OPEN\n2011-06-15 02:33:34 M001 Hall ON\n")
        #expect(try DoorGuess.named(["d002"], in: log) == [0])
        #expect(try DoorGuess.named(["frontdoor"], in: log) == [0])
        #expect(throws: HomeLogError.noSuchDoor("D009", candidates: ["D002", "M001"])) {
            try DoorGuess.named(["D009"], in: log)
        }
    }

    @Test func `without a telling name the contacts that silences begin and end with are the doors`() throws {
        var text = ""
        for day in 1...9 {
            text += "2011-06-0\(day) 08:00:00 D003 OPEN\n2011-06-0\(day) 08:00:05 D003 CLOSE\n"
            text += "2011-06-0\(day) 08:10:00 M001 ON\n2011-06-0\(day) 08:35:00 M001 ON\n"
            text += "2011-06-0\(day) 09:00:00 D001 OPEN\n2011-06-0\(day) 09:00:05 D001 CLOSE\n"
            text += "2011-06-0\(day) 11:00:00 D001 OPEN\n2011-06-0\(day) 11:00:05 D001 CLOSE\n"
            text += "2011-06-0\(day) 11:00:09 M001 ON\n2011-06-0\(day) 11:20:09 M001 ON\n"
        }
        let log = try read(text)
        #expect(DoorGuess.guessed(in: log).map { log.sensors[$0].name } == ["D001"])
    }

    @Test func `strayLimit drops a line that is dated far from the lines around it`() throws {
        let lines = (0..<6).map { "2011-06-15 0\($0):00:00 M001 ON\n" }
        let stray = "2011-06-1\(5 + Int(HomeLogReader.strayLimit / 86_400_000) + 1) 03:30:00 M002 ON\n"
        let log = try read(lines[..<3].joined() + stray + lines[3...].joined())
        #expect(log.events.count == 6)
        #expect(log.broken == [.init(line: 4, text: "its date is far from those of the lines around it")])
        #expect(log.sensors.map(\.signCount) == [6, 0])
        let holiday = try read(lines.joined() + "2011-07-15 03:30:00 M002 ON\n2011-07-15 03:31:00 M002 ON\n")
        #expect(holiday.brokenCount == 0, "weeks without a line are a journey, not a wrong date")
    }

    @Test func `gapLimit without any line is a gap only where numbers come day and night`() throws {
        func day(_ hours: some Sequence<Int>, _ text: String) -> String {
            hours.map { "2011-06-15 \($0 < 10 ? "0" : "")\($0):00:00 \(text)\n" }.joined()
        }
        let motions = day(0..<6, "M001 ON") + day(18..<24, "M001 ON")
        #expect(try read(motions).gaps.isEmpty)
        let quarters = (0..<6).flatMap { hour in
            (0..<6).map { "2011-06-15 0\(hour):\($0)1:00 T001 21.\($0)\n" }
        }
        let log = try read(motions + quarters.joined())
        #expect(log.gaps.count == 1)
        let gap = try #require(log.gaps.first)
        #expect(gap.until - gap.from >= HomeLogReader.gapLimit)
        #expect(gap.until - gap.from == (12 * 60 + 9) * 60_000)
    }

    @Test func `numbers of temperature, light and battery prove nothing wherever an area or a type stands`()
        throws
    {
        let log = try read(
            """
            2012-07-20 10:38:54.512364\tLS013\t6
            2012-07-20 10:38:55\tBATV012\tIgnore\tIgnore\t9460\tControl4-BatteryVoltage
            2012-07-20 10:38:56 T102 Kitchen 24.5
            2012-07-20 10:38:57 BATP012 Ignore Ignore 100 Control4-BatteryPercent
            2012-07-20 10:38:58 M021 Bedroom 2 ON Control4-Motion
            2012-07-20 10:38:59 D001 ON
            2012-07-20 10:39:00 D001 OFF
            """)
        #expect(log.brokenCount == 0 && log.unknownValueCount == 0)
        #expect(
            log.events.map(\.meaning) == [
                .nothing, .nothing, .nothing, .nothing, .motion, .contact, .contact,
            ])
        #expect(log.sensors.first { $0.name == "M021" }?.place == "Bedroom 2")
    }

    @Test func `a bathroom door at night and a pet make no outside door and hide none`() throws {
        var text = ""
        for day in 10..<19 {
            let date = "2011-06-\(day)"
            // A short walk at night: bed, hall, door, and back into hours of silence.
            text += "\(date) 01:00:00 M001 ON\n\(date) 01:00:20 M002 ON\n\(date) 01:00:30 D003 OPEN\n"
            text += "\(date) 01:05:00 D003 CLOSE\n\(date) 01:05:40 M001 ON\n"
            text += "\(date) 04:00:00 M001 ON\n\(date) 04:00:20 M002 ON\n\(date) 04:00:30 D003 OPEN\n"
            for minute in 10..<59 { text += "\(date) 08:\(minute):00 M001 ON\n" }
            // An absence in which a cat walks by.
            text += "\(date) 09:00:00 D001 OPEN\n\(date) 09:00:05 D001 CLOSE\n\(date) 09:40:00 M002 ON\n"
            text += "\(date) 11:00:00 D001 OPEN\n\(date) 11:00:05 D001 CLOSE\n\(date) 11:00:09 M002 ON\n"
        }
        let log = try read(text)
        #expect(DoorGuess.guessed(in: log).map { log.sensors[$0].name } == ["D001"])
    }

    @Test func `a signal of leaving home stands beside the doors and replaces none`() throws {
        let log = try read(
            """
            2011-06-15 02:32:34 FrontDoor OPEN
            2011-06-15 02:32:36 LEAVEHOME ON
            2011-06-15 02:33:34 M001 ON
            """)
        #expect(DoorGuess.guessed(in: log).map { log.sensors[$0].name } == ["FrontDoor", "LEAVEHOME"])
    }
}
