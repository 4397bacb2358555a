extension GatewaySettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(broker)
        writer.write(store)
        writer.writeOptional(http) { $0.write($1) }
        writer.writeEach(webhooks) { $0.write($1) }
        writer.writeOptional(heartbeat) { $0.write($1) }
        writer.write(language)
        writer.write(isDemonstration)
        writer.write(text: responderTokensFile)
        writer.writeEach(channels) { $0.write($1) }
        writer.writeEach(templates) { $0.write($1) }
        writer.writeEach(sirenKinds) { $0.write($1) }
        writer.write(speaksInHomes)
        writer.writeEach(users) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        broker = try reader.read()
        store = try reader.read()
        http = try reader.readOptional { (reader) throws(ByteCodingError) in
            try reader.read(HTTPSettings.self)
        }
        webhooks = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(WebhookSettings.self)
        }
        heartbeat = try reader.readOptional { (reader) throws(ByteCodingError) in
            try reader.read(HeartbeatSettings.self)
        }
        language = try reader.readString()
        isDemonstration = try reader.readBool()
        responderTokensFile = try reader.readText()
        channels = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(ChannelSettings.self)
        }
        templates = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(MessageTemplate.self)
        }
        sirenKinds = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        speaksInHomes = try reader.readBool()
        users = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(DeskUser.self) }
    }
}

extension BrokerSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(host)
        writer.write(port)
        writer.write(clientID)
        writer.writeEach(subscriptions) { $0.write($1) }
        for text in [user, passwordFile, authorityFile, certificateFile, keyFile] { writer.write(text: text) }
        writer.write(keepAlive)
        writer.write(Int64(payloadLimit))
        writer.write(Int64(batchLimit))
        writer.write(Int64(floodLimit))
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        host = try reader.readString()
        port = try reader.read()
        clientID = try reader.readString()
        subscriptions = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        user = try reader.readText()
        passwordFile = try reader.readText()
        authorityFile = try reader.readText()
        certificateFile = try reader.readText()
        keyFile = try reader.readText()
        keepAlive = try reader.readDuration()
        payloadLimit = Int(try reader.read(Int64.self))
        batchLimit = Int(try reader.read(Int64.self))
        floodLimit = Int(try reader.read(Int64.self))
    }
}

extension StoreSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(path)
        writer.write(journalRetention)
        writer.write(incidentRetention)
        writer.write(sizeLimit)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        path = try reader.readString()
        journalRetention = try reader.readDuration()
        incidentRetention = try reader.readDuration()
        sizeLimit = try reader.read()
    }
}

extension HTTPSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(host)
        writer.write(port)
        for text in [tokenFile, publicURL, certificateFile, keyFile, consoleFolder] {
            writer.write(text: text)
        }
        writer.write(allowsPlainHTTP)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        host = try reader.readString()
        port = try reader.read()
        tokenFile = try reader.readText()
        publicURL = try reader.readText()
        certificateFile = try reader.readText()
        keyFile = try reader.readText()
        consoleFolder = try reader.readText()
        allowsPlainHTTP = try reader.readBool()
    }
}

extension WebhookSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(name)
        writer.write(url)
        writer.write(text: secretFile)
        writer.write(timeout)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(name: try reader.readString(), url: try reader.readString())
        secretFile = try reader.readText()
        timeout = try reader.readDuration()
    }
}

extension HeartbeatSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(url)
        writer.write(text: secretFile)
        writer.write(interval)
        writer.write(timeout)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(url: try reader.readString())
        secretFile = try reader.readText()
        interval = try reader.readDuration()
        timeout = try reader.readDuration()
    }
}
