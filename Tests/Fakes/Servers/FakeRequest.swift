/// One complete request, as a fake received it.
package struct FakeRequest: Sendable, Equatable {
    /// The number of its connection, from 1 on.
    package var connection: Int
    /// The protocol's own word: `PING`, `INSTREAM`, `PROCESS`, or the path that trophie was asked for.
    package var command: String
    /// The bytes before the message: the command, for spamd the whole head with its empty line.
    package var head: [UInt8]
    /// spamd's `User:`, where there was one.
    package var user: String?
    /// The message as it was scanned; empty where the command has none.
    package var message: [UInt8]
    /// The lengths of clamd's chunks; empty for the others.
    package var chunks: [Int]
    /// Whether the client had closed its half of the connection behind the request.
    package var halfClosed: Bool

    package init(
        connection: Int, command: String, head: [UInt8], user: String? = nil, message: [UInt8] = [],
        chunks: [Int] = [], halfClosed: Bool = false
    ) {
        self.connection = connection
        self.command = command
        self.head = head
        self.user = user
        self.message = message
        self.chunks = chunks
        self.halfClosed = halfClosed
    }
}
