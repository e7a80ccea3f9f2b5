import CSV
import Cryptography
import FoundationEssentials
import Glibc
package import Storage
import Webhooks

/// The machine that a process runs on, and what it lacks.
package struct Machine: Sendable {
  /// Where files are written.
  package let folders: [String]
  /// The certificates that webhooks trust.
  package let authorities: String
  private let zones: String

  package init(
    folders: [String], authorities: String = "/etc/ssl/certs/ca-certificates.crt",
    zones: String = "/usr/share/zoneinfo"
  ) {
    self.folders = folders
    self.authorities = authorities
    self.zones = zones
  }

  package var findings: [Finding] {
    [libraries, clock, timeZones, encodings, certificates, locale, openFiles, room, pdf]
  }

  private var libraries: Finding {
    Finding(
      "libraries", .good,
      "libpq \(StorageLibraries.postgres), SQLite \(StorageLibraries.sqlite), "
        + "libcurl \(WebhookLibraries.curl), \(CryptographyLibrary.version), "
        + "zlib \(ArchiveLibrary.version)")
  }

  /// Whether it is behind what was written here; a server's clock is compared with it elsewhere.
  private var clock: Finding {
    let now = Date.now
    let later = folders.first { folder in
      var status = stat()
      return stat(folder, &status) == 0
        && Double(status.st_mtim.tv_sec) > now.timeIntervalSince1970 + 60
    }
    let time = now.formatted(.iso8601)
    return later.map {
      Finding(
        "clock", .advice,
        "it is \(time), and \($0) was changed after that; deadlines, leases and signatures go by the "
          + "clock: set it by NTP")
    } ?? Finding("clock", .good, time)
  }

  private var timeZones: Finding {
    let known = try? TimeZoneTable(named: "Europe/Berlin", for: zones, folder: zones)
    return known != nil
      ? Finding("time zones", .good, "in \(zones)")
      : Finding(
        "time zones", .advice,
        "\(zones) has none, so that deadlines and --time-zone with a place's name are refused; "
          + "\"apt-get install tzdata\", or write offsets such as +01:00")
  }

  private var encodings: Finding {
    ForeignEncoding.transcoder(.cp949) != nil
      ? Finding("encodings", .good, "also code page 949 can be read")
      : Finding(
        "encodings", .advice,
        "the C library has no table of code page 949, so that exports in it are refused; install its "
          + "gconv modules, or save such exports as UTF-8")
  }

  private var certificates: Finding {
    access(authorities, R_OK) == 0
      ? Finding("authorities", .good, authorities)
      : Finding(
        "authorities", .advice,
        "\(authorities) cannot be read, so that no https receiver of webhooks can be trusted; "
          + "\"apt-get install ca-certificates\", or name a file with SSL_CERT_FILE")
  }

  /// Nothing here goes by the locale; what shows the output does.
  private var locale: Finding {
    let variables = ProcessInfo.processInfo.environment
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { variables[$0] }.first { !$0.isEmpty }
    guard let name, !["utf-8", "utf8"].contains(where: { name.lowercased().contains($0) }) else {
      return Finding("locale", .good, name ?? "none is set; output is UTF-8")
    }
    return Finding(
      "locale", .advice,
      "\(name) is not UTF-8, which all output is in, so that names may be shown wrong; "
        + "\"export LANG=C.UTF-8\"")
  }

  private var openFiles: Finding {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return limit.rlim_max >= 1024
      ? Finding("open files", .good, "\(min(limit.rlim_max, 1 << 30)) at once")
      : Finding(
        "open files", .advice,
        "no more than \(limit.rlim_max) at once, too few for many lanes and receivers; raise the hard "
          + "limit (\"ulimit -Hn\", or LimitNOFILE in a unit)")
  }

  /// Below which a run's results may not find room.
  private static let leastMegabytes = 100

  private var room: Finding {
    var least: (folder: String, megabytes: Int)?
    for folder in folders {
      var system = statvfs()
      guard statvfs(folder, &system) == 0 else { continue }
      let free = Int(system.f_bavail) * Int(system.f_frsize) / 1_000_000
      if free < least?.megabytes ?? .max { least = (folder, free) }
    }
    guard let least else { return Finding("room", .good, "there is no folder to look at") }
    return least.megabytes >= Self.leastMegabytes
      ? Finding("room", .good, "\(least.megabytes) MB are free in \(least.folder)")
      : Finding(
        "room", .bad,
        "only \(least.megabytes) MB are free in \(least.folder); grading stops where results find no "
          + "room, and goes on when there is some: make some now")
  }

  /// What PDFs are made with; nothing else needs it.
  private var pdf: Finding {
    guard let press = PDFPress.find() else { return Finding("pdf", .advice, PDFPress.advice()) }
    let name = "by \(press.compiler.rawValue)"
    return press.splits
      ? Finding("pdf", .good, "\(name), in batches")
      : Finding(
        "pdf", .advice,
        "\(name), one by one; with qpdf and poppler-utils it is many times faster")
  }
}
