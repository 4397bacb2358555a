/// The keys of this target's log metadata.
enum LogKeys {
    static let deliveryReason = "delivery.reason"
}
