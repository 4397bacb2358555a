import Escalation
import GatewayEngine
import SafetyModel
import SafetySimulator

/// A call sheet as a plain table, in Chinese or English.
struct CallTable {
    let isChinese: Bool
    let people: ResponderDirectory

    private func choose(_ zh: String, _ en: String) -> String { isChinese ? zh : en }

    /// The whole sheet.
    func text(of sheet: CallSheet, alarm: AlarmKind, urgency: Urgency, home: Home, at time: String) -> String
    {
        let title = AlarmWords.title(of: alarm, language: isChinese ? "zh" : "en")
        var lines = [
            "\(time)  \(home.id)  \(title) (\(alarm.name), \(urgency.name))"
                + (sheet.plan.map { choose("  预案 ", "  plan ") + $0 } ?? ""),
            "",
        ]
        guard sheet.plan != nil else {
            return lines[0] + "\n" + choose("没有预案覆盖此报警。", "No plan covers this alarm.")
        }
        var shown: Duration?
        for line in sheet.lines {
            lines.append(text(of: line, isTold: shown == line.at))
            shown = line.at
        }
        if let every = sheet.repeatsEvery {
            lines.append(
                choose(
                    "        之后每 \(span(every)) 重复最后一步，直到有人接手",
                    "        then the last step again every \(span(every)) until somebody answers"))
        }
        return lines.joined(separator: "\n")
    }

    /// - Parameter isTold: whether the line before says this time already.
    private func text(of line: CallSheet.Line, isTold: Bool) -> String {
        let time = TerminalText.fit(isTold ? "" : "+" + clock(line.at), 11, isRight: true) + "  "
        switch line.event {
        case .step(let number, let count, let isAgain):
            return time
                + choose(
                    "第 \(number) 步，共 \(count) 步" + (isAgain ? "（重复）" : ""),
                    "step \(number) of \(count)" + (isAgain ? ", again" : ""))
        case .verification(let isFirst):
            return time
                + (isFirst
                    ? choose("先电话核实，再呼叫第 1 步", "the resident is rung before step 1")
                    : choose("同时电话核实", "the resident is rung beside the calls"))
        case .gap(let roster):
            return time
                + choose("排班 \(roster) 此时无人值班，改叫其他人", "nobody is on duty in \(roster): others are called")
        case .told(let person): return row(person, after: time, note: "")
        case .waits(let person, let until):
            let note = choose("免打扰，+\(clock(until)) 才通知", "quiet hours, told at +\(clock(until))")
            return row(person, after: time, note: note)
        }
    }

    private func row(_ person: CallSheet.Person, after time: String, note: String) -> String {
        let name = people.responder(person.id)?.name ?? person.id
        var notes = person.duty.isEmpty ? [] : [person.duty]
        if person.purpose == .verify { notes.append(choose("打电话核实", "rings the resident")) }
        if !note.isEmpty { notes.append(note) }
        let row =
            time + "  " + TerminalText.fit(person.id, 18) + " " + TerminalText.fit(name, 20) + " "
            + TerminalText.fit(person.role.name, 12) + " "
            + TerminalText.fit(person.channels.joined(separator: ", "), 22) + " "
            + notes.joined(separator: choose("；", "; "))
        return String(row.reversed().drop { $0 == " " }.reversed())
    }

    /// "1:30" is a minute and a half, "26:00:00" a day and two hours.
    private func clock(_ span: Duration) -> String {
        let seconds = span.wholeMilliseconds / 1_000
        let minutes = seconds / 60 % 60
        let tail = (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
        guard seconds >= 3_600 else { return "\(minutes):\(tail)" }
        return "\(seconds / 3_600):" + (minutes < 10 ? "0" : "") + "\(minutes):\(tail)"
    }

    private func span(_ span: Duration) -> String {
        let seconds = span.wholeMilliseconds / 1_000
        if seconds % 3_600 == 0 { return choose("\(seconds / 3_600) 小时", "\(seconds / 3_600) h") }
        if seconds % 60 == 0 { return choose("\(seconds / 60) 分钟", "\(seconds / 60) min") }
        return choose("\(seconds) 秒", "\(seconds) s")
    }
}
