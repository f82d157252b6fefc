// swift-tools-version: 6.2
import PackageDescription

/// One list for every Swift target: a warning is an error, and imports say who may see them.
let swiftSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    // Without this, copies of an Optional or an enum make its metadata at run time, in every process.
    .unsafeFlags(["-Xfrontend", "-disable-type-layout"], .when(configuration: .release)),
    // Overlapping accesses are looked for by the compiler, and at run time by all tests, which are built for debugging.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A qmail that is not in /var/qmail, or a simscan that is not simscan's own: `make build QMAILDIR=… USER=…`.
let qmaildir = Context.environment["SIMSCAN_QMAILDIR"] ?? "/var/qmail"
let user = Context.environment["SIMSCAN_USER"] ?? "simscan"
let isElsewhere = qmaildir != "/var/qmail" || user != "simscan"

/// Copies of libraries that start when they are needed (scripts/libraries-on-demand), where those have been made.
let onDemand = Context.environment["SIMSCAN_ON_DEMAND"] == "1" ? "-on-demand" : ""

/// A release is one static file that needs no library of the host.
///
/// Distributors who want the host's shared libraries: `SIMSCAN_LINK=dynamic make build`.
let isStatic = Context.environment["SIMSCAN_LINK"] != "dynamic"

/// For what stands in the place of a library's own functions where that is linked statically.
let staticOnly: [CSetting] = isStatic ? [.define("SIMSCAN_STATIC", .when(configuration: .release))] : []

/// What Debian's static libraries need beside themselves: GMime and GLib first.
let staticLibraries =
    ["gpgme", "assuan", "gpg-error", "idn2", "unistring", "gmodule-2.0", "pcre2-8", "ffi"]
    // What Debian's static libarchive needs for the formats that are registered.
    + ["nettle" + onDemand, "lzma" + onDemand, "zstd", "bz2", "z"]

let releaseLinking: [LinkerSetting] =
    isStatic
    ? staticLibraries.map { .linkedLibrary($0, .when(configuration: .release)) }
        + [
            .unsafeFlags(
                ["-static-executable", "-Xclang-linker", "--ld-path=" + Context.packageDirectory + "/scripts/link"],
                .when(configuration: .release))
        ]
    : []

let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "simscan",
    products: [
        .executable(name: "simscan", targets: ["simscan"]),
        .executable(name: "simscanmk", targets: ["simscanmk"]),
        .executable(name: "simscanctl", targets: ["simscanctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // C libraries, and the few C lines that Swift cannot say.
        .systemLibrary(name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
        .systemLibrary(name: "CCdb", providers: [.apt(["libcdb-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CGMimeWithoutGIO"),
        .target(name: "CLibrariesOnDemand", cSettings: staticOnly),
        .target(name: "CIconvWithoutModules"),
        .target(
            name: "CLinux",
            cSettings: [
                .define("SIMSCAN_QMAILDIR", to: "\"\(qmaildir)\""), .define("SIMSCAN_USER", to: "\"\(user)\""),
            ]),
        .target(name: "CStart", dependencies: ["CLinux"], cSettings: staticOnly),

        // The protocols, without I/O.
        .target(name: "ClamdProtocol", swiftSettings: swiftSettings),
        .target(name: "SpamdProtocol", swiftSettings: swiftSettings),
        .target(name: "TrophieProtocol", swiftSettings: swiftSettings),

        // The program as a library, and the programs.
        .target(
            name: "SimscanNative",
            dependencies: [
                "ClamdProtocol", "SpamdProtocol", "TrophieProtocol",
                "CArchive", "CGMime", "CGMimeWithoutGIO", "CLibrariesOnDemand", "CIconvWithoutModules", "CCdb",
                "CPCRE2", "CCares", "CZlib", "CLinux", systemPackage,
            ],
            swiftSettings: swiftSettings + (isElsewhere ? [.define("SIMSCAN_ELSEWHERE")] : [])),
        .executableTarget(
            name: "simscan",
            dependencies: ["SimscanNative", "CStart"],
            swiftSettings: swiftSettings,
            linkerSettings: releaseLinking),
        .executableTarget(
            name: "simscanmk",
            dependencies: ["SimscanNative", "CLinux", argumentParser],
            swiftSettings: swiftSettings,
            linkerSettings: releaseLinking),
        .executableTarget(
            name: "simscanctl",
            dependencies: ["SimscanNative", "CLinux", argumentParser, systemPackage],
            swiftSettings: swiftSettings,
            linkerSettings: releaseLinking),

        // Real sockets with scripted behaviour, for tests and by hand.
        .target(
            name: "Fakes",
            dependencies: ["CLinux", "CZlib", systemPackage],
            path: "Tests/Fakes",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "simscan-fakes",
            dependencies: ["Fakes", argumentParser],
            path: "Tests/FakeServers",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "fake-qmail-queue",
            dependencies: [],
            path: "Tests/FakeQmailQueue",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "cage-probe",
            dependencies: ["SimscanNative", "CLinux", systemPackage],
            path: "Tests/CageProbe",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "simscan-corpus",
            dependencies: [
                "SimscanNative", "CArchive", "CGMime", "CLibrariesOnDemand", "Fakes", argumentParser, systemPackage,
            ],
            path: "Tests/CorpusGenerator",
            swiftSettings: swiftSettings,
            linkerSettings: releaseLinking),
        // Every system call of the filter made to fail, hostile mail, load.
        .target(name: "Tracer", path: "Tests/Tracer"),
        .executableTarget(
            name: "simscan-torture",
            dependencies: ["Fakes", "CLinux", "Tracer", argumentParser],
            path: "Tests/Torture",
            swiftSettings: swiftSettings),
        // Scanners on machines of their own, which die.
        .target(name: "CNetworks", path: "Tests/Networks"),
        .executableTarget(
            name: "simscan-farm",
            dependencies: ["Fakes", "CNetworks", argumentParser],
            path: "Tests/Farm",
            swiftSettings: swiftSettings),

        .testTarget(
            name: "ProtocolTests",
            dependencies: ["ClamdProtocol", "SpamdProtocol", "TrophieProtocol"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SimscanNativeTests",
            dependencies: ["SimscanNative", "Fakes", "CCdb"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SimscanctlTests",
            dependencies: ["simscanctl", "SimscanNative", "Fakes"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "EndToEndTests",
            // Not simscan itself: it would be linked in, and what it does ahead of all constructors with it.
            dependencies: [
                "CLinux", "Fakes", "simscanmk", "simscanctl", "simscan-fakes", "fake-qmail-queue", "cage-probe",
            ],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)

// For scripts/fuzz alone.
if Context.environment["SIMSCAN_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "simscan-fuzz",
            dependencies: [
                "SimscanNative", "ClamdProtocol", "SpamdProtocol", "TrophieProtocol", "CLinux", systemPackage,
            ],
            path: "Fuzz/Targets",
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]))
}
