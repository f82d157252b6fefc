package import SystemPackage

/// Reads the envelope from a descriptor, up to its final NUL and without waiting for the end of the file.
///
/// - Throws: 54 where it cannot be read whole, 51 where it is larger than any, 11 and 91 where it is wrong (`qmail-queue(8)`).
package func readEnvelope(from descriptor: FileDescriptor) throws(FilterFailure) -> Envelope {
    var parser = EnvelopeParser()
    // One read for all but the longest lists of recipients.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { buffer.deallocate() }
    do {
        while true {
            let count: Int
            do {
                count = try descriptor.read(into: buffer)
            } catch {
                throw FilterFailure(.readError, "envelope: cannot be read: " + Errno(error).description)
            }
            if count == 0 { try parser.reachedEnd() }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
            if let envelope = try parser.received(piece.span) { return envelope }
        }
    } catch let failure as FilterFailure {
        throw failure
    } catch EnvelopeError.cutShort {
        throw FilterFailure(.readError, "envelope: ended before its final NUL")
    } catch EnvelopeError.addressTooLong {
        throw FilterFailure(
            .addressTooLong,
            "envelope: an address is longer than " + String(EnvelopeParser.maximumAddressBytes) + " bytes")
    } catch EnvelopeError.tooLarge {
        throw FilterFailure(
            .outOfMemory, "envelope: longer than " + String(EnvelopeParser.maximumBytes) + " bytes")
    } catch EnvelopeError.wrongFormat(let text) {
        throw FilterFailure(.badEnvelope, "envelope: " + text)
    } catch {
        throw FilterFailure(.internalFault, "envelope: unknown trouble")
    }
}
