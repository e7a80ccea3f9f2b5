import ExamModel
import Storage

/// `gradus migrate`: brings a store's schema up to date.
enum MigrateCommand {
  static let command = Command(
    name: "migrate", summary: "Bring the store's schema up to date",
    discussion: """
      Applies the migrations that are missing, each whole or not at all, under a lock. The first \
      grade, import, sweep, worker or webhook add on an empty store does this by itself.
      """,
    options: [
      .workspace, .store, .flag("--dry-run", "Only say what would be applied"), .json,
    ],
    examples: [("gradus migrate --store postgresql:///exams", "prepares a database")], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let address = try invocation.storeAddress()
    let store = try await address.open()
    let isDryRun = invocation.isSet("--dry-run")
    let before = try await store.schema()
    let applied = isDryRun ? before.pending : try await store.migrate()
    await store.close()
    if invocation.wantsJSON {
      let json = JSON.object([
        ("store", .string(address.description)), ("engine", .string(before.engine)),
        (isDryRun ? "pending" : "applied", .array(applied.map(JSON.string))),
      ])
      console.print(json.prettyText)
    } else if applied.isEmpty {
      console.print("\(address): up to date")
    } else {
      let verb = isDryRun ? "would apply" : "applied"
      console.print("\(address): \(verb) \(applied.joined(separator: ", "))")
    }
  }
}
