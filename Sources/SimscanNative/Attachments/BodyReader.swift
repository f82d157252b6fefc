/// One reading of a part's body: how it is encoded, and who reads what comes out.
final class BodyReader {
    private let content: PartContent
    private let decoder: any ByteSink

    init(_ encoding: TransferEncoding, content: PartContent) {
        self.content = content
        switch encoding {
        case .identity: decoder = content
        case .base64: decoder = Base64Decoder(into: content)
        case .quotedPrintable: decoder = QuotedPrintableDecoder(into: content)
        // The file stands in its lines with a name of its own.
        case .uuencode: decoder = EmbeddedFiles(place: content.place)
        }
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        if !content.isDone { decoder.take(bytes) }
    }

    func end() { decoder.end() }
}
