import Correlation
import SafetyModel
import Testing

@testable import SafetyCore

/// The tree of deadlines against a plain list.
struct DeadlineTreeTests {
    @Test(arguments: [1, 2, 3, 7, 8, 200])
    func `it always names the earliest home, the lowest index of equals`(homes: Int) {
        var dice = Dice(UInt64(homes))
        var tree = DeadlineTree(homes: homes)
        var plain = [Instant?](repeating: nil, count: homes)
        for _ in 0..<3_000 {
            let home = dice.roll(homes)
            plain[home] = dice.roll(4) == 0 ? nil : Instant(milliseconds: Int64(dice.roll(50)))
            tree.set(plain[home], home: home)
            let earliest = plain.compactMap { $0 }.min()
            #expect(tree.earliest == earliest)
            if earliest != nil { #expect(tree.earliestHome == plain.firstIndex(of: earliest)) }
        }
    }

    @Test func `homes are kept in pages up to the page limit`() {
        var pages = HomePages()
        for count in 0..<(HomePages.pageLimit * 2 + 1) {
            pages.append(HomeState(deviceCount: count % 3, at: .start))
        }
        #expect(pages.count == 2 * HomePages.pageLimit + 1)
        for home in [0, HomePages.pageLimit - 1, HomePages.pageLimit, 2 * HomePages.pageLimit] {
            #expect(pages[home].perception.devices.count == home % 3)
            pages[home].perception.lastHeardAt = Instant(milliseconds: Int64(home))
            #expect(pages[home].perception.lastHeardAt.milliseconds == Int64(home))
        }
    }
}
