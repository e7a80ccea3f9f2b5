import Glibc

/// A variable of the environment that the program listens to, declared: what reads it, the manual
/// page and `deploy/gradus.env.example` all go by this.
enum Setting: String, CaseIterable, Sendable {
  case store = "GRADUS_STORE"
  case secretFile = "GRADUS_SECRET_FILE"
  case logFormat = "GRADUS_LOG_FORMAT"
  case authorityFile = "SSL_CERT_FILE"
  case proxy = "https_proxy"
  case noColour = "NO_COLOR"
  case loginName = "LOGNAME"

  /// What is done where it is not set, in words.
  var fallback: String {
    switch self {
    case .store: "sqlite:gradus.sqlite in the workspace"
    case .secretFile: "the file secret in the workspace"
    case .logFormat: "text"
    case .authorityFile: "the certificates of the system"
    case .proxy: "none"
    case .noColour: "colours on a terminal"
    case .loginName: "USER, then the login name of the user"
    }
  }

  /// A value that could stand there.
  var sample: String {
    switch self {
    case .store: "postgresql://grader@db/exams"
    case .secretFile: "/etc/gradus/mock-ml.secret"
    case .logFormat: "json"
    case .authorityFile: "/etc/ssl/certs/ca-certificates.crt"
    case .proxy: "http://proxy:3128"
    case .noColour: "1"
    case .loginName: "exams"
    }
  }

  var help: String {
    switch self {
    case .store:
      "Where responses and results are kept: sqlite:PATH or postgresql://…; --store goes first. "
        + "What the address leaves open is libpq's to find, in PGPASSFILE, PGSERVICE, PGSSLMODE, …"
    case .secretFile:
      "The file with the secret that papers and keys are computed from, readable by its owner "
        + "alone; --secret-file goes first."
    case .logFormat:
      "How messages on standard error look, text or json; --log-format goes first."
    case .authorityFile: "Whose certificates webhooks trust."
    case .proxy:
      "The proxy of webhooks, used only with --proxy; HTTPS_PROXY, all_proxy and ALL_PROXY are "
        + "looked at next."
    case .noColour: "With any value, nothing is coloured."
    case .loginName: "Who is written down beside a decision; --by goes first."
    }
  }

  /// Its value, where it is set and not empty.
  var value: String? { environment(rawValue) }

  /// All of them as a file for systemd's EnvironmentFile or a shell: each with its default.
  static var exampleFile: String {
    let head = """
      # Every setting of Gradus, with what holds where it is not set. Copy to /etc/gradus/gradus.env and
      # take away the # of what you change. Made by "make docs" from the program's own declarations.
      """
    let entries = allCases.map { setting in
      let help = Help.wrapped(setting.help, width: 96).split(separator: "\n").map { "# \($0)" }
      return (help + ["# Default: \(setting.fallback).", "#\(setting.rawValue)=\(setting.sample)"])
        .joined(separator: "\n")
    }
    return ([head] + entries).joined(separator: "\n\n")
  }
}

/// An environment variable that is set and not empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}
