public import SafetyModel

/// What an alarm is called in the languages of the people who answer it.
public enum AlarmWords {
    /// The words for a kind: `火警`, `Fire`; a kind that a rule brought stands as it is.
    public static func title(of kind: AlarmKind, language: String) -> String {
        guard let words = words[kind.name] else { return kind.name }
        return language == "en" ? words.en : words.zh
    }

    private static let words: [String: (zh: String, en: String)] = [
        "fire": ("火警", "Fire"),
        "gas": ("燃气泄漏", "Gas leak"),
        "co": ("一氧化碳", "Carbon monoxide"),
        "sos": ("紧急呼叫", "SOS call"),
        "fall": ("跌倒", "Fall"),
        "waterLeak": ("漏水", "Water leak"),
        "inactivity": ("长时间无活动", "No activity"),
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
