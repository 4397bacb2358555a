extension DeskUser: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(name)
        writer.write(role.rawValue)
        writer.writeOptional(responder) { $0.write($1) }
        writer.write(password.costLog)
        writer.write(password.blockSize)
        writer.write(password.parallelism)
        writer.write(password.salt)
        writer.write(password.key)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let id = try reader.readString()
        let name = try reader.readString()
        let role = try reader.readCase(DeskRole.self)
        let responder = try reader.readOptional { (reader) throws(ByteCodingError) in
            try reader.readString()
        }
        let password = ScryptHash(
            costLog: try reader.read(), blockSize: try reader.read(), parallelism: try reader.read(),
            salt: try reader.readBytes(), key: try reader.readBytes())
        self.init(id: id, name: name, role: role, responder: responder, password: password)
    }
}
