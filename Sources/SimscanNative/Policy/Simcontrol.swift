import SystemPackage

/// The records of a control directory, as simscanmk compiled them, open for look-ups.
///
/// It stays the same database while simscanmk puts a new one in its place.
package struct Simcontrol: ~Copyable {
    /// The compiled file's name in the control directory.
    package static let fileName = "simcontrol.cdb"
    /// The source's name in the control directory.
    package static let sourceName = "simcontrol"

    private let path: String
    private let descriptor: FileDescriptor
    private let reader: CdbReader

    /// Opens the database of a control directory.
    ///
    /// Throws `ControlFileFailure` where it cannot be opened or is no constant database. That it does not exist is a
    /// failure too: whoever asks has been told to follow it, and without it nothing would be scanned.
    package init(controlDirectory: String) throws(ControlFileFailure) {
        let path = controlDirectory + "/" + Self.fileName
        let opened: (descriptor: FileDescriptor, reader: CdbReader)
        do throws(CdbFailure) {
            opened = try Self.open(path)
        } catch {
            throw ControlFileFailure(path: path, reason: error.description)
        }
        self.path = path
        (descriptor, reader) = opened
    }

    private static func open(_ path: String) throws(CdbFailure) -> (FileDescriptor, CdbReader) {
        let descriptor: FileDescriptor
        do {
            descriptor = try path.withCString { try FileDescriptor.open($0, .readOnly, options: [.closeOnExec]) }
        } catch {
            throw .unreadable((error as? Errno)?.description ?? "unknown error")
        }
        do throws(CdbFailure) {
            let reader = try CdbReader { (offset, count) throws(CdbFailure) in
                try readAt(offset, count, of: descriptor)
            }
            return (descriptor, reader)
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    deinit { try? descriptor.close() }

    /// The text of the record of this key, `name=value,name=value`; nil where there is none.
    ///
    /// Throws `ControlFileFailure` where the database is damaged.
    package func text(of key: [UInt8]) throws(ControlFileFailure) -> [UInt8]? {
        do throws(CdbFailure) {
            return try reader.value(of: key)
        } catch {
            throw ControlFileFailure(path: path, reason: error.description)
        }
    }

    /// The record of this key; nil where there is none.
    ///
    /// Throws `ControlFileFailure` where the database is damaged, or the record has a value that it cannot have.
    package func record(_ key: [UInt8]) throws(ControlFileFailure) -> SimcontrolRecord? {
        let text = try text(of: key)
        guard let text else { return nil }
        do throws(SimcontrolError) {
            return try SimcontrolRecord(text: text)
        } catch {
            let record = "record " + quoted(String(decoding: key, as: UTF8.self))
            throw ControlFileFailure(path: path, reason: record + ": " + error.description)
        }
    }
}

/// Up to so many bytes of the file, fewer only at its end.
private func readAt(_ offset: Int, _ count: Int, of descriptor: FileDescriptor) throws(CdbFailure) -> [UInt8] {
    do {
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            while filled < count {
                let more = try descriptor.read(
                    fromAbsoluteOffset: Int64(offset + filled), into: .init(rebasing: raw[filled...]))
                if more == 0 { break }
                filled += more
            }
        }
    } catch {
        throw .unreadable((error as? Errno)?.description ?? "unknown error")
    }
}
