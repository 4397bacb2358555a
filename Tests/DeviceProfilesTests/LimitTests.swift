import Foundation
import SafetyModel
import Testing

@testable import DeviceProfiles
@testable import SiteConfiguration

struct LimitTests {
    private static let topic = "\(Shipped.base)/d1"

    @Test func `a text is taken for a number up to the lengthLimit`() {
        let decoder = Shipped.decoder("zigbee2mqtt/climate")
        let fits = String(repeating: "0", count: NumberReading.lengthLimit - 2) + "21"
        #expect(decoder.decode(Self.topic, #"{"temperature":"\#(fits)"}"#).lines == ["temperature 21.0"])
        #expect(decoder.decode(Self.topic, #"{"temperature":"0\#(fits)"}"#).lines == [])
    }

    @Test func `a time is in seconds below the secondsLimit and in milliseconds above`() {
        let decoder = Shipped.decoder("zigbee2mqtt/climate")
        let limit = Int64(TimeReading.secondsLimit)
        let below = decoder.decode(Self.topic, #"{"last_seen":\#(limit - 1)}"#).message.deviceTime
        #expect(below == WallTime(milliseconds: (limit - 1) * 1_000))
        let above = decoder.decode(Self.topic, #"{"last_seen":\#(limit)}"#).message.deviceTime
        #expect(above == WallTime(milliseconds: limit))
    }

    private func problems(_ topics: Int, readings: Int, supervision: String = "1 h") -> [String] {
        let log = ProblemLog(file: "x.yaml")
        let lines = (0..<topics).map { topic in
            "      - {topic: \"{base}/{device}/\(topic)\", readings: {"
                + (0..<readings).map { "r\($0): smoke" }.joined(separator: ", ") + "}}\n"
        }
        let text = "- profile: a/b\n  supervision: \(supervision)\n  topics:\n" + lines.joined()
        guard let root = YAMLReader.read(Array(text.utf8), log: log) else { return ["no YAML"] }
        _ = ProfileReader(log: log).read(root)
        return log.diagnostics.map(\.what)
    }

    @Test func `a profile has topics up to the ruleLimit and parts up to the partLimit`() {
        #expect(problems(TopicDirectory.ruleLimit, readings: 1) == [])
        #expect(
            problems(TopicDirectory.ruleLimit + 1, readings: 1).contains {
                $0.contains("more than 32 topics")
            })
        let many = problems(ProfileReader.partLimit + 1, readings: 1)
        #expect(many.contains { $0.contains("more than 64 entries") })
    }

    @Test func `a topic has readings up to the readingLimit`() {
        #expect(problems(1, readings: ProfileReader.readingLimit) == [])
        let many = problems(1, readings: ProfileReader.readingLimit + 1)
        #expect(many == ["A topic has more than 1000 readings"])
    }

    @Test func `a device may be silent up to the supervisionLimit`() {
        #expect(ProfileReader.supervisionLimit == .hours(168))
        #expect(problems(1, readings: 1, supervision: "168 h") == [])
        #expect(problems(1, readings: 1, supervision: "169 h").count == 1)
    }

    @Test func `a folder is read up to the fileLimit`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for number in 1000...(1000 + ProfileFiles.fileLimit) {
            let text = "profiles: [{profile: a/p\(number), topics: [{topic: \"{base}/{device}\"}]}]\n"
            try Data(text.utf8).write(to: folder.appendingPathComponent("\(number).yaml"))
        }
        #expect(ProfileFiles.load(folder: folder.path).profiles.count == ProfileFiles.fileLimit)
    }
}
