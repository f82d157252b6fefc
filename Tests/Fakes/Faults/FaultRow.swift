/// One row of a table of faults: what a scanner does wrong, and what the log says of it.
package struct FaultRow<Behaviour>: Sendable, CustomStringConvertible {
    /// What it does, in words.
    package let description: String
    /// A part of the log's error.
    package let error: String
    /// Where the scanner listens.
    package let place: Place
    /// How connections are met there.
    package let door: Door
    /// The setting `deadline`, in seconds: short where nothing but the time ends the scan.
    package let deadline: String
    /// Puts it into the behaviour of a scanner.
    package let change: @Sendable (inout Behaviour) -> Void

    /// - Parameters:
    ///   - description: what it does.
    ///   - error: a part of the log's error.
    ///   - change: puts it into the behaviour of a scanner.
    package init(
        _ description: String, says error: String, at place: Place = .unix, door: Door = .open,
        deadline: String = "20", _ change: @escaping @Sendable (inout Behaviour) -> Void = { _ in }
    ) {
        self.description = description
        self.error = error
        self.place = place
        self.door = door
        self.deadline = deadline
        self.change = change
    }
}

extension FaultRow {
    /// Seconds after which a scanner is given up that does nothing.
    private static var shortTime: String { "0.2" }

    /// Waits until the scanner knows all that its client did wrong, and ends it.
    package func end(_ scanner: some Fake) {
        // One that is silent may not hear that its client has gone (TCP).
        if deadline != Self.shortTime { scanner.waitUntilIdle() }
        scanner.stop()
    }

    /// What can happen to any connection: the same rows for every scanner.
    ///
    /// - Parameters:
    ///   - setFault: puts a fault of the connection into the behaviour.
    ///   - sendsMessage: whether the scanner is sent the message, of more than 100,000 bytes.
    package static func connectionFaults(
        sendsMessage: Bool, _ setFault: @escaping @Sendable (inout Behaviour, Fault) -> Void
    ) -> [FaultRow] {
        var rows: [FaultRow] = []
        for (name, place) in [("unix", Place.unix), ("TCP", Place.tcp())] {
            func add(_ description: String, _ error: String, _ fault: Fault, deadline: String = "20") {
                rows.append(
                    FaultRow("\(name): \(description)", says: error, at: place, deadline: deadline) {
                        setFault(&$0, fault)
                    })
            }
            rows.append(FaultRow("\(name): nobody listens", says: "Connection refused", at: place, door: .closed))
            rows.append(
                FaultRow(
                    "\(name): connections are taken and never served", says: "no answer in time", at: place,
                    door: .unattended, deadline: FaultRow.shortTime))
            rows.append(
                FaultRow(
                    "\(name): the queue of connections is full", says: "cannot connect", at: place, door: .full,
                    deadline: FaultRow.shortTime))
            add("it closes the connection at once", "", .after(.received(0), .close))
            add("it resets the connection at once", "", .after(.received(0), .reset))
            add("it dies when it has read a few bytes", "", .after(.received(5), .reset))
            add("it reads nothing and says nothing", "no answer in time", .silent, deadline: FaultRow.shortTime)
            add(
                "it is silent in the middle of an answer", "no answer in time", .after(.sent(1), .silence),
                deadline: FaultRow.shortTime)
            add("it closes in the middle of an answer", "", .after(.sent(1), .close))
            add("it resets in the middle of an answer", "", .after(.sent(1), .reset))
            if sendsMessage {
                add("it closes in the middle of the message", "", .after(.received(1000), .close))
                add("it dies in the middle of the message", "", .after(.received(100_000), .reset))
                add(
                    "it is silent in the middle of the message", "no answer in time", .after(.received(1000), .silence),
                    deadline: FaultRow.shortTime)
            }
        }
        return rows
    }
}
