import Crypto
import CryptoExtras
import Dispatch
import Foundation
public import SafetyModel
import Synchronization

/// Hashes and checks passwords: slow on purpose, so never on the cooperative pool and never many at once.
final class PasswordCheck: Sendable {
    private let queue = DispatchQueue(label: "anju.http.passwords", qos: .utility, attributes: .concurrent)
    private let running: DispatchSemaphore
    private let waiting = Mutex<[String: Int]>([:])
    private let limits: HTTPLimits

    init(limits: HTTPLimits) {
        self.limits = limits
        running = DispatchSemaphore(value: max(1, limits.passwordCheckLimit))
    }

    /// Checks that wait or run, for tests.
    var waitingCount: Int { waiting.withLock { $0.values.reduce(0, +) } }

    /// Lets checks wait until `release`, for tests.
    func hold() { queue.suspend() }

    /// Ends `hold`.
    func release() { queue.resume() }

    /// What became of a check.
    enum Verdict: Sendable { case right, wrong, tooMany }

    /// Whether a password is the user's; a user who does not exist costs as much as one who does.
    func check(_ password: String, of user: DeskUser?, from address: String) async -> Verdict {
        guard takePlace(address) else { return .tooMany }
        let hash = user?.password ?? Self.nobody
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                running.wait()
                let isRight = hash.isRight(password) && user != nil
                running.signal()
                giveBack(address)
                continuation.resume(returning: isRight ? .right : .wrong)
            }
        }
    }

    /// A few for each address, so that one that floods does not keep the others out.
    private func takePlace(_ address: String) -> Bool {
        waiting.withLock { waiting in
            let own = waiting[address] ?? 0
            let all = waiting.values.reduce(0, +)
            guard own < limits.passwordsPerAddressLimit, all < limits.passwordQueueLimit else { return false }
            waiting[address] = own + 1
            return true
        }
    }

    private func giveBack(_ address: String) {
        waiting.withLock { waiting in
            let rest = (waiting[address] ?? 1) - 1
            waiting[address] = rest > 0 ? rest : nil
        }
    }

    private static let nobody = ScryptHash(
        costLog: ScryptHash.usualCostLog, blockSize: ScryptHash.usualBlockSize,
        parallelism: ScryptHash.usualParallelism, salt: Array(repeating: 0, count: ScryptHash.saltMinimum),
        key: Array(repeating: 0, count: ScryptHash.keyLength))
}

extension ScryptHash {
    /// Hashes a password with a salt of its own, as `anju password` does; takes about a tenth of a second.
    public init?(of password: String) {
        var salt: [UInt8] = []
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<Self.saltMinimum { salt.append(UInt8.random(in: 0...255, using: &generator)) }
        self.init(
            costLog: Self.usualCostLog, blockSize: Self.usualBlockSize, parallelism: Self.usualParallelism,
            salt: salt, key: [])
        guard let key = derive(password) else { return nil }
        self.key = key
    }

    /// The line for `users.yaml`: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`.
    public var phc: String {
        func text(_ bytes: [UInt8]) -> String {
            Data(bytes).base64EncodedString().replacing("=", with: "")
        }
        return "$scrypt$ln=\(costLog),r=\(blockSize),p=\(parallelism)$\(text(salt))$\(text(key))"
    }

    /// Whether a password is the one that was hashed.
    func isRight(_ password: String) -> Bool {
        guard !password.isEmpty, let found = derive(password) else { return false }
        return SHA256.hash(data: found) == SHA256.hash(data: key) && found.count == key.count
    }

    /// Texts that look alike are one password: NFC first.
    func derive(_ password: String) -> [UInt8]? {
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        guard !bytes.isEmpty, !salt.isEmpty else { return nil }
        let key = try? KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: Self.keyLength, rounds: 1 << Int(costLog),
            blockSize: Int(blockSize), parallelism: Int(parallelism))
        // The bytes are copied out of the key, which wipes its own.
        return key.map { $0.withUnsafeBytes { Array($0) } }
    }
}
