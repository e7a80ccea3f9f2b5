extension StoreError {
  /// Decides by the SQLSTATE alone: the server's message can quote a row.
  static func postgres(_ state: String, at place: String, in statement: String) -> StoreError {
    let (kind, message) = reading(of: state, at: place, in: statement)
    return StoreError(kind, message, code: state)
  }

  private static func reading(
    of state: String, at place: String, in statement: String
  ) -> (Kind, String) {
    switch state {
    case _ where state.hasPrefix("08"):
      (.unreachable, "the connection to \(place) was lost; try again")
    case _ where state.hasPrefix("57P0"):
      (.unreachable, "\(place) is shutting down, starting or ended the session; try again")
    case "53300":
      (.unreachable, "\(place) has no connection left; use fewer workers or raise max_connections")
    case "25006":
      (.readOnly, "\(place) is read-only; connect to the primary server")
    case "42P01", "42703", "3F000":
      (.notMigrated, Self.lacksSomething(place))
    case "40001", "40P01", "55P03":
      (.busy, "another session of \(place) was in the way; try again")
    case "57014":
      (.busy, "\(place) took too long over `\(statement)`; try again when it has less to do")
    case "53100":
      (.full, "the disk of \(place) is full; make room and try again")
    case "42501":
      (.notAllowed, "this login may not do `\(statement)` on \(place); \(wayToDo(statement))")
    case "22021", "22P05":
      (.failed, "a text to be stored is not valid in \(place); quarantine its row")
    case _ where state.hasPrefix("23"):
      (.conflict, "what was to be written contradicts what \(place) holds")
    default:
      (
        .failed,
        "\(place) refused `\(statement)`; its log says why, and \"gradus doctor\" what is not as it "
          + "should be"
      )
    }
  }

  /// What a login needs for a statement: what workers have by the script, or what only an owner has.
  private static func wayToDo(_ statement: String) -> String {
    let words = statement.split(separator: " ")
    let place = words.firstIndex { ["into", "from", "update", "copy"].contains($0) }
    let table = place.flatMap { words.dropFirst($0 + 1).first } ?? ""
    let verb = words.first == "copy" ? "insert" : String(words.first ?? "")
    let isWorkers = RolesScript.ours.rights.contains(
      RolesScript.Right(role: "gradus_worker", verb: verb, relation: "public.\(table)"))
    return isWorkers
      ? "workers have that by deploy/postgres/roles.sql: run it again"
      : "connect as an owner, a member of gradus_owner, which deploy/postgres/roles.sql makes"
  }

  /// Of a store whose migrations were applied, as one that lacks some is not used at all.
  static func lacksSomething(_ place: String) -> String {
    "\(place) lacks a table or column that its migrations made; \"gradus doctor\" says which"
  }
}
