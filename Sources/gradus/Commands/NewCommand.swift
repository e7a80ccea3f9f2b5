import ExamModel
import PaperPress
import Publishing
import Workers

/// `gradus new`: a folder with everything that a test needs.
enum NewCommand {
  static let command = Command(
    name: "new", summary: "Make a workspace: blueprint, roster and secret",
    discussion: """
      Makes the folder DIR with a blueprint to change, a roster of made-up people to replace, and a \
      fresh secret that only you can read. The secret is what all papers and keys are computed from: \
      keep a copy in a safe place.
      """,
    arguments: [.init(name: "DIR", help: "the folder to make; its name becomes the test's id")],
    options: [
      .init(
        name: "--secret-file", value: "FILE", help: "Copy this secret rather than make a fresh one"),
      .init(
        name: "--like", value: "NAME", choices: Template.names(in: "blueprints"),
        help: "Begin with a ready-made test: entrance, warm-up, hard, or a topic such as backprop"),
    ],
    examples: [
      ("gradus new mock-ml", "makes mock-ml/ with a test of six questions"),
      ("gradus new spring --like entrance", "makes spring/ with an entrance test of an hour"),
    ],
    run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    var folder = invocation.positional[0]
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    let name = folder.split(separator: "/").last.map(String.init) ?? "test"
    let id = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let secret = try secret(invocation)
    guard !Files.exists(folder) else {
      throw Failure(.cannotCreate, "\(folder): is there already; choose another name")
    }
    let partial = folder + ".partial"
    do {
      Files.remove(partial)
      try Files.makeFolder(partial)
      let template = invocation.value("--like").map { "blueprints/\($0)" } ?? "workspace/blueprint"
      let blueprint = try Templates.standard.template(template + ".json5")
        .filled(with: ["id": .text(String(id))])
      try Files.write(blueprint, to: partial + "/blueprint.json5")
      try Files.write(try embedded("workspace/roster.csv"), to: partial + "/roster.csv")
      try Files.write(try embedded("workspace/gitignore"), to: partial + "/.gitignore")
      try Files.write(secret.text, to: partial + "/secret", mode: 0o600)
      try Files.rename(partial, to: folder)
    } catch {
      Files.remove(partial)
      throw error
    }
    console.note(
      """
      Made \(folder)/ with
        blueprint.json5  what the test asks: change it to your liking
        roster.csv       who sits it: replace these 40 made-up people
        secret           what papers and keys are computed from: keep a copy, show nobody
      Next: cd \(folder) && gradus generate
      """)
  }

  private static func secret(_ invocation: Invocation) throws -> ExamSecret {
    guard let file = invocation.value("--secret-file") else { return try ExamSecret.random() }
    return try invocation.workspace.secret(file: file)
  }

  private static func embedded(_ name: String) throws -> String {
    try Templates.standard.template(name).filled(with: [:])
  }
}
