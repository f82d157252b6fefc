/// Takes a line of a log apart: stamp, host and program, then the classic form or JSON.
struct LogParser {
    private var stamp = LogStamp()
    private var json = LogJSONReader()

    /// What each scanner had to do with the message of the last event; JSON lines alone say it.
    var scanners: [LogJSONReader.Scanner] { json.scanners }

    /// The event of a line; nil where the line is not simscan's.
    ///
    /// What it points to is valid until the next line.
    mutating func read(_ line: Bytes) -> LogEvent? {
        let (seconds, end) = stamp.read(line)
        json.scanners.removeAll(keepingCapacity: true)
        guard let start = Self.body(line, from: end) else { return nil }
        let body = line.part(start, line.count)
        var event = body.first == UInt8(ascii: "{") ? json.read(body) : Self.classic(body)
        if let seconds { event?.time = seconds }
        return event
    }

    /// Where simscan's own text begins, behind nothing or `HOST` and `PROGRAM:`.
    ///
    /// Nothing else may stand before it: a line of another program that quotes one of ours is not ours.
    private static func body(_ line: Bytes, from start: Int) -> Int? {
        var position = start
        for words in 0...2 {
            if line.starts("simscan:[", at: position) || line.starts("{\"", at: position) {
                return words == 0 || line[position - 2] == UInt8(ascii: ":") ? position : nil
            }
            guard let blank = line.index(of: 0x20, from: position), blank > position else { return nil }
            position = blank + 1
        }
        return nil
    }

    /// `simscan:[PPID]:STATE (SCORES):SECONDSs:WHAT:IP:FROM:RCPTS`, a Message-ID behind it where it is logged.
    private static func classic(_ line: Bytes) -> LogEvent? {
        let colon = UInt8(ascii: ":")
        guard let number = line.number(from: 9), line.starts("]:", at: number.end) else { return nil }
        let stateStart = number.end + 2
        // A colon cannot stand in the scores.
        guard let stateEnd = line.index(of: colon, from: stateStart),
            let secondsEnd = line.index(of: colon, from: stateEnd + 1), secondsEnd - stateEnd > 2,
            line[secondsEnd - 1] == UInt8(ascii: "s")
        else { return nil }
        var event = LogEvent()
        var state = line.part(stateStart, stateEnd)
        if let bracket = state.index(of: UInt8(ascii: "(")) { state = state.part(0, bracket) }
        while state.last == 0x20 { state = state.part(0, state.count - 1) }
        guard event.set(state: state) else { return nil }
        event.seconds = line.part(stateEnd + 1, secondsEnd - 1).decimal

        // The classic program's subjects have colons of their own, so the last fields are counted from the end.
        var colons = (line.count, line.count, line.count, line.count)
        var found = 0
        var position = line.count - 1
        while position > secondsEnd, found < 4 {
            if line[position] == colon {
                found += 1
                switch found {
                case 1: colons.0 = position
                case 2: colons.1 = position
                case 3: colons.2 = position
                default: colons.3 = position
                }
            }
            position -= 1
        }
        guard found >= 3 else { return nil }
        let last = line.part(colons.0 + 1, line.count)
        let hasMessageID = found == 4 && (last.isSame("-") || (last.first == 0x3C && last.last == 0x3E))
        if hasMessageID {
            event.sender = line.part(colons.2 + 1, colons.1)
            event.what = line.part(secondsEnd + 1, colons.3)
        } else {
            event.sender = line.part(colons.1 + 1, colons.0)
            event.what = line.part(secondsEnd + 1, colons.2)
        }
        return event
    }
}
