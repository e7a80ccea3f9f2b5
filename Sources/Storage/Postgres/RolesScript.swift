/// What `deploy/postgres/roles.sql` makes, read from the script itself, so that whoever compares a
/// server with it has no list of their own.
///
/// Understood are the statements as that script writes them, not SQL in general.
struct RolesScript {
  /// One right on one thing.
  struct Right: Hashable {
    /// `gradus_worker`, or the login that has it.
    var role: String
    /// `select`, … or for a schema `usage` or `create`.
    var verb: String
    /// `public.audit`, or `public` for the schema.
    var relation: String
    /// Where the right is on one column alone.
    var column: String?

    /// `update on public.batch (quarantined_count)`, `usage on schema reading`.
    var words: String {
      let place = relation.contains(".") ? relation : "schema \(relation)"
      return "\(verb) on \(place)" + (column.map { " (\($0))" } ?? "")
    }
  }

  /// Who the rights are of; the owner's role has all.
  static let roles = ["gradus_reader", "gradus_worker"]

  private(set) var rights: Set<Right> = []
  /// Of `reading.access`: name, command and condition, as `policy` writes them.
  private(set) var policies: Set<String> = []
  /// `reading.run`, …: with a security barrier, all of them.
  private(set) var views: [String] = []

  /// The script that this program carries.
  static let ours = RolesScript(
    EmbeddedRoles.files.first { $0.path == "roles.sql" }?.text ?? "")

  init(_ script: String) {
    let code = script.split(separator: "\n").map {
      $0.split(separator: "--" as String, maxSplits: 1, omittingEmptySubsequences: false)[0]
    }
    for statement in code.joined(separator: "\n").split(separator: ";") {
      let words = statement.split(whereSeparator: \.isWhitespace)
      switch words.prefix(2) {
      case ["create", "policy"]: addPolicy(words)
      case ["create", "or"]: views.append(String(words[4]))
      case _ where words.first == "grant": addRights(words.joined(separator: " "))
      default: break
      }
    }
  }

  private mutating func addPolicy(_ words: [Substring]) {
    guard let using = words.firstIndex(of: "using") else { return }
    let command = words.firstIndex(of: "for").map { String(words[$0 + 1]) } ?? "all"
    policies.insert(
      Self.policy(
        name: String(words[2]), command: command,
        condition: words[(using + 1)...].joined(separator: " ")))
  }

  /// A policy in one spelling, whoever wrote it: PostgreSQL shows conditions with brackets, casts
  /// and capitals of its own.
  static func policy(name: String, command: String, condition: String) -> String {
    let plain = condition.lowercased().replacing("::name", with: "").replacing("::text", with: "")
    return "\(name) \(command.lowercased()) "
      + plain.filter { !$0.isWhitespace && $0 != "(" && $0 != ")" }
  }

  /// `grant update (a, b) on x, y to r`.
  private mutating func addRights(_ statement: String) {
    let halves = statement.dropFirst("grant ".count).split(separator: " on ", maxSplits: 1)
    guard halves.count == 2 else { return }
    let (things, role) = Self.halves(halves[1], at: " to ")
    guard Self.roles.contains(role) else { return }
    let (verbs, columns) = Self.halves(halves[0], at: " (")
    let isSchema = things.hasPrefix("schema ")
    for thing in Self.list(isSchema ? things.dropFirst("schema ".count) : things[...]) {
      let relation = isSchema || thing.contains(".") ? thing : "public." + thing
      for verb in Self.list(verbs[...]) {
        let named = Self.list(columns.dropLast())
        for column in named.isEmpty ? [nil] : named.map(Optional.some) {
          rights.insert(Right(role: role, verb: verb, relation: relation, column: column))
        }
      }
    }
  }

  private static func halves(_ text: Substring, at mark: String) -> (String, String) {
    let halves = text.split(separator: mark, maxSplits: 1)
    return (String(halves.first ?? ""), String(halves.dropFirst().first ?? ""))
  }

  private static func list(_ text: Substring) -> [String] {
    text.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
  }
}
