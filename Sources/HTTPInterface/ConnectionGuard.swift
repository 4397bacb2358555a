import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request is not over in time, however slowly its client sends or reads.
///
/// Resting connections are the idle time-out's business (Hummingbird's own); this handler has the time from a
/// request's head to the last byte of the answer in the client's hands. It also closes after an answer that
/// says `Connection: close`: its own side at once, the other after `lingerPatience`, so that a client that is
/// still sending can read why.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let lingerPatience = TimeAmount.seconds(1)
    private let ledger: ConnectionLedger
    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?
    /// Requests whose answer is not out yet; more than one when a client pipelines.
    private var openRequests = 0
    private var closesAfterAnswer = false
    private var isListed = false

    init(ledger: ConnectionLedger, patience: TimeAmount) {
        self.ledger = ledger
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { list(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { unlist(context) }

    func channelActive(context: ChannelHandlerContext) {
        list(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        unlist(context)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            openRequests += 1
            if openRequests == 1 { closeIn(patience, context) }
        case .body: break
        case .end: ledger.setAnswering(true, context.channel)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
            // A stream of events has no end; who does not read it is cut off by its own queue.
            if head.headerFields[.contentType] == EventStream.mediaType {
                deadline?.cancel()
                deadline = nil
            }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
            context.write(data, promise: written)
        }
    }

    private func answered(_ context: ChannelHandlerContext) {
        guard isListed else { return }
        openRequests -= 1
        if closesAfterAnswer {
            context.close(mode: .output, promise: nil)
            closeIn(Self.lingerPatience, context)
        } else if openRequests > 0 {
            closeIn(patience, context)
        } else {
            deadline?.cancel()
            deadline = nil
            ledger.setAnswering(false, context.channel)
        }
    }

    private func closeIn(_ patience: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }

    private func list(_ context: ChannelHandlerContext) {
        guard !isListed else { return }
        isListed = true
        ledger.open(context.channel)
    }

    private func unlist(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        guard isListed else { return }
        isListed = false
        ledger.close(context.channel)
    }
}
