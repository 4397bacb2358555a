/// A trace that survives a crash: which input was being taken in.
///
/// It is written before each input and costs nanoseconds; after a crash the next start learns who did it.
public protocol Breadcrumb: AnyObject, Sendable {
    /// Digests of inputs that crashed the gateway `crashLimit` times or more.
    var suspects: [UInt64] { get }

    /// An input is about to be taken in.
    func enter(_ digest: UInt64)

    /// All inputs of the batch were taken in.
    func leave()
}

/// How often an input may crash the gateway before it is set aside: once may have been chance.
public let crashLimit = 2
