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
        var room = 8192
        while true {
            let before = bytes.count
            // The rest of a regular file comes in one read, so that most files take two: the second sees the end.
            let piece = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if piece.isEmpty { return bytes }
            bytes = before == 0 ? piece : bytes + piece
            guard bytes.count <= maximumBytes else {
                throw ControlFileFailure(
                    path: path, reason: "is longer than " + String(maximumBytes) + " bytes")
            }
            room = max(room, bytes.count)
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
