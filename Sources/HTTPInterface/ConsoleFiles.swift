import CConsole
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// The console's files: those in the program, or those of a folder, all read once at the start.
struct ConsoleFiles: Sendable {
    private var files: [String: File] = [:]

    private struct File: Sendable {
        var bytes: ByteBuffer
        var mediaType: String
        var tag: String
    }

    /// The most bytes of a file of a folder, and the most files.
    static let fileByteLimit = 4_000_000
    /// See `fileByteLimit`.
    static let fileCountLimit = 500

    /// Kinds of files that are served, by their ending.
    static let mediaTypes = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
        "ico": "image/x-icon", "json": "application/json", "webmanifest": "application/manifest+json",
        "woff2": "font/woff2", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav",
    ]

    /// Those in the program.
    static let embedded: ConsoleFiles = {
        var console = ConsoleFiles()
        for index in 0..<Int(CConsoleFileCount) {
            // The table and its bytes are constants of the program, valid as long as it runs.
            guard let file = CConsoleFileAt(Int32(index))?.pointee else { continue }
            let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
            console.add(String(cString: file.path), ByteBuffer(bytes: bytes))
        }
        return console
    }()

    /// The description of the API, as it stands in the program.
    static let description: ByteBuffer = {
        // A constant of the program, valid as long as it runs.
        let file = CConsoleDescription()
        return ByteBuffer(bytes: UnsafeRawBufferPointer(start: file.bytes, count: file.count))
    }()

    private init() {}

    /// The files of a folder: `index.html`, and what lies under `assets`.
    init(folder: String) {
        let root = URL(fileURLWithPath: folder)
        var names = ["index.html"]
        let assets = try? FileManager.default.subpathsOfDirectory(atPath: root.path + "/assets")
        names += (assets ?? []).sorted().map { "assets/" + $0 }
        for name in names.prefix(Self.fileCountLimit) {
            guard let file = FileHandle(forReadingAtPath: root.path + "/" + name) else { continue }
            defer { try? file.close() }
            guard let bytes = try? file.read(upToCount: Self.fileByteLimit + 1),
                bytes.count <= Self.fileByteLimit
            else { continue }
            add(name, ByteBuffer(bytes: bytes))
        }
    }

    /// Their names, sorted.
    var names: [String] { files.keys.sorted() }

    private mutating func add(_ name: String, _ bytes: ByteBuffer) {
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        guard let mediaType = Self.mediaTypes[ending] else { return }
        let hash = SHA256.hash(data: Data(bytes.readableBytesView)).prefix(12)
        let tag = "\"" + Data(hash).base64EncodedString() + "\""
        files[name] = File(bytes: bytes, mediaType: mediaType, tag: tag)
    }

    /// A file for its path, `/` being the page itself; nil when there is none.
    func answer(_ path: Substring, _ request: Request) -> Response? {
        let name = path == "/" ? "index.html" : String(path.dropFirst())
        guard name == "index.html" || name.hasPrefix("assets/"), let file = files[name] else { return nil }
        var headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache"]
        if request.headers[.ifNoneMatch] == file.tag {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.mediaType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
    }
}
