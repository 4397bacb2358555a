import GatewayPorts

/// Figures in the text format of Prometheus, version 0.0.4.
enum MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Metrics of one name stand together, in the order in which their names come first.
    static func text(_ metrics: [Metric]) -> String {
        var names: [String] = []
        var groups: [String: [Metric]] = [:]
        for metric in metrics {
            if groups[metric.name] == nil { names.append(metric.name) }
            groups[metric.name, default: []].append(metric)
        }
        var text = ""
        for name in names {
            guard let group = groups[name], let first = group.first else { continue }
            text += "# HELP \(name) \(escaped(first.help))\n# TYPE \(name) \(first.kind.rawValue)\n"
            for metric in group {
                let label = metric.label.isEmpty ? "" : "{\(metric.label)}"
                text += "\(name)\(label) \(number(metric.value))\n"
            }
        }
        return text
    }

    private static func escaped(_ help: String) -> String {
        help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
