import SimscanNative
import Testing

@Suite struct CompiledVersionsTests {
    @Test func `What was written is read back by the scanners' names`() throws {
        let directory = try ControlDirectory()
        let records = [("clamav", "1.4.6/m:62/d:27000"), ("spam", "4.0.1")]
        try writeCdb(
            records.map { (Array($0.0.utf8), Array($0.1.utf8)) }, to: directory.file(CompiledVersions.fileName))
        let read = CompiledVersions(controlDirectory: directory.path)
        #expect(read["clamav"] == "1.4.6/m:62/d:27000")
        #expect(read["spam"] == "4.0.1")
        #expect(read["trophie"] == nil)
    }

    @Test func `What is absent or damaged is not known, and no failure`() throws {
        let directory = try ControlDirectory()
        #expect(CompiledVersions(controlDirectory: directory.path) == CompiledVersions())
        for bytes in [
            [], Array("4.0.1".utf8), [UInt8](repeating: 0xff, count: 5000), [UInt8](repeating: 0, count: 99_999),
        ] {
            try directory.write(bytes, to: CompiledVersions.fileName)
            #expect(CompiledVersions(controlDirectory: directory.path) == CompiledVersions())
        }
    }

    @Test(
        arguments: [
            ("ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:x:y:sigmgr:1631795562", 62),
            ("ClamAV-VDB:21 Nov 2026 09-00 +0000:27000:2000000:90:x", 27000),
            ("ClamAV-VDB:date:7:", 7),
            ("ClamAV-VDB:date:7", nil), ("ClamAV-VDB:date::1:", nil), ("ClamAV-VDB:date:x:1", nil),
            ("ClamAV-VDB:date:-7:1", nil), ("ClamAV-VDB:date:99999999999999999999:1", nil),
            ("clamav-vdb:date:7:1", nil),
            ("", nil),
            ("not a database", nil), (String(repeating: "x", count: 600), nil),
        ] as [(String, Int?)]) func `A signature file's header tells its version`(header: String, version: Int?)
    {
        #expect(SignatureFile.version(inHeader: Array(header.utf8)[...]) == version)
        #expect(
            SignatureFile.version(inHeader: (Array(header.utf8) + [UInt8](repeating: 0x20, count: 400))[...]) == version
        )
    }

    @Test func `The newer of a database's two forms counts`() throws {
        let directory = try ControlDirectory()
        #expect(SignatureFile.version(of: "daily", in: directory.path) == nil)
        try directory.write(Array("ClamAV-VDB:date:26000:1".utf8), to: "daily.cvd")
        #expect(SignatureFile.version(of: "daily", in: directory.path) == 26000)
        try directory.write(Array("ClamAV-VDB:date:27000:1".utf8), to: "daily.cld")
        #expect(SignatureFile.version(of: "daily", in: directory.path) == 27000)
        try directory.write(Array("rubbish".utf8), to: "daily.cld")
        #expect(SignatureFile.version(of: "daily", in: directory.path) == 26000)
        #expect(SignatureFile.version(of: "main", in: directory.path) == nil)
    }
}
