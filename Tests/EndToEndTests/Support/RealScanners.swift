import Fakes

/// Debian's own clamd and spamd, one of each for all tests, without a network.
///
/// They are started by the test that is the first to want them, and end with the tests. A scanner that is not
/// installed fails every test that needs it.
enum RealScanners {
    private static let sharedClamd = Result { try RealClamd() }
    private static let sharedSpamd = Result { try RealSpamd() }

    static func clamd() throws -> RealClamd { try sharedClamd.get() }
    static func spamd() throws -> RealSpamd { try sharedSpamd.get() }
}
