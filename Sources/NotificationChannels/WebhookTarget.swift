import Foundation

/// Where a webhook goes: the configured URL, with the responder's address filled in where it says
/// `{address}`.
///
/// `{address}` may stand in the path or in the query, never in the host: a channel reaches exactly the one
/// host that is configured. The address is percent-encoded down to the unreserved characters of RFC 3986. A
/// URL without `{address}` is the same for every responder; the address then stands in the event only.
struct WebhookTarget: Sendable {
    private let url: String
    private let hasPlaceholder: Bool

    /// The most bytes of an address before encoding.
    static let addressLimit = 512
    private static let placeholder = "{address}"

    init(_ url: String) throws(ChannelSetupError) {
        self.url = url
        hasPlaceholder = url.contains(Self.placeholder)
        try Self.validate(url)
    }

    /// The URL for one responder, or nil when his address cannot stand there.
    ///
    /// Empty addresses and the path segments `.` and `..`, which a URL parser would resolve, cannot.
    func url(for address: String) -> String? {
        guard hasPlaceholder else { return url }
        guard !address.isEmpty, address != ".", address != "..", address.utf8.count <= Self.addressLimit
        else {
            return nil
        }
        return url.replacingOccurrences(of: Self.placeholder, with: PercentEncoding.encode(address))
    }

    private static func validate(_ url: String) throws(ChannelSetupError) {
        let example = url.replacingOccurrences(of: placeholder, with: "a")
        guard let parts = URLComponents(string: example), let scheme = parts.scheme?.lowercased() else {
            throw .badURL("it is not a URL; write https://host/path")
        }
        guard scheme == "https" || scheme == "http" else { throw .badURL("\(scheme) is not http or https") }
        guard let host = parts.host, !host.isEmpty else { throw .badURL("it names no host") }
        guard parts.user == nil, parts.password == nil else {
            throw .badURL("no user or password in a URL; sign with secret_file")
        }
        guard parts.fragment == nil else { throw .badURL("a fragment (#...) is never sent") }
        guard placeholderStandsAfterHost(url) else {
            throw .badURL("{address} may stand in the path or the query only")
        }
    }

    private static func placeholderStandsAfterHost(_ url: String) -> Bool {
        guard let first = url.range(of: placeholder) else { return true }
        guard let authority = url.range(of: "://") else { return false }
        let rest = url[authority.upperBound...]
        guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return false }
        return first.lowerBound > end
    }
}

/// Percent-encoding down to the unreserved characters of RFC 3986, 2.3.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded += Array(Hexadecimal.text(CollectionOfOne(byte)).uppercased().utf8)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

/// Lower-case hexadecimal digits.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two digits a byte.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
