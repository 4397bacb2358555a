import SafetyModel

/// What signals are called, and what it is called when they say yes or no.
enum SignalWords {
    static func text(of signal: Signal, isChinese: Bool) -> String {
        isChinese ? chinese[signal.name] ?? signal.name : english[signal.name] ?? signal.name
    }

    /// The words for a signal's name as documents have it.
    static func text(ofName name: String, isChinese: Bool) -> String {
        Signal(name: name).map { text(of: $0, isChinese: isChinese) } ?? name
    }

    /// What happens when the signal says yes: `烟雾报警`, `门窗打开`.
    static func chineseOn(_ signal: Signal) -> String {
        switch signal {
        case .smoke, .heat, .gas, .carbonMonoxide: "\(text(of: signal, isChinese: true))报警"
        case .contact: "门窗打开"
        case .worn: "已佩戴"
        case .online: "上线"
        case .mains: "有市电"
        default: text(of: signal, isChinese: true)
        }
    }

    /// What happens when it says no: `未佩戴`, `门窗关闭`.
    static func chineseOff(_ signal: Signal) -> String {
        switch signal {
        case .contact: "门窗关闭"
        case .worn: "未佩戴"
        case .online: "离线"
        case .mains: "停电"
        case .presence: "无人"
        case .bed: "离床"
        case .seat: "离座"
        case .motion, .vibration: "\(text(of: signal, isChinese: true))停止"
        default: "\(text(of: signal, isChinese: true))解除"
        }
    }

    /// What happens when the signal says yes: `smoke alarm`, `door opened`.
    static func englishOn(_ signal: Signal) -> String {
        switch signal {
        case .smoke, .heat, .gas, .carbonMonoxide: "\(text(of: signal, isChinese: false)) alarm"
        case .contact: "door opened"
        default: text(of: signal, isChinese: false)
        }
    }

    /// What happens when it says no: `wristband not worn`, `door closed`.
    static func englishOff(_ signal: Signal) -> String {
        switch signal {
        case .contact: "door closed"
        case .worn: "wristband not worn"
        case .presence: "nobody present"
        case .bed: "nobody in bed"
        case .seat: "nobody in the seat"
        default: "end of \(text(of: signal, isChinese: false))"
        }
    }

    /// The unit of its numbers, as it stands behind them.
    static func unit(of signal: Signal, isChinese: Bool) -> String {
        switch signal {
        case .temperature, .bodyTemperature: isChinese ? "℃" : " degC"
        case .heartRate: isChinese ? "次/分" : " bpm"
        case .gasLevel: isChinese ? "%LEL" : " %LEL"
        case .carbonMonoxideLevel: isChinese ? "ppm" : " ppm"
        case .oxygenSaturation, .humidity, .battery: isChinese ? "%" : " %"
        default: ""
        }
    }

    private static let chinese: [String: String] = [
        "smoke": "烟雾", "heat": "高温", "gas": "燃气", "gasLevel": "燃气浓度", "carbonMonoxide": "一氧化碳",
        "carbonMonoxideLevel": "一氧化碳浓度", "waterLeak": "漏水", "contact": "门窗", "motion": "活动",
        "presence": "有人", "bed": "床上有人", "seat": "座位有人", "call": "呼叫", "fall": "跌倒", "worn": "佩戴",
        "heartRate": "心率", "oxygenSaturation": "血氧", "bodyTemperature": "体温", "bloodPressure": "血压",
        "temperature": "温度", "humidity": "湿度", "battery": "电量", "batteryLow": "电量低", "mains": "市电",
        "tamper": "拆动", "fault": "故障", "test": "自检", "online": "在线", "linkQuality": "信号质量",
        "location": "位置", "vibration": "震动", "bridge": "网桥",
    ]

    private static let english: [String: String] = [
        "gasLevel": "gas level", "carbonMonoxide": "carbon monoxide",
        "carbonMonoxideLevel": "carbon monoxide level", "waterLeak": "water leak", "contact": "door",
        "bed": "somebody in bed", "seat": "somebody in the seat", "worn": "wristband worn",
        "heartRate": "heart rate", "oxygenSaturation": "oxygen saturation",
        "bodyTemperature": "body temperature", "bloodPressure": "blood pressure", "batteryLow": "low battery",
        "linkQuality": "link quality",
    ]
}

/// Values in words.
enum ReadingWords {
    static func text(of number: Double) -> String {
        Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
