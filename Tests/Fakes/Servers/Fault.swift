/// Something that a server does wrong at a certain byte of a conversation.
///
///     .after(.received(1000), .reset)     // dies in the middle of the message
///     .after(.sent(3), .close)            // a cut answer
///     .after(.received(0), .silence)      // takes the connection and is never heard of again
package struct Fault: Sendable, Equatable {
    /// When it happens, counted from the start of the connection in bytes.
    package enum Moment: Sendable, Equatable {
        /// As soon as this many bytes were read; the rest stays in the socket, unread.
        case received(Int)
        /// As soon as this many bytes of answers were written.
        case sent(Int)
    }

    /// What happens.
    package enum Action: Sendable, Equatable {
        /// The connection is closed as a program that exits closes it.
        case close
        /// The connection is reset (`SO_LINGER` of zero; on a unix socket the same as `close`).
        case reset
        /// Nothing is read or written any more, and the connection stays open until the client or the test ends it.
        case silence
    }

    package var moment: Moment
    package var action: Action

    /// A fault at a moment.
    package static func after(_ moment: Moment, _ action: Action) -> Fault {
        Fault(moment: moment, action: action)
    }

    /// The connection is taken and nothing ever comes.
    package static let silent = Fault.after(.received(0), .silence)
}
