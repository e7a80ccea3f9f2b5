import CSV
import ExamModel
import Storage
import Workers

/// `gradus audit …`: who did what, and whether the record of it is whole.
enum AuditCommands {
  static let all = [list, verify]

  static let list = Command(
    name: "audit list", summary: "List what was done, by whom and when",
    discussion: """
      Imports, publications, regrades, decisions about rows and answers, erasures, and webhooks that \
      were disabled. No entry names a candidate: rows are named by import and line.
      """,
    options: [.workspace, .store, .flag("--all", "Of every test in the store"), .table],
    examples: [("gradus audit list", "the trail of this test, oldest first")], run: list)

  static let verify = Command(
    name: "audit verify", summary: "Check that nothing in the audit trail was changed or removed",
    discussion: """
      Each entry hashes the one before it, so a change shows at the first entry that no longer \
      follows. What was cut off at the end shows only to whoever noted a hash that was there: verify \
      prints the last one of each trail; keep it elsewhere and ask for it with --contains.
      """,
    options: [
      .workspace, .store,
      .init(name: "--contains", value: "HASH", help: "Also fail unless an entry has this hash"),
      .json,
    ],
    examples: [
      ("gradus audit verify", "names the first broken link, or the last hash of each trail")
    ], run: verify)

  private static func list(_ invocation: Invocation) async throws {
    let own = invocation.isSet("--all") ? nil : try invocation.workspace.blueprint().id
    var rows: [[String]] = []
    var objects: [JSON] = []
    try await entries(invocation) { entry in
      guard own == nil || entry.test == own else { return nil }
      rows.append([
        entry.test?.rawValue ?? "", "\(entry.number)",
        CivilTime.text(microseconds: entry.recordedMicroseconds), entry.kind, entry.actor,
        entry.session, entry.details,
      ])
      objects.append(
        .object([
          ("test", .optional(entry.test?.rawValue)), ("number", .integer(entry.number)),
          ("at", .string(CivilTime.text(microseconds: entry.recordedMicroseconds))),
          ("kind", .string(entry.kind)), ("by", .string(entry.actor)),
          ("session", .string(entry.session)),
          ("details", (try? JSON(parsing: entry.details, file: "details")) ?? .null),
          ("hash", .string(entry.hash)),
        ]))
      return nil
    }
    let header = ["test", "number", "at (UTC)", "what", "by", "session", "details"]
    switch invocation.value("--format") {
    case "json": invocation.console.print(JSON.array(objects).prettyText)
    case "csv":
      var writer = CSVWriter()
      writer.write(header)
      for row in rows { writer.write(row) }
      Console.write(writer.text, to: 1)
    default:
      guard !rows.isEmpty else { return invocation.console.note("nothing was done yet") }
      var table = TextTable(header, rightAligned: [1])
      for row in rows { table.add(row) }
      invocation.console.print(table.text)
    }
  }

  private static func verify(_ invocation: Invocation) async throws {
    let wanted = invocation.value("--contains")?.lowercased()
    if let wanted,
      wanted.utf8.count != AuditEntry.beginning.utf8.count || !wanted.allSatisfy(\.isHexDigit)
    {
      throw UsageError(
        "--contains is a hash of \(AuditEntry.beginning.utf8.count) digits 0 to f, as verify prints it",
        command: verify)
    }
    var trails: [(test: TestID?, verification: AuditVerification)] = []
    var isFound = false
    let broken = try await entries(invocation, missing: BrokenLink.wholeTrail(of:)) { entry in
      if trails.last?.test != entry.test || trails.isEmpty {
        trails.append((entry.test, AuditVerification()))
      }
      if entry.hash == wanted { isFound = true }
      return trails[trails.count - 1].verification.follow(entry)
    }
    if let broken {
      let trail = broken.test.map { "the trail of \($0)" } ?? "the store's own trail"
      throw Failure(
        .badInput, "\(trail) is broken at entry \(broken.number): \(broken.finding)")
    }
    if let wanted, !isFound {
      throw Failure(
        .badInput, "no entry has the hash \(wanted): the trail it was in was cut off or replaced")
    }
    guard !invocation.wantsJSON else {
      invocation.console.print(
        JSON.array(
          trails.map { test, verification in
            .object([
              ("test", .optional(test?.rawValue)), ("entries", .integer(verification.number)),
              ("head", .string(verification.head)),
            ])
          }
        ).prettyText)
      return
    }
    for (test, verification) in trails {
      invocation.console.print(
        "\(test?.rawValue ?? "(store)"): \(verification.number) entries, unbroken up to "
          + verification.head)
    }
    if trails.isEmpty { invocation.console.note("nothing was done yet") }
  }

  /// Goes through all trails in order, until `visit` finds something broken, or `missing` of a trail
  /// that has no entry.
  @discardableResult
  private static func entries(
    _ invocation: Invocation, missing: (TestID?) -> BrokenLink? = { _ in nil },
    _ visit: (AuditEntry) -> BrokenLink?
  ) async throws -> BrokenLink? {
    try await invocation.withStore { store in
      for test in try await store.auditTrails() {
        var last = 0
        while true {
          let page = try await store.auditEntries(of: test, after: last, limit: 1000)
          if last == 0, page.isEmpty, let broken = missing(test) { return broken }
          for entry in page { if let broken = visit(entry) { return broken } }
          guard let end = page.last, page.count == 1000 else { break }
          last = end.number
        }
      }
      return nil
    }
  }
}
