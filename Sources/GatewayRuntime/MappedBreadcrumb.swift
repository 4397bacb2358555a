public import GatewayPorts
import Glibc

/// A breadcrumb in a mapped file: a store to memory that survives the process.
///
/// Layout, in 64-bit words: magic, the input being taken in (0 for none), then pairs of digest and crash
/// count.
public final class MappedBreadcrumb: Breadcrumb, @unchecked Sendable {
    // Unchecked: the mapping is written by the holder of the core gate's turn only; `suspects` never changes.
    private let words: UnsafeMutablePointer<UInt64>
    /// Digests of inputs during which the process ended.
    public let suspects: [UInt64]

    private static let magic: UInt64 = 0x616e_6a75_6372_756d
    /// Inputs remembered as having crashed the gateway; the oldest is forgotten beyond it.
    public static let suspectLimit = 31
    private static let wordCount = 2 + suspectLimit * 2
    private static let byteCount = wordCount * MemoryLayout<UInt64>.size

    /// Opens or makes the file, and counts a crash when an input was being taken in at the end.
    ///
    /// - Returns: nil when it cannot be mapped; the gateway works without.
    public init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // With its blocks on disk now: a store to a hole of a full disk would end the process.
        guard ftruncate(descriptor, off_t(Self.byteCount)) == 0,
            posix_fallocate(descriptor, 0, off_t(Self.byteCount)) == 0
        else { return nil }
        let mapped = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { return nil }
        let words = mapped.bindMemory(to: UInt64.self, capacity: Self.wordCount)
        if words[0] != Self.magic {
            for index in 0..<Self.wordCount { words[index] = 0 }
            words[0] = Self.magic
        }
        var known = (0..<Self.suspectLimit).map { (digest: words[2 + $0 * 2], crashes: words[3 + $0 * 2]) }
            .filter { $0.digest != 0 }
        let culprit = words[1]
        words[1] = 0
        if culprit != 0 {
            if let place = known.firstIndex(where: { $0.digest == culprit }) {
                known[place].crashes += 1
            } else {
                known.append((culprit, 1))
            }
        }
        known = Array(known.suffix(Self.suspectLimit))
        for index in 0..<Self.suspectLimit {
            words[2 + index * 2] = index < known.count ? known[index].digest : 0
            words[3 + index * 2] = index < known.count ? known[index].crashes : 0
        }
        self.words = words
        suspects = known.filter { $0.crashes >= UInt64(crashLimit) }.map(\.digest)
    }

    deinit { munmap(words, Self.byteCount) }

    /// Marks that an input is being taken in.
    public func enter(_ digest: UInt64) { words[1] = digest }

    /// Marks that it was taken in.
    public func leave() { words[1] = 0 }
}
