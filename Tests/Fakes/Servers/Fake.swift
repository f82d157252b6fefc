/// A fake of a server that simscan or qmail talks to: a `FakeServer` with that server's protocol as its script.
package protocol Fake: Sendable {
    /// The server underneath.
    var server: FakeServer { get }
}

extension Fake {
    /// The address as simscan.conf takes it.
    package var address: String { server.address }
    /// What clients did that they must not do; empty is good. Complete once `waitUntilIdle()` has returned.
    package var problems: [String] { server.problems }
    /// The clients that left in the middle of something, which a client may do.
    package var departures: [String] { server.departures }
    /// The complete requests so far.
    package var requests: [FakeRequest] { server.requests }

    /// Ends all connections and closes the socket.
    package func stop() { server.stop() }

    /// Waits until every connection has ended.
    @discardableResult
    package func waitUntilIdle(upTo limit: Duration = .seconds(10)) -> Bool { server.waitUntilIdle(upTo: limit) }
}
