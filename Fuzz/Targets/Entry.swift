import Glibc

/// Something that takes bytes of a stranger: what must hold for any of them is said with ``require(_:_:)``.
struct FuzzTarget: Sendable {
    let name: StaticString
    /// Takes one input. The second argument says whether the bug is planted.
    let take: @Sendable (_ input: [UInt8], _ plant: Plant) -> Void
}

private let targets: [FuzzTarget] = [
    mimeTarget, fieldTarget, envelopeTarget, clamdTarget, spamdTarget, trophieTarget, settingsTarget, simcontrolTarget,
    cdbTarget, compiledTarget,
]

/// The target that `SIMSCAN_FUZZ_TARGET` names.
private let chosen: FuzzTarget = {
    let name = getenv("SIMSCAN_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = targets.first(where: { $0.name.description == name }) { return target }
    let names = targets.map { $0.name.description }.joined(separator: " ")
    fatalError("SIMSCAN_FUZZ_TARGET is one of: " + names)
}()

private let plant = Plant(isOn: getenv("SIMSCAN_FUZZ_PLANT").map { String(cString: $0) == "1" } ?? false)

/// What libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.take(Array(UnsafeBufferPointer(start: bytes, count: count)), plant)
    return 0
}

/// Ends the run as a finding where something does not hold.
func require(_ condition: Bool, _ text: @autoclosure () -> String) {
    if !condition { fatalError("does not hold: " + text()) }
}
