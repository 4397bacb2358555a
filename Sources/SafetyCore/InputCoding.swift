import Escalation
public import SafetyModel

/// The journal's coding of a batch of inputs: compact, little endian, one batch in one run of bytes.
///
/// A message keeps its normalised observations; its raw payload only where it made or changed an alarm or
/// failed to decode.
public enum InputCoding {
    /// The version of the layout, the first byte.
    ///
    /// Acts are only appended, so that batches of the versions before are read too.
    public static let version: UInt8 = 2
    /// The oldest version that is read.
    public static let oldestVersion: UInt8 = 1

    /// Writes a batch.
    ///
    /// - Parameter keptPayloads: places of the inputs whose payload is kept, ascending.
    public static func encode(_ batch: InputBatch, keptPayloads: [Int], into writer: inout ByteWriter) {
        writer.write(version)
        writer.write(UInt32(batch.inputs.count))
        var kept = keptPayloads.startIndex
        for place in batch.inputs.indices {
            var keeps = false
            if kept < keptPayloads.endIndex && keptPayloads[kept] == place {
                keeps = true
                kept += 1
            }
            encode(batch.inputs[place], of: batch, keepsPayload: keeps, into: &writer)
        }
        writer.writeEach(batch.deliveryKeys) { $0.write($1) }
    }

    /// Reads a batch; it fills `batch`, whose storage is reused.
    ///
    /// - Throws: `ByteCodingError` when the bytes are not a batch of this version.
    public static func decode(_ bytes: [UInt8], into batch: inout InputBatch) throws(ByteCodingError) {
        batch.removeAll()
        var reader = ByteReader(bytes)
        guard (oldestVersion...version).contains(try reader.read(UInt8.self)) else {
            throw reader.failure("input version \(version)")
        }
        let count = try reader.read(UInt32.self)
        for _ in 0..<count { try decodeInput(from: &reader, into: &batch) }
        let keys = try reader.read(UInt32.self)
        for _ in 0..<keys { batch.deliveryKeys.append(try reader.read()) }
        guard reader.isAtEnd else { throw reader.failure("the end of the batch") }
    }

    private enum Tag: UInt8 {
        case message = 1
        case undecoded, command, delivered, failed, rejected, tick, linkUp, linkDown, caughtUp, restarted
        case wallOffset, gateway, site, visit, desk
    }

    private static func encode(
        _ input: CoreInput, of batch: InputBatch, keepsPayload: Bool, into writer: inout ByteWriter
    ) {
        switch input {
        case .message(let message): encode(message, of: batch, keepsPayload: keepsPayload, into: &writer)
        case .undecoded(let message):
            writer.write(Tag.undecoded.rawValue)
            writer.write(message.device.value)
            writer.write(message.reason)
            writer.write(batch.payloads[Int(message.payload.lowerBound)..<Int(message.payload.upperBound)])
        case .command(let command): encode(command, into: &writer)
        case .desk(let command):
            writer.write(Tag.desk.rawValue)
            writer.write(command)
        case .report(let report): encode(report, into: &writer)
        case .tick: writer.write(Tag.tick.rawValue)
        case .link(let isUp): writer.write(isUp ? Tag.linkUp.rawValue : Tag.linkDown.rawValue)
        case .caughtUp: writer.write(Tag.caughtUp.rawValue)
        case .restarted: writer.write(Tag.restarted.rawValue)
        case .wallOffset(let offset):
            writer.write(Tag.wallOffset.rawValue)
            writer.write(offset)
        case .gateway(let condition):
            writer.write(Tag.gateway.rawValue)
            writer.write(condition.kind.rawValue)
            writer.write(condition.isActive)
            writer.write(condition.detail)
        case .site(let hash):
            writer.write(Tag.site.rawValue)
            writer.write(hash)
        case .visit(let visit):
            writer.write(Tag.visit.rawValue)
            writer.write(visit)
        }
    }

    private static func encode(
        _ message: DeviceMessage, of batch: InputBatch, keepsPayload: Bool, into writer: inout ByteWriter
    ) {
        writer.write(Tag.message.rawValue)
        writer.write(message.device.value)
        var flags: UInt8 = message.isRetained ? 1 : 0
        if message.deviceTime != nil { flags |= 2 }
        if keepsPayload { flags |= 4 }
        writer.write(flags)
        if let time = message.deviceTime { writer.write(time.milliseconds) }
        writer.write(UInt16(message.observations.count))
        for place in message.observations { batch.observations[Int(place)].encode(into: &writer) }
        if keepsPayload {
            writer.write(batch.payloads[Int(message.payload.lowerBound)..<Int(message.payload.upperBound)])
        }
    }

