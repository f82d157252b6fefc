import Fakes

/// A message for the demo, and what must become of it.
struct Sample {
    /// Where a message is when simscan has ended.
    enum Destination: String {
        case queue = "the queue"
        case refused = "nowhere: refused"
        case deferred = "nowhere: deferred"
        /// The sender was told that it was taken.
        case dropped = "nowhere: dropped"
    }

    /// The state in the log line, the exit status, the destination.
    struct Expectation {
        let state: String
        let exitStatus: Int32
        let destination: Destination
    }

    let name: String
    let message: [UInt8]
    let sender: String
    let recipients: [String]
    /// Nil for a message that nobody knows.
    let expected: Expectation?
    let clamdIsDown: Bool

    init(
        _ name: String, _ message: [UInt8], from sender: String = "alice@example.org",
        to recipients: [String] = ["bob@example.com"], clamdIsDown: Bool = false, expected: Expectation?
    ) {
        self.name = name
        self.message = message
        self.sender = sender
        self.recipients = recipients
        self.clamdIsDown = clamdIsDown
        self.expected = expected
    }

    /// The tour.
    static let all = [
        Sample(
            "a clean one", SampleMessages.clean,
            expected: Expectation(state: "CLEAN", exitStatus: 0, destination: .queue)),
        Sample(
            "the EICAR test virus", SampleMessages.eicar,
            expected: Expectation(state: "VIRUS", exitStatus: 82, destination: .refused)),
        Sample(
            "the GTUBE test spam", SampleMessages.gtube,
            expected: Expectation(state: "SPAM REJECT", exitStatus: 82, destination: .refused)),
        Sample(
            "an attachment trojan.exe", SampleMessages.trojan,
            expected: Expectation(state: "ATTACH", exitStatus: 82, destination: .refused)),
        Sample(
            "a clean one, clamd is down", SampleMessages.clean, clamdIsDown: true,
            expected: Expectation(state: "ERROR", exitStatus: 82, destination: .deferred)),
    ]
}
