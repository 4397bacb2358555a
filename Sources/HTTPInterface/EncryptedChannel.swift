import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// An HTTP connection inside TLS, with the certificate that is in force when it begins.
struct EncryptedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let inside: HTTP1Channel
    let certificate: Certificate

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let context = certificate.context
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }.flatMap { inside.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async { await inside.handle(value: value, logger: logger) }
}

/// The certificate and key of the interface, read anew when they were renewed.
final class Certificate: Sendable {
    private let files: (certificate: String, key: String)
    private let current: Mutex<NIOSSLContext>

    /// - Throws: when the files are no certificate and key that belong together.
    init(certificateFile: String, keyFile: String) throws(HTTPSetupError) {
        files = (certificateFile, keyFile)
        current = Mutex(try Self.read(certificateFile, keyFile))
    }

    /// What a connection that begins now uses.
    var context: NIOSSLContext { current.withLock { $0 } }

    /// Reads the files anew; the one before stays when they cannot be used.
    func renew() throws(HTTPSetupError) {
        let context = try Self.read(files.certificate, files.key)
        current.withLock { $0 = context }
    }

    private static func read(_ certificate: String, _ key: String) throws(HTTPSetupError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            let secret = try NIOSSLPrivateKey(file: key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unfitCertificate(path: certificate, key: key, reason: "\(error)")
        }
    }
}
