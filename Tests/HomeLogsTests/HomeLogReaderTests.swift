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
            2011-06-15 02:32:34 D002 OutsideDoor FrontDoor OPEN Step_Out
            2010-11-04 03:00:00 I006 ABSENT
            2010-11-04 03:00:00 P001 1.2e-3
            2010-11-04 04:00:00 M004 ONc5c
            """)
        #expect(log.brokenCount == 0)
        #expect(log.unknownValueCount == 1)
        #expect(
            log.events.map(\.meaning) == [.motion, .nothing, .nothing, .act, .nothing, .nothing, .contact])
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
}
