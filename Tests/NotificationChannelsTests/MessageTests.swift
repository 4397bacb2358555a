import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

struct MessageTests {
    private func text(
        _ form: MessageTemplate.Form, to audience: ChannelAudience, template: String? = nil,
        language: String = "zh-Hans", message: OrderMessage = Examples.rich()
    ) -> String {
        let templates = template.map { [MessageTemplate(purpose: "", form: form, text: $0)] } ?? []
        let composer = MessageComposer(
            audience: audience,
            surroundings: Examples.surroundings(
                language: language, templates: templates, publicURL: "https://anju.example"))
        return composer.text(form, of: message, facts: composer.facts(of: message))
    }

    @Test(arguments: MessagePlaceholder.allCases)
    func `a class of channels reads what it may and nothing else`(_ placeholder: MessagePlaceholder) {
        for audience in ChannelAudience.allCases {
            let form = audience == .public ? MessageTemplate.Form.public : .long
            let said = text(form, to: audience, template: "<{\(placeholder.name)}>")
            // Nobody has taken over in the example.
            let isSaid = placeholder.isAllowed(to: audience) && placeholder != .about
            #expect((said != "<>") == isSaid, "\(audience) \(placeholder): \(said)")
        }
    }

    @Test func `what is personal is for one person only`() {
        let personal: [MessagePlaceholder] = [.residents, .telephone, .conditions, .link, .code]
        for placeholder in personal {
            #expect(placeholder.isAllowed(to: .private))
            #expect(!placeholder.isAllowed(to: .group) && !placeholder.isAllowed(to: .public))
        }
        for placeholder in [MessagePlaceholder.text, .home, .address, .about, .responder] {
            #expect(placeholder.isAllowed(to: .group) && !placeholder.isAllowed(to: .public))
        }
    }

    @Test func `whom a verification rings is told to one person only`() {
        var message = Examples.rich(purpose: .verify)
        let document = String(decoding: message.document, as: UTF8.self)
        let asked = document.replacing("灶台", with: "请电话核实：王桂兰 tel:13900000009")
        message.document = Array(asked.utf8)
        #expect(text(.short, to: .private, message: message).contains("13900000009"))
        for form in [MessageTemplate.Form.short, .long] {
            let said = text(form, to: .group, message: message)
            #expect(!said.contains("13900000009") && !said.contains("王桂兰"))
            #expect(said.contains("3-2-501") && said.contains("请电话核实"))
        }
    }

    @Test func `a public channel has its own form, whatever is asked for`() {
        #expect(text(.long, to: .public) == "火警（报警）")
        #expect(text(.short, to: .public, language: "en") == "火警 (alarm)")
    }

    @Test func `what was not stored is marked`() {
        #expect(text(.short, to: .private, message: Examples.rich(isRecorded: false)).hasSuffix("（未存档）"))
        #expect(!text(.short, to: .private).contains("未存档"))
    }

    @Test func `a template of the purpose goes before one for all, and facts are not filled twice`() {
        var message = Examples.rich(purpose: .closed)
        message.residents[0].name = "{telephone}"
        let composer = MessageComposer(
            audience: .private,
            surroundings: Examples.surroundings(templates: [
                MessageTemplate(purpose: "", form: .long, text: "any"),
                MessageTemplate(purpose: "closed", form: .long, text: "{residents} {time} {unknown} {"),
            ]))
        #expect(
            composer.text(.long, of: message, facts: composer.facts(of: message))
                == "{telephone} 06:13 {unknown} {")
        #expect(composer.text(.long, of: Examples.rich(), facts: composer.facts(of: message)) == "any")
    }

    @Test func `a message has at most messageLimit bytes and is cut between characters`() {
        let long = text(.long, to: .private, template: String(repeating: "警", count: 3_000))
        #expect(long.utf8.count <= MessageComposer.messageLimit)
        #expect(long.utf8.count > MessageComposer.messageLimit - 3)
        #expect("a👩‍👩‍👧b".cut(toBytes: 5) == "a")
    }

    @Test(arguments: [
        (String(repeating: "警", count: 70), 1), (String(repeating: "警", count: 71), 2),
        (String(repeating: "警", count: 134), 2), (String(repeating: "警", count: 135), 3),
        (String(repeating: "a", count: 160), 1), (String(repeating: "a", count: 161), 2),
        (String(repeating: "€", count: 80), 1), (String(repeating: "€", count: 81), 2),
        (String(repeating: "a", count: 306), 2), (String(repeating: "a", count: 307), 3),
    ])
    func `parts are counted as the networks do`(_ text: String, _ parts: Int) {
        #expect(ShortText.parts(of: text) == parts)
    }

    @Test(arguments: ["警", "a", "€", "👵"], [0, 10, 60, 134, 300, 1_000])
    func `a text message has at most partLimit parts and keeps its ending`(_ letter: String, _ count: Int) {
        for ending in ["", StandardWords(language: "zh-Hans").replyLine(code: "0042"), " Reply 1, then 0042"]
        {
            let text = String(repeating: letter, count: count)
            let fitted = ShortText.fit(text, ending: ending)
            #expect(ShortText.parts(of: fitted) <= ShortText.partLimit)
            #expect(fitted.hasSuffix(ending))
            if ShortText.parts(of: text + ending) <= ShortText.partLimit { #expect(fitted == text + ending) }
        }
        #expect(ShortText.wideLimit == 134 && ShortText.narrowLimit == 306)
    }

    @Test(arguments: [
        ("+86 138-0000-0001", "13800000001"), ("008613800000001", "13800000001"),
        ("8613800000001", "13800000001"), ("13800000001", "13800000001"), ("(010) 8888.0000", "01088880000"),
        ("+4930123456", "4930123456"), ("12", nil), ("wang", nil), ("", nil), ("1380000+0001", nil),
        ("１３８", nil), (String(repeating: "1", count: TelephoneNumber.digitLimit + 1), nil),
    ])
    func `telephone numbers are read as people write them`(_ written: String, _ national: String?) {
        #expect(TelephoneNumber(written)?.national == national)
    }
}
