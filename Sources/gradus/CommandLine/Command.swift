/// One verb of the program, declared: the parser, `--help` and the errors all read this.
struct Command: Sendable {
  /// `generate`, or `webhook add`.
  let name: String
  /// One line for the list of commands.
  let summary: String
  /// A paragraph or two for the command's own help.
  var discussion = ""
  var arguments: [Argument] = []
  var options: [Option] = []
  /// What to type and what it does.
  var examples: [(line: String, says: String)] = []
  let run: @Sendable (Invocation) async throws -> Void

  struct Argument: Sendable {
    let name: String
    let help: String
    var isOptional = false
    /// Whether any number of them may be given.
    var repeats = false
  }

  struct Option: Sendable {
    /// `--format`.
    let name: String
    /// `-C`; nil where there is no short form.
    var short: String?
    /// What the value is called, `FILE`; nil for a switch.
    var value: String?
    /// The only values allowed, where there are only some.
    var choices: [String] = []
    /// Whether the value is a name that is written down: one line, and not empty.
    var isName = false
    let help: String

    static func flag(_ name: String, short: String? = nil, _ help: String) -> Option {
      Option(name: name, short: short, value: nil, help: help)
    }
  }
}

extension Command.Option {
  static let workspace = Self(
    name: "--workspace", short: "-C", value: "DIR",
    help: "The folder of the test (default: the current folder)")
  static let secretFile = Self(
    name: "--secret-file", value: "FILE",
    help: "The secret (default: GRADUS_SECRET_FILE, then \"secret\" in the workspace)")
  static let store = Self(
    name: "--store", value: "ADDRESS",
    help:
      "sqlite:PATH or postgresql://… (default: GRADUS_STORE, then gradus.sqlite in the workspace)")
  static let json = Self(
    name: "--format", value: "FORMAT", choices: ["text", "json"], help: "text (default) or json")
  static let table = Self(
    name: "--format", value: "FORMAT", choices: ["text", "json", "csv"],
    help: "text (default), json or csv")

  static let metricsFile = Self(
    name: "--metrics-file", value: "FILE",
    help: "Keep numbers for Prometheus in this file, which no other process may share")

  static let reason = Self(
    name: "--reason", value: "TEXT", help: "Why; it is kept with the decision")
  static let decidedBy = Self(
    name: "--by", value: "NAME", isName: true,
    help: "Who decides (default: the name you are logged in with)")

  /// Options that every command takes.
  static let common: [Self] = [
    .flag("--quiet", short: "-q", "Say nothing but results and errors"),
    .flag("--verbose", short: "-v", "Say more about what is done"),
    Self(
      name: "--log-format", value: "FORMAT", choices: ["text", "json"],
      help:
        "How messages on standard error look: text or json (default: GRADUS_LOG_FORMAT, then text)"),
    .flag("--help", short: "-h", "Show this help"),
  ]
}
