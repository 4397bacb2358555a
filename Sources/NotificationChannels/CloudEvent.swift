import GatewayPorts
import SafetyModel

/// An event in the envelope of CloudEvents 1.0, JSON format, structured mode.
///
/// The document travels as it is: the bytes are joined, not parsed and written again.
struct CloudEvent: Sendable {
    /// Unique per source, and the same for each try of the same order, so that a receiver can drop
    /// repetitions.
    var id: String
    /// The gateway's id; the source becomes `/anju/<gateway>`.
    var gateway: String
    var type: String
    var subject: String?
    /// When it happened, RFC 3339.
    var time: String
    /// Attributes beyond the standard's; names are lower-case letters and digits.
    var extensions: [(name: StaticString, value: String)] = []
    /// The event's `data`: a JSON document, UTF-8.
    var document: [UInt8]

    /// The media type of the structured mode.
    static let mediaType = "application/cloudevents+json"

    /// The whole envelope, UTF-8.
    func bytes() -> [UInt8] {
        var json = JSONText(capacity: document.count + 512)
        json.object { json in
            json.key("specversion")
            json.value("1.0")
            json.key("id")
            json.value(id)
            json.key("source")
            json.value("/anju/" + PercentEncoding.encode(gateway))
            json.key("type")
            json.value(type)
            if let subject {
                json.key("subject")
                json.value(subject)
            }
            json.key("time")
            json.value(time)
            json.key("datacontenttype")
            json.value("application/json")
            for attribute in extensions {
                json.key(attribute.name)
                json.value(attribute.value)
            }
            json.key("data")
            if document.isEmpty { json.null() } else { json.raw(document) }
        }
        return json.bytes
    }
}
