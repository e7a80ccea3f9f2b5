import Publishing
import Workers

/// `gradus templates export`: the pages' templates, to be changed.
enum TemplatesCommand {
  static let command = Command(
    name: "templates export", summary: "Write the pages' templates out, to be changed",
    discussion: """
      Change them, and name the folder with --templates; what you do not change can be deleted \
      from it. {{name}} is a value, {{#name}}…{{/name}} stands for each member of a list or where a \
      flag is set, {{^name}}…{{/name}} where there is none, {{> file}} is another template. A name \
      that does not exist is an error which lists those that do.
      """,
    arguments: [.init(name: "DIR", help: "a folder that is not there yet")],
    examples: [("gradus templates export my-templates", "writes them into my-templates/")],
    run: run)

  private static func run(_ invocation: Invocation) async throws {
    let folder = invocation.positional[0]
    guard !Files.exists(folder) else {
      throw Failure(.cannotCreate, "\(folder): is there already; choose another name")
    }
    let partial = folder + ".partial"
    Files.remove(partial)
    try Files.makeFolder(partial)
    for name in Templates.names {
      try Files.write(Templates.standard.text(name) ?? "", to: "\(partial)/\(name)")
    }
    try Files.rename(partial, to: folder)
    invocation.console.note(
      "\(Templates.names.count) templates in \(folder)/\nNext: gradus generate --templates \(folder)"
    )
  }
}
