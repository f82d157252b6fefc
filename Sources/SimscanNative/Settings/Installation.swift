#if SIMSCAN_ELSEWHERE
    import CLinux
#endif

/// What the build and the installation fix; no setting changes it.
package enum Installation {
    /// The version of simscan, as the Received line and `--version` say it.
    package static let version = "1.0.0"

    #if SIMSCAN_ELSEWHERE
        package static let qmaildir = String(cString: linux_built_for_qmaildir())
        package static let user = String(cString: linux_built_for_user())
    #else
        /// Where qmail lives; `make build QMAILDIR=…` names another directory.
        package static let qmaildir = "/var/qmail"
        /// The owner of an installed simscan, of its working directory and of its quarantine; `make build USER=…`
        /// names another one.
        package static let user = "simscan"
    #endif

    /// Where the control files live, unless `SIMSCAN_CONTROLDIR` moves them.
    package static let controldir = qmaildir + "/control"
}
