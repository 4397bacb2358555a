public import SafetyModel

extension MatchTable: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) { writer.writeEach(states) { $0.write($1) } }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    ///
    /// `isSound` belongs after it.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        states = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        gatherDeadlines()
    }

    /// Whether every state fits a rule book; bytes of another book do not.
    public func isSound(for book: RuleBook) -> Bool {
        states.allSatisfy { state in
            guard book.automata.indices.contains(Int(state.automaton)) else { return false }
            return state.isSound(for: book.automata[Int(state.automaton)])
        }
    }
}

extension MatchState: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(automaton)
        writer.write(device)
        writer.write(truths)
        writer.write(isRaised)
        writer.write(lastDevice)
        writer.write(raisedDevice)
        writer.write(order)
        // Deadlines too: what fell due while nobody could hear is still to fire at its own time.
        writer.write(clockDue)
        writer.write(silenceDue)
        writer.writeEach(entries) { writer, entry in
            writer.write(entry.node)
            writer.write(entry.device)
            writer.write(entry.since)
            writer.write(entry.saidAt)
            writer.write(entry.blind)
            writer.write(entry.hasFired)
        }
        writer.writeEach(partials) { $0.write($1) }
        writer.writeEach(marks) { writer, mark in
            writer.write(mark.node)
            writer.write(mark.device)
            writer.write(mark.moment)
            writer.write(mark.blind)
            writer.write(mark.value)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(automaton: try reader.read(), device: try reader.read(), truths: try reader.read())
        isRaised = try reader.readBool()
        lastDevice = try reader.read()
        raisedDevice = try reader.read()
        order = try reader.read()
        clockDue = try reader.read()
        silenceDue = try reader.read()
        entries = try reader.readEach { (reader) throws(ByteCodingError) in
            ActiveCondition(
                node: try reader.read(), device: try reader.read(), since: try reader.read(),
                saidAt: try reader.read(), blind: try reader.read(), hasFired: try reader.readBool())
        }
        partials = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        marks = try reader.readEach { (reader) throws(ByteCodingError) in
            Mark(
                node: try reader.read(), device: try reader.read(), moment: try reader.read(),
                blind: try reader.read(), value: try reader.readDouble())
        }
    }

    /// Whether its nodes are the automaton's.
    fileprivate func isSound(for automaton: Automaton) -> Bool {
        let nodes = automaton.nodes.count
        return truths.isSound(for: automaton) && entries.allSatisfy { Int($0.node) < nodes }
            && marks.allSatisfy { Int($0.node) < nodes }
            && partials.allSatisfy { match in
                guard Int(match.node) < nodes, case .sequence(let plan) = automaton.nodes[Int(match.node)]
                else { return false }
                return Int(match.matched) <= plan.elements.count
            }
    }
}

extension PartialMatch: ByteCodable {
    func encode(into writer: inout ByteWriter) {
        writer.write(node)
        writer.write(matched)
        writer.write(wasContinued)
        writer.write(start)
        writer.write(moment)
        writer.write(blind)
        writer.write(device)
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            node: try reader.read(), matched: try reader.read(), wasContinued: try reader.readBool(),
            start: try reader.read(), moment: try reader.read(), blind: try reader.read(),
            device: try reader.read())
    }
}

extension Moment: ByteCodable {
    func encode(into writer: inout ByteWriter) {
        writer.write(time)
        writer.write(order)
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(time: try reader.read(), order: try reader.read())
    }
}

extension MatchTally: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(completed)
        writer.write(timedOut)
        writer.write(forgotten)
        writer.writeOptional(toldAt) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        completed = try reader.read()
        timedOut = try reader.read()
        forgotten = try reader.read()
        toldAt = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readInstant() }
    }
}
