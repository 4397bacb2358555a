/// The word that a misspelt one probably means: one letter off for short words, up to three for long ones.
///
/// - Returns: nil when none is near.
public func nearestWord(to word: String, among words: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let wanted = Array(word.lowercased().unicodeScalars)
    let patience = wanted.count < 5 ? 1 : wanted.count < 9 ? 2 : 3
    var best: (word: String, distance: Int)?
    for candidate in words {
        let distance = editDistance(wanted, Array(candidate.lowercased().unicodeScalars))
        guard distance <= patience, distance < max(wanted.count, 1), distance < best?.distance ?? .max else {
            continue
        }
        best = (candidate, distance)
    }
    return best?.word
}

/// The fewest letters to insert, remove, replace or swap to get from one word to the other.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var older = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            current[j] = min(previous[j] + 1, current[j - 1] + 1, replaced)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                current[j] = min(current[j], older[j - 2] + 1)
            }
        }
        (older, previous) = (previous, current)
    }
    return previous[b.count]
}
