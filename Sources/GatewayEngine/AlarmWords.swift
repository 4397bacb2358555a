public import SafetyModel

/// What an alarm is called in the languages of the people who answer it.
public enum AlarmWords {
    /// The words for a kind: `火警`, `Fire`; a kind that a rule brought stands as it is.
    public static func title(of kind: AlarmKind, language: String) -> String {
        guard let words = words[kind.name] else { return kind.name }
        return language == "en" ? words.en : words.zh
    }

    /// The words for a key of a one-key-call device: `代办`, `errand`.
    public static func title(of key: CallKey, language: String) -> String {
        guard language != "en" else { return key.name }
        return switch key {
        case .emergency: "紧急"
        case .medical: "医疗"
        case .cancel: "取消"
        case .medicine: "送药"
        case .registration: "挂号"
        case .familyDoctor: "家庭医生"
        case .errand: "代办"
        case .service: "服务"
        case .checkIn: "报平安"
        }
    }

    private static let words: [String: (zh: String, en: String)] = [
        "fire": ("火警", "Fire"),
        "gas": ("燃气泄漏", "Gas leak"),
        "co": ("一氧化碳", "Carbon monoxide"),
        "sos": ("紧急呼叫", "SOS call"),
        "fall": ("跌倒", "Fall"),
        "waterLeak": ("漏水", "Water leak"),
        "inactivity": ("长时间无活动", "No activity"),
        "areYouWell": ("请确认老人是否安好", "Is the resident well?"),
        "noCheckIn": ("当日未报平安", "No check-in today"),
        "visitOverdue": ("逾期未探访", "Visit overdue"),
        "helpNeeded": ("探访发现老人需要帮助", "Visitor asks for help"),
        "buildingFire": ("楼栋火警", "Building fire"),
        "vitals": ("体征异常", "Vital signs out of bounds"),
        "wristbandOff": ("手环未佩戴", "Wristband not worn"),
        "doorOpen": ("房门未关", "Door left open"),
        "doorNotOpened": ("白天未开门", "Door not opened"),
        "wandering": ("疑似走失", "Wandering"),
        "serviceCall": ("服务呼叫", "Service call"),
        "deviceTest": ("设备测试", "Device test"),
        "chatter": ("设备频繁误报", "Chattering device"),
        "sensorConflict": ("传感器读数矛盾", "Sensors disagree"),
        "deviceLost": ("设备失联", "Device lost"),
        "deviceNeverSeen": ("设备从未上线", "Device never seen"),
        "bridgeLost": ("网桥失联", "Bridge lost"),
        "batteryLow": ("电量低", "Battery low"),
        "tamper": ("设备被拆动", "Tamper"),
        "deviceFault": ("设备故障", "Device fault"),
        "deviceClock": ("设备时钟错误", "Device clock wrong"),
        "undecoded": ("数据无法解析", "Message not understood"),
        "homeUnprotected": ("住户失去保护", "Home unprotected"),
        "gatewayTrouble": ("网关故障", "Gateway trouble"),
    ]
}
