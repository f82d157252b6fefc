import SimscanNative

/// `simcontrol.cdb`: look-ups in a file of any bytes, and the record that is found.
let cdbTarget = FuzzTarget(name: "cdb") { input, plant in
    var keys = ["", "example.com", "a@example.com", "x"].map { Array($0.utf8) }
    var walk = CdbWalk(input)
    while keys.count < 12, let record = walk.next() { keys.append(Array(record.key)) }
    // Where the file is larger than what is read at first, the same bytes are read piece by piece.
    for file in [input, input + [UInt8](repeating: 0, count: 8192)] {
        for key in keys {
            guard let value = value(of: key, in: file) else { continue }
            require(value.isEmpty || contains(file, value), "a value that does not stand in the file")
            do throws(SimcontrolError) { _ = try SimcontrolRecord(text: value) } catch {
                require(!error.description.utf8.contains(UInt8(ascii: "\n")), "a line break in the description")
            }
            plant.step(on: value)
        }
    }
}

private func value(of key: [UInt8], in file: [UInt8]) -> [UInt8]? {
    var reads = 0
    do throws(CdbFailure) {
        let reader = try CdbReader { (offset, count) throws(CdbFailure) in
            reads += 1
            require(offset >= 0 && count >= 0 && count <= 2 << 20, "a read of \(count) bytes at \(offset)")
            return offset < file.count ? Array(file[offset..<min(offset + count, file.count)]) : []
        }
        let value = try reader.value(of: key)
        require(reads <= 2 + file.count / 8 * 3, "\(reads) reads")
        return value
    } catch {
        return nil
    }
}

private func contains(_ file: [UInt8], _ value: [UInt8]) -> Bool {
    guard let first = value.first, value.count <= file.count else { return false }
    return (0...(file.count - value.count)).contains { start in
        file[start] == first && file[start..<(start + value.count)].elementsEqual(value)
    }
}
