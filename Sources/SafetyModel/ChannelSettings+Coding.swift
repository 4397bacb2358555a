extension ChannelSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(name)
        writer.write(audience.rawValue)
        writer.write(timeout)
        writer.write(way)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            name: try reader.readString(), audience: try reader.readCase(),
            timeout: try reader.readDuration(), way: try reader.read())
    }
}

extension ChannelWay: ByteCodable {
    /// A byte that names the way, then its settings.
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .robot(let settings): writer.write(tag: 0, settings)
        case .modem(let settings): writer.write(tag: 1, settings)
        case .provider(let settings): writer.write(tag: 2, settings)
        case .mail(let settings): writer.write(tag: 3, settings)
        case .topic(let settings): writer.write(tag: 4, settings)
        case .command(let settings): writer.write(tag: 5, settings)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.read(UInt8.self) {
        case 0: self = .robot(try reader.read())
        case 1: self = .modem(try reader.read())
        case 2: self = .provider(try reader.read())
        case 3: self = .mail(try reader.read())
        case 4: self = .topic(try reader.read())
        case 5: self = .command(try reader.read())
        default: throw reader.failure("a way of a channel")
        }
    }
}

extension RobotSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(maker.rawValue)
        writer.write(urlFile)
        writer.write(text: secretFile)
        // One byte, of which sites stored before mentions have the lowest bit only.
        writer.write(UInt8(usesMarkdown ? 1 : 0) | mention.rawValue << 1 | (mentionsAll ? 8 : 0))
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            maker: try reader.readCase(), urlFile: try reader.readString(),
            secretFile: try reader.readText())
        let marks = try reader.read(UInt8.self)
        guard marks < 16, let mention = Mention(rawValue: marks >> 1 & 3) else {
            throw reader.failure("the marks of a robot")
        }
        usesMarkdown = marks & 1 != 0
        self.mention = mention
        mentionsAll = marks & 8 != 0
    }
}

extension ModemSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        for folder in [outbox, sent, errors] { writer.write(folder) }
        writer.write(text: inbox)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            outbox: try reader.readString(), sent: try reader.readString(), errors: try reader.readString(),
            inbox: try reader.readText())
    }
}

extension ProviderSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(service.rawValue)
        writer.write(url)
        writer.write(method)
        writer.writeEach(headers) { $0.write($1) }
        writer.write(text: secretFile)
        switch body {
        case .none: writer.write(UInt8(0))
        case .json(let text):
            writer.write(UInt8(1))
            writer.write(text)
        case .form(let fields):
            writer.write(UInt8(2))
            writer.writeEach(fields) { $0.write($1) }
        }
        writer.write(text: successPath)
        writer.writeEach(successValues) { $0.write($1) }
        writer.write(takesReplies)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(service: try reader.readCase(), url: try reader.readString())
        method = try reader.readString()
        headers = try reader.readNamedTexts()
        secretFile = try reader.readText()
        switch try reader.read(UInt8.self) {
        case 0: body = .none
        case 1: body = .json(try reader.readString())
        case 2: body = .form(try reader.readNamedTexts())
        default: throw reader.failure("a body")
        }
        successPath = try reader.readText()
        successValues = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        takesReplies = try reader.readBool()
    }
}

extension NamedText: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(name)
        writer.write(text)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(name: try reader.readString(), text: try reader.readString())
    }
}

extension MailSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(host)
        writer.write(sender)
        writer.write(port)
        writer.write(security.rawValue)
        for text in [user, passwordFile, authorityFile] { writer.write(text: text) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(host: try reader.readString(), sender: try reader.readString())
        port = try reader.read()
        security = try reader.readCase()
        user = try reader.readText()
        passwordFile = try reader.readText()
        authorityFile = try reader.readText()
    }
}

extension TopicSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(topic)
        writer.write(onPayload)
        writer.write(text: offPayload)
        writer.write(isRetained)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            topic: try reader.readString(), onPayload: try reader.readString(),
            offPayload: try reader.readText())
        isRetained = try reader.readBool()
    }
}

extension CommandSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(arguments) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            arguments: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() })
    }
}

extension ByteWriter {
    fileprivate mutating func write(tag: UInt8, _ settings: some ByteCodable) {
        write(tag)
        write(settings)
    }

    mutating func write(text: String?) { writeOptional(text) { $0.write($1) } }
}

extension ByteReader {
    mutating func readText() throws(ByteCodingError) -> String? {
        try readOptional { (reader) throws(ByteCodingError) in try reader.readString() }
    }

    fileprivate mutating func readNamedTexts() throws(ByteCodingError) -> [NamedText] {
        try readEach { (reader) throws(ByteCodingError) in try reader.read(NamedText.self) }
    }
}
