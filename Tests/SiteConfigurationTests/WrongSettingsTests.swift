import SafetyModel
import Testing

@testable import SiteConfiguration

struct WrongSettingsTests {
    @Test(arguments: settings)
    func `a wrong setting is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    @Test(arguments: brokerFiles)
    func `a broker's file that loses messages is warned of`(_ line: String, _ place: String, _ says: String)
        throws
    {
        var site = SampleSite()
        let key = line.split(separator: " ")[0]
        let others = SampleSite.goodBroker.split(separator: "\n").filter { !$0.hasPrefix(key + " ") }
        site.others["broker.conf"] = ([line] + others.map(String.init)).joined(separator: "\n")
        let result = try site.load()
        #expect(result.diagnostics.map(\.severity) == [.warning])
        #expect(result.diagnostics.first?.place.text == place)
        #expect(result.diagnostics.first?.text.contains(says) == true)
    }

    static let brokerFiles: [(String, String, String)] = [
        ("persistence false", "broker.conf:1:1", "keeps nothing over its restart"),
        ("max_queued_messages 1000", "broker.conf:1:1", "keeps only 1000 messages"),
        ("max_inflight_messages 0", "broker.conf:1:1", "Packet ids can collide"),
        ("max_inflight_messages 20", "broker.conf:1:1", "only a few messages at once"),
        ("set_tcp_nodelay false", "broker.conf:1:1", "holds small packets back"),
        ("autosave_interval 1800", "broker.conf:1:1", "forgets up to 1800 s"),
    ]

    @Test func `a token of nobody and a line that is none are reported, and no token is shown`() throws {
        var site = SampleSite()
        site.others["tokens"] = "# who may answer\ncentre-1 top-secret\ncenter-1 top-secret\ntop-secret\n"
        let result = try site.load()
        let texts = result.diagnostics.map(\.text)
        #expect(texts.count == 2)
        #expect(texts.contains { $0.hasPrefix("tokens:3:1: warning: There is no responder `center-1`") })
        #expect(texts.contains { $0.hasPrefix("tokens:4:1: error: This line is not `responder-id token`") })
        #expect(!texts.joined().contains("top-secret"))
    }

    @Test func `a secret that everybody may read is refused`() throws {
        #expect(SampleSite().others["tokens"] != nil)
        let log = ProblemLog(file: "anju.yaml")
        var reader = SettingsReader(log: log, folder: "/etc")
        let root = try #require(
            YAMLReader.read(Array("gateway: g\ncommands: {tokens_file: passwd}".utf8), log: log))
        let draft = reader.read(root)
        var builder = SiteBuilder(files: [FileDraft(file: "anju.yaml")], settings: draft, now: SampleSite.now)
        builder.checkFiles()
        let text = builder.problems.sorted(mainFile: "anju.yaml").map(\.text).joined()
        #expect(text.contains("anju.yaml:2:25: error: Everybody on this machine may read"))
    }

    private static let gateway = "gateway: g1\n"

    static let settings: [Wrong] = [
        Wrong(.anju, "time_zone: Asia/Shanghai", at: "anju.yaml:1:1", "`gateway` is missing"),
        Wrong(.anju, "gateway: a/b", at: "anju.yaml:1:10", "holds `/`"),
        Wrong(
            .anju, gateway + "time_zone: Asia/Shangai", at: "anju.yaml:2:12",
            "no time zone \"Asia/Shangai\""),
        Wrong(.anju, gateway + "language: zh", at: "anju.yaml:2:11", "words are zh-Hans, en"),
        Wrong(.anju, gateway + "demonstration: maybe", at: "anju.yaml:2:16", "should be true or false"),
        Wrong(.anju, gateway + "mqqt: {}", at: "anju.yaml:2:1", "Did you mean `mqtt`?"),
        Wrong(.anju, gateway + "mqtt: {port: 70000}", at: "anju.yaml:2:14", "whole number from 1 to 65535"),
        Wrong(.anju, gateway + "mqtt: {port: 1e3}", at: "anju.yaml:2:14", "whole number"),
        Wrong(.anju, gateway + "mqtt: {host: 10.0.0.1}", at: "anju.yaml:2:7", "without TLS", .warning),
        Wrong(
            .anju, gateway + "mqtt: {host: 127.0.0.1}", at: "anju.yaml:2:7", "how the broker behaves",
            .warning),
        Wrong(.anju, gateway + "mqtt: {password_file: nowhere}", at: "anju.yaml:2:23", "cannot be read"),
        Wrong(.anju, gateway + "mqtt: {password_file: tokens}", at: "anju.yaml:2:7", "`user` is missing"),
        Wrong(.anju, gateway + "mqtt: {key_file: tokens}", at: "anju.yaml:2:7", "belong together"),
        Wrong(.anju, gateway + "mqtt: {broker_config: none.conf}", at: "anju.yaml:2:23", "no such file"),
        Wrong(.anju, gateway + "http: {host: 0.0.0.0}", at: "anju.yaml:2:14", "reachable from outside"),
        Wrong(.anju, gateway + "http: {port: 80}", at: "anju.yaml:2:7", "has no `token_file`", .warning),
        Wrong(.anju, gateway + "commands: {tokens_file: no-such}", at: "anju.yaml:2:25", "cannot be read"),
        Wrong(.anju, gateway, at: "anju.yaml:1:10", "Nobody can acknowledge", .warning),
        Wrong(
            .anju, gateway + "webhooks: [{webhook: w, url: ftp://x}]", at: "anju.yaml:2:30",
            "not a web address"),
        Wrong(
            .anju, gateway + "webhooks: [{webhook: w, url: http://x.org/}]", at: "anju.yaml:2:30",
            "without encryption", .warning),
        Wrong(
            .anju, gateway + "webhooks: [{webhook: mqtt, url: https://x.org/}]", at: "anju.yaml:2:22",
            "is built in"),
        Wrong(
            .anju, gateway + "webhooks: [{webhook: w, url: https://x.org/}]", at: "anju.yaml:2:22",
            "No responder uses the webhook `w`", .warning),
        Wrong(
            .anju, gateway + "webhooks: [{webhook: w, url: https://x/}, {webhook: w, url: https://x/}]",
            at: "anju.yaml:2:53", "already a webhook `w`"),
        Wrong(.anju, gateway + "heartbeat: {every: 90 s}", at: "anju.yaml:2:12", "`url` is missing"),
        Wrong(.anju, gateway + "limits: {payload: 20 MB}", at: "anju.yaml:2:19", "outside its range"),
        Wrong(.anju, gateway + "limits: {payload: much}", at: "anju.yaml:2:19", "should be a size"),
        Wrong(.anju, gateway + "limits: {batch: 0}", at: "anju.yaml:2:17", "from 1 to 10000"),
        Wrong(
            .anju, gateway + "patience: {raise_again_after: 2 h}", at: "anju.yaml:2:31", "outside its range"),
        Wrong(.anju, gateway + "retention: {size: 1 kB}", at: "anju.yaml:2:19", "outside its range"),
        Wrong(.anju, gateway + "includes: [homes/none.yaml]", at: "anju.yaml:2:12", "There is no file"),
        Wrong(
            .anju, gateway + "includes: [homes]", at: "anju.yaml:2:12",
            "`homes` is a folder. What it should say would be missing. Write `homes/*.yaml`."),
        Wrong(
            .anju, gateway + "includes: [houses/*.yaml]", at: "anju.yaml:2:12", "No file matches", .warning),
    ]
}
