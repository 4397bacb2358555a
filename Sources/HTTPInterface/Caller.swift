import SafetyModel

/// Who asks, proven.
enum Caller: Sendable {
    /// A person with the console.
    case user(DeskUser, session: SessionRegister.Token)
    /// A responder with a token of his own.
    case responder(String)
    /// A program with the API's token.
    case api

    /// As the audit names it.
    var name: String {
        switch self {
        case .user(let user, _): "user:\(user.id)"
        case .responder(let id): "responder:\(id)"
        case .api: "token:api"
        }
    }

    /// As notes and duty checks name whoever writes.
    var author: String {
        switch self {
        case .user(let user, _): user.id
        case .responder(let id): id
        case .api: "api"
        }
    }

    /// Whether it may ask for something.
    func may(_ access: Endpoint.Access) -> Bool {
        switch self {
        case .user(let user, _): Self.may(user.role, access)
        case .responder: access == .open || access == .answer
        case .api: access != .administer && access != .session
        }
    }

    private static func may(_ role: DeskRole, _ access: Endpoint.Access) -> Bool {
        switch access {
        case .open, .read, .session: true
        case .answer, .dispatch: role == .dispatcher || role == .administrator
        case .maintain: role == .technician || role == .administrator
        case .relay: false
        case .administer: role == .administrator
        }
    }
}
