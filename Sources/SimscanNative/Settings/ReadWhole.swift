import SystemPackage

/// All bytes of a control file; nil where there is no such file.
///
/// Throws `ControlFileFailure` where it cannot be opened or read, or is longer than `maximumBytes`.
package func readWhole(_ path: String, maximumBytes: Int) throws(ControlFileFailure) -> [UInt8]? {
    do {
        // A FilePath would be made of arrays of a type that no process has yet.
        let descriptor = try path.withCString { try FileDescriptor.open($0, .readOnly, options: [.closeOnExec]) }
        defer { try? descriptor.close() }
        var bytes: [UInt8] = []
        // Most files take two reads: the second sees the end.
        return try withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { room in
            while true {
                let count = try descriptor.read(into: room)
                if count == 0 { return bytes }
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<count]))
                guard bytes.count <= maximumBytes else {
                    throw ControlFileFailure(
                        path: path, reason: "is longer than " + String(maximumBytes) + " bytes")
                }
            }
        }
    } catch let error as Errno {
        if error == .noSuchFileOrDirectory { return nil }
        throw ControlFileFailure(path: path, reason: "cannot be read: " + error.description)
    } catch let error as ControlFileFailure {
        throw error
    } catch {
        throw ControlFileFailure(path: path, reason: "cannot be read")
    }
}
