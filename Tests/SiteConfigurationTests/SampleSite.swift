import Foundation
import SafetyModel
import Testing

@testable import SiteConfiguration

/// A small good site on disk, of which a test replaces what it wants to see fail.
struct SampleSite {
    var anju = """
        gateway: g1
        time_zone: Asia/Shanghai
        commands: {tokens_file: tokens}
        mqtt: {host: 127.0.0.1, broker_config: broker.conf}
        """
    var homes = """
        homes:
          - home: h1
            resident: Li
            area: north
            devices:
              - {device: smoke-1, profile: zigbee2mqtt/smoke, place: kitchen}
              - {device: sos-1, profile: zigbee2mqtt/sos}
        """
    var responders = """
        responders:
          - {responder: centre-1, role: centre}
          - {responder: station-1, role: station}
          - {responder: tech-1, role: technician}
        """
    var plans = """
        plans:
          - plan: all
            for: {urgency: [lifeSafety, urgent, routine]}
            steps: [{notify: [centre, station], seen_within: 60 s}]
          - plan: tech
            for: {urgency: [technical]}
            steps: [{notify: [technician], seen_within: 4 h}]
            deliver: digest at 09:00
        """
    var rules = """
        rules:
          - {rule: leak, when: waterLeak, alarm: waterLeak}
        """
    var others: [String: String] = ["tokens": "centre-1 secret\n", "broker.conf": Self.goodBroker]
    /// Permissions of files that are not 640.
    var modes: [String: Int] = [:]
    /// Files that are not text.
    var binaries: [String: [UInt8]] = [:]

    static let goodBroker = """
        persistence true
        max_queued_messages 1000000
        max_inflight_messages 1000
        set_tcp_nodelay true
        autosave_interval 5
        """
    static let now = WallTime(milliseconds: 1_790_000_000_000)

    /// Writes the files into a folder of their own, loads them and removes them.
    ///
    /// - Returns: the result, the folder taken off all places.
    func load() throws -> LoadResult {
        let folder = FileManager.default.temporaryDirectory.path + "/anju-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var files = others.mapValues { Array($0.utf8) }
        for (name, text) in [
            ("anju.yaml", anju), ("homes/homes.yaml", homes), ("responders.yaml", responders),
            ("plans/plans.yaml", plans), ("rules/rules.yaml", rules),
        ] where files[name] == nil {
            files[name] = Array(text.utf8)
        }
        files.merge(binaries) { $1 }
        for (name, bytes) in files {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: Paths.folder(of: path), withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes(
                [.posixPermissions: modes[name] ?? 0o640], ofItemAtPath: path)
        }
        var result = Installation.load(from: folder + "/anju.yaml", at: Self.now)
        for index in result.diagnostics.indices {
            let file = result.diagnostics[index].place.file
            result.diagnostics[index].place.file =
                file.hasPrefix(folder) ? String(file.dropFirst(folder.count + 1)) : file
        }
        return result
    }

    /// One of the files.
    enum Part: Sendable { case anju, homes, responders, plans, rules }

    subscript(part: Part) -> String {
        get {
            switch part {
            case .anju: anju
            case .homes: homes
            case .responders: responders
            case .plans: plans
            case .rules: rules
            }
        }
        set {
            switch part {
            case .anju: anju = newValue
            case .homes: homes = newValue
            case .responders: responders = newValue
            case .plans: plans = newValue
            case .rules: rules = newValue
            }
        }
    }
}
