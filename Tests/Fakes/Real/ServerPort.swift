/// Ports for real servers, which cannot tell which one they got.
enum ServerPort {
    /// Starts a server on a port, or on one that was free a moment ago; another program may take that first.
    static func retrying<Server>(
        at host: String, port: UInt16?, _ start: (_ address: String, _ port: String) throws -> Server
    ) throws -> Server {
        if let port { return try start("tcp:\(host):\(port)", "\(port)") }
        for _ in 0..<2 {
            let (address, port) = try free(at: host)
            if let server = try? start(address, port) { return server }
        }
        let (address, port) = try free(at: host)
        return try start(address, port)
    }

    /// Whether a server answers this question with this text.
    static func answers(_ address: String, _ question: String, _ answer: String) -> Bool {
        guard let client = try? FakeClient(to: address, isBlocking: false), client.isConnected(upTo: .seconds(5)),
            (try? client.send(question)) != nil
        else { return false }
        client.halfClose()
        return (try? client.readToEnd(upTo: .seconds(5))) == Array(answer.utf8)
    }

    private static func free(at host: String) throws -> (address: String, port: String) {
        let place = try FakeServer(at: .tcp(host: host), door: .closed) { _ in }
        defer { place.stop() }
        return (place.address, String(place.address.split(separator: ":").last ?? ""))
    }
}
