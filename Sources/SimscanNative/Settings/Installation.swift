/// What the build and the installation fix; no setting changes it.
package enum Installation {
    /// The version of simscan, as the Received line and `--version` say it.
    package static let version = "1.0.0"
    /// Where qmail lives.
    package static let qmaildir = "/var/qmail"
    /// Where the control files live, unless `SIMSCAN_CONTROLDIR` moves them.
    package static let controldir = qmaildir + "/control"
    /// The owner of an installed simscan, of its working directory and of its quarantine.
    package static let user = "simscan"
}
