import DeviceProfiles
import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import MQTTLink

struct HomeCommandsTests {
    private func commands(sirenKinds: [String] = [], speaks: Bool = true) -> HomeCommands {
        let commands = HomeCommands()
        let siren = [
            DeviceCommand(name: "sirenOn", topic: "{base}/{device}/set", payload: "on"),
            DeviceCommand(name: "sirenOff", topic: "{base}/{device}/set", payload: "off"),
        ]
        let terminal = [
            DeviceCommand(name: "say", topic: "{base}/{device}/say", payload: #"{"say":"{text}"}"#),
            DeviceCommand(name: "lampOn", topic: "{base}/{device}/lamp", payload: "lit"),
            DeviceCommand(name: "lampOff", topic: "{base}/{device}/lamp", payload: "dark"),
        ]
        commands.adopt(
            [
                .init(home: "h1", base: "homes/h1/z", name: "siren", commands: siren),
                .init(home: "h1", base: "homes/h1/z", name: "terminal", commands: terminal),
            ], language: "zh-Hans", sirenKinds: sirenKinds, speaks: speaks)
        return commands
    }

    private func standing(
        _ phase: Incident.Phase, id: Int64 = 1, kind: AlarmKind = .fire, urgency: Urgency = .lifeSafety,
        by name: String = "", home: String = "h1"
    ) -> IncidentStanding {
        IncidentStanding(
            id: IncidentID(id), home: home, kind: kind, urgency: urgency, phase: phase, answeredBy: name)
    }

    private func say(_ commands: HomeCommands, _ standing: IncidentStanding, again: Bool = false) -> [String]
    {
        commands.publications(for: [standing], isRepetition: again).map {
            $0.topic.split(separator: "/").suffix(2).joined(separator: "/") + " "
                + String(decoding: $0.payload, as: UTF8.self)
        }
    }

    @Test func `from alarm to closing the home hears what happens`() {
        let commands = commands()
        #expect(
            say(commands, standing(.calling)) == [
                "siren/set on", #"terminal/say {"say":"已收到您的警报，正在联系人员前来。"}"#,
            ])
        #expect(say(commands, standing(.calling)).isEmpty)
        #expect(
            say(commands, standing(.acknowledged, by: "王二")) == [
                "terminal/lamp lit", #"terminal/say {"say":"已收到，王二正在赶来。"}"#,
            ])
        #expect(say(commands, standing(.onScene, by: "王二")) == [#"terminal/say {"say":"王二已到达。"}"#])
        #expect(
            say(commands, standing(.closed, by: "王二")) == [
                "siren/set off", "terminal/lamp dark", #"terminal/say {"say":"警报已解除。"}"#,
            ])
    }

    @Test func `the siren goes on until the last life-safety incident of the home is closed`() {
        let commands = commands(speaks: false)
        #expect(say(commands, standing(.calling, id: 1)) == ["siren/set on"])
        #expect(say(commands, standing(.calling, id: 2, kind: .gas)) == ["siren/set on"])
        #expect(say(commands, standing(.closed, id: 1)).isEmpty)
        #expect(say(commands, standing(.closed, id: 2, kind: .gas)) == ["siren/set off"])
    }

    @Test func `before a person is called the resident is asked, without a siren`() {
        let commands = commands()
        let said = say(commands, standing(.calling, kind: .areYouWell, urgency: .routine))
        #expect(said == [#"terminal/say {"say":"您还好吗？请按一下报平安键，或走动一下。"}"#])
    }

    @Test func `a site may name the alarms at which sirens sound`() {
        let commands = commands(sirenKinds: ["fire"], speaks: false)
        #expect(say(commands, standing(.calling, kind: .sos)).isEmpty)
        #expect(say(commands, standing(.calling, id: 2)) == ["siren/set on"])
    }

    @Test func `after a start nothing is said again, and a closing still switches off`() {
        let commands = commands(speaks: false)
        #expect(say(commands, standing(.acknowledged, by: "w"), again: true).isEmpty)
        #expect(say(commands, standing(.closed, by: "w")) == ["siren/set off", "terminal/lamp dark"])
        #expect(say(commands, standing(.calling, id: 9, home: "other")).isEmpty)
    }

    @Test func `above openLimit the oldest incident is forgotten and later ones still sound`() {
        let commands = commands(speaks: false)
        for id in 1...Int64(HomeCommands.openLimit) + 1 {
            #expect(say(commands, standing(.calling, id: id)) == ["siren/set on"])
        }
    }
}
