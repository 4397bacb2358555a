import SafetyModel
import Testing

@testable import Welfare

@Suite struct SilenceHistoryTests {
    private func context(day: Int, minute: Int = 840, sign: UInt8 = 5) -> SilenceContext {
        SilenceContext(day: day, minuteOfDay: minute, signCode: sign)
    }

    private func history(days: Range<Int>, minutes: (Int) -> Int) -> SilenceHistory {
        var history = SilenceHistory()
        for day in days { history.learn(context(day: day), minutes: minutes(day)) }
        return history
    }

    @Test func `a record keeps what it is made of in four bytes`() {
        #expect(MemoryLayout<SilenceRecord>.size == 4)
        for day in [0, 63, 64, 20_000] {
            let record = SilenceRecord(context(day: day, minute: 1_439, sign: 127), minutes: 700)
            #expect(record.minutes == 700)
            #expect(record.signCode == 127)
            #expect(record.age(on: day + 56) == 56)
            #expect(record.weekday(on: day + 20) == day % 7)
            #expect(record.minutesApart(from: 5) == 10)
        }
        #expect(SilenceRecord(context(day: 0), minutes: 9_999).minutes == SilenceRecord.minutesLimit)
    }

    @Test func `recordLimit bounds what is kept and the oldest leaves`() {
        var history = SilenceHistory()
        for index in 0..<(SilenceHistory.recordLimit + 50) {
            history.learn(context(day: index / 20), minutes: 20 + index % 50)
        }
        #expect(history.records.count == SilenceHistory.recordLimit)
        #expect(history.records.first?.age(on: 28) == 26)
    }

    @Test func `devices above deviceLimit share one context`() {
        let moment = LivedHome.moment(0)
        let limit = SilenceHistory.deviceLimit
        let a = SilenceContext(after: SignOfLife(.act, device: limit, isOn: true), at: moment)
        let b = SilenceContext(after: SignOfLife(.act, device: limit - 1, isOn: true), at: moment)
        let c = SilenceContext(after: SignOfLife(.act, device: -5, isOn: true), at: moment)
        #expect(a == b)
        #expect(c.signCode == 1)
    }

    @Test func `nothing is learned before the cold days are over`() {
        let history = history(days: 0..<10) { _ in 60 }
        #expect(history.limitMinutes(for: context(day: SilenceHistory.coldDays - 1)) == nil)
        #expect(history.limitMinutes(for: context(day: SilenceHistory.coldDays)) != nil)
    }

    @Test func `one odd day moves the line little and a weekly habit moves it fully`() {
        let odd = history(days: 0..<28) { $0 == 15 ? 300 : 60 }
        let weekly = history(days: 0..<28) { $0 % 7 == 1 ? 300 : 60 }
        let day = 29
        #expect(odd.line(for: context(day: day)) < 200)
        #expect(weekly.line(for: context(day: day)) == 300)
    }

    @Test func `another time of day and another last sign are other silences`() {
        let history = history(days: 0..<14) { _ in 240 }
        #expect(history.line(for: context(day: 14)) == 240)
        let floor = 240 * SilenceHistory.floorPercent / 100
        #expect(history.line(for: context(day: 14, minute: 400)) == floor)
        #expect(history.line(for: context(day: 14, sign: 6)) == floor)
    }

    @Test func `the limit of a regular home is near its line and that of a restless one far above`() throws {
        let calm = history(days: 0..<60) { _ in 60 }
        let wild = history(days: 0..<60) { $0 % 5 == 0 ? 60 + ($0 * 37) % 90 : 40 }
        let calmLimit = try #require(calm.limitMinutes(for: context(day: 60)))
        let wildLimit = try #require(wild.limitMinutes(for: context(day: 60)))
        #expect(calmLimit < 90)
        #expect(wildLimit - wild.line(for: context(day: 60)) > 2 * (calmLimit - 60))
    }

    @Test func `what is older than eight weeks is forgotten`() {
        var history = history(days: 0..<14) { _ in 400 }
        for day in 14..<80 { history.learn(context(day: day), minutes: 30) }
        #expect(history.line(for: context(day: 80)) == 30)
    }

    @Test func `an emergency is taken back`() {
        var history = history(days: 0..<10) { _ in 60 }
        let before = history.line(for: context(day: 10))
        history.learn(context(day: 10), minutes: 700)
        history.forget(SilenceRecord(context(day: 10), minutes: 700))
        #expect(history.line(for: context(day: 10)) == before)
    }

    @Test func `twenty thousand homes fit`() {
        let bytes =
            SilenceHistory.recordLimit * MemoryLayout<SilenceRecord>.stride
            + Surprises.limit * MemoryLayout<Surprises.Surprise>.stride
            + MemoryLayout<HomeWelfare>.size
        #expect(bytes * 20_000 < 50_000_000)
    }
}
