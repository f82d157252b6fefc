import SimscanNative

/// `simscan.conf(5)`, as simscanmk checks and compiles it.
let settingsTarget = FuzzTarget(name: "settings") { input, plant in
    let checked = checkSettings(input, file: "simscan.conf")
    check(checked.diagnostics, of: input)
    for record in checked.records { plant.step(on: record.value.utf8) }
    guard !checked.hasErrors else { return }

    // What simscanmk compiles, the filter reads, and it means the same.
    let compiled = compiledFile(checked.records)
    do throws(ControlFileFailure) {
        let settings = try CompiledSettings.settings(in: compiled, path: "simscan.cdb")
        require(settings == checked.settings, "the compiled settings are others")
    } catch {
        require(false, "the compiled settings are refused: " + error.reason)
    }
}

/// `simcontrol(5)`, as simscanmk checks and compiles it.
let simcontrolTarget = FuzzTarget(name: "simcontrol") { input, plant in
    let checked = checkSimcontrol(input, file: "simcontrol", settings: Settings())
    check(checked.diagnostics, of: input)
    require(checked.records.count == checked.lines.count, "a record without a line")
    for record in checked.records { plant.step(on: record.value) }
    guard !checked.hasErrors else { return }

    for (index, record) in checked.records.enumerated() {
        require(!checked.records[..<index].contains { $0.key == record.key }, "a key that comes twice")
        do throws(SimcontrolError) {
            _ = try SimcontrolRecord(text: record.value)
        } catch {
            require(false, "a record that is compiled is refused: " + error.description)
        }
    }
}

/// A compiled `simscan.conf`, first as it is, then with the checksum that its records should have.
let compiledTarget = FuzzTarget(name: "compiled") { input, plant in
    do throws(ControlFileFailure) {
        _ = try CompiledSettings.settings(in: input, path: "simscan.cdb")
    } catch {
        require(!error.reason.utf8.contains(UInt8(ascii: "\n")), "a line break in the reason")
    }

    var walk = CdbWalk(input)
    _ = walk.next()
    var records: [(name: String, value: String)] = []
    while let record = walk.next() {
        records.append((String(decoding: record.key, as: UTF8.self), String(decoding: record.value, as: UTF8.self)))
    }
    do throws(ControlFileFailure) {
        _ = try CompiledSettings.settings(in: compiledFile(records), path: "simscan.cdb")
        for record in records { plant.step(on: record.value.utf8) }
    } catch {
        require(!error.reason.utf8.contains(UInt8(ascii: "\n")), "a line break in the reason")
    }
}

private func check(_ diagnostics: [Diagnostic], of input: [UInt8]) {
    var lines = 1
    for byte in input where byte == UInt8(ascii: "\n") { lines += 1 }
    for diagnostic in diagnostics {
        require((1...lines).contains(diagnostic.line) && diagnostic.column >= 1, "a place outside of the file")
        require(!diagnostic.message.utf8.contains(UInt8(ascii: "\n")), "a line break in a message")
    }
}

/// The records of a constant database, without the hash tables, which the filter does not look at.
private func compiledFile(_ settings: [(name: String, value: String)]) -> [UInt8] {
    var records: [UInt8] = []
    for (key, value) in CompiledSettings.records(for: settings) {
        records += bytes(key.count) + bytes(value.count) + key + value
    }
    let table = bytes(2048 + records.count) + bytes(0)
    return (0..<256).flatMap { _ in table } + records
}

/// 32 bits, low byte first.
private func bytes(_ number: Int) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
}