    private static func encode(_ command: PersonCommand, into writer: inout ByteWriter) {
        writer.write(Tag.command.rawValue)
        writer.write(command.incident.number)
        writer.write(command.responder)
        writer.write(command.origin)
        writer.write(command.reference)
        switch command.act {
        case .acknowledge: writer.write(UInt8(0))
        case .onScene: writer.write(UInt8(1))
        case .needHelp: writer.write(UInt8(2))
        case .close(let disposition):
            writer.write(UInt8(3))
            writer.write(disposition.rawValue)
        case .handOver(let other):
            writer.write(UInt8(4))
            writer.write(other)
        case .note(let text):
            writer.write(UInt8(5))
            writer.write(text)
        }
    }

    private static func encode(_ report: DeliveryReport, into writer: inout ByteWriter) {
        switch report.result {
        case .delivered: writer.write(Tag.delivered.rawValue)
        case .failed: writer.write(Tag.failed.rawValue)
        case .rejected: writer.write(Tag.rejected.rawValue)
        }
        writer.write(report.order.incident.number)
        writer.write(report.order.number)
        writer.write(report.attempt)
        switch report.result {
        case .delivered: break
        case .failed(let reason), .rejected(let reason): writer.write(reason)
        }
    }

    private static func decodeInput(
        from reader: inout ByteReader, into batch: inout InputBatch
    ) throws(ByteCodingError) {
        let tag: Tag = try reader.readCase()
        switch tag {
        case .message: try decodeMessage(from: &reader, into: &batch)
        case .undecoded:
            let device = DeviceIndex(Int(try reader.read(Int32.self)))
            let reason = try reader.readString()
            let payload = batch.append(payload: try reader.readBytes())
            batch.inputs.append(
                .undecoded(UndecodedMessage(device: device, reason: reason, payload: payload)))
        case .command: batch.inputs.append(.command(try decodeCommand(from: &reader)))
        case .desk: batch.inputs.append(.desk(try reader.read()))
        case .delivered, .failed, .rejected:
            batch.inputs.append(.report(try decodeReport(tag, from: &reader)))
        case .tick: batch.inputs.append(.tick)
        case .linkUp: batch.inputs.append(.link(isUp: true))
        case .linkDown: batch.inputs.append(.link(isUp: false))
        case .caughtUp: batch.inputs.append(.caughtUp)
        case .restarted: batch.inputs.append(.restarted)
        case .wallOffset: batch.inputs.append(.wallOffset(try reader.readDuration()))
        case .gateway:
            let kind: GatewayCondition.Kind = try reader.readCase()
            let isActive = try reader.readBool()
            batch.inputs.append(
                .gateway(GatewayCondition(kind, isActive: isActive, detail: try reader.readString())))
        case .site: batch.inputs.append(.site(hash: try reader.read()))
        case .visit: batch.inputs.append(.visit(try reader.read()))
        }
    }

    private static func decodeMessage(
        from reader: inout ByteReader, into batch: inout InputBatch
    ) throws(ByteCodingError) {
        let device = DeviceIndex(Int(try reader.read(Int32.self)))
        let flags = try reader.read(UInt8.self)
        let time = flags & 2 != 0 ? try reader.readWallTime() : nil
        let first = batch.observations.count
        let count = try reader.read(UInt16.self)
        for _ in 0..<count { batch.observations.append(try reader.read()) }
        let payload = flags & 4 != 0 ? batch.append(payload: try reader.readBytes()) : 0..<0
        batch.append(
            from: device, deviceTime: time, isRetained: flags & 1 != 0, firstObservation: first,
            payload: payload)
    }

    private static func decodeCommand(from reader: inout ByteReader) throws(ByteCodingError) -> PersonCommand
    {
        var command = PersonCommand(
            incident: IncidentID(try reader.read()), responder: try reader.readString(), act: .acknowledge,
            origin: try reader.readString(), reference: try reader.readString())
        switch try reader.read(UInt8.self) {
        case 0: command.act = .acknowledge
        case 1: command.act = .onScene
        case 2: command.act = .needHelp
        case 3: command.act = .close(try reader.readCase())
        case 4: command.act = .handOver(to: try reader.readString())
        case 5: command.act = .note(try reader.readString())
        default: throw reader.failure("an act")
        }
        return command
    }

    private static func decodeReport(
        _ tag: Tag, from reader: inout ByteReader
    ) throws(ByteCodingError) -> DeliveryReport {
        let order = OrderID(incident: IncidentID(try reader.read()), number: try reader.read())
        let attempt = try reader.read(Int32.self)
        switch tag {
        case .delivered: return DeliveryReport(order: order, attempt: attempt, result: .delivered)
        case .failed:
            return DeliveryReport(
                order: order, attempt: attempt, result: .failed(reason: try reader.readString()))
        default:
            return DeliveryReport(
                order: order, attempt: attempt, result: .rejected(reason: try reader.readString()))
        }
    }
}
