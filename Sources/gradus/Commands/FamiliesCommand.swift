import ExamModel
import QuestionBank

/// `gradus families`: what can be asked.
enum FamiliesCommand {
  static let command = Command(
    name: "families", summary: "List the question families",
    options: [.json], examples: [("gradus families", "lists what a blueprint can ask")], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    guard !invocation.wantsJSON else {
      console.print(JSON.array(Catalogue.families.map(json)).prettyText)
      return
    }
    var table = TextTable(
      ["family", "level", "parts", "mistakes", "title"], rightAligned: [1, 2, 3])
    for family in Catalogue.families {
      table.add([
        "\(family.id)@\(family.version)", "\(family.difficulty)", "\(family.fields.count)",
        "\(family.misconceptions.count)", family.title,
      ])
    }
    console.print(table.text)
    console.note("\nTry one: gradus question \(Catalogue.families[0].id)")
  }

  private static func json(_ family: any QuestionFamily.Type) -> JSON {
    .object([
      ("family", .string(family.id.rawValue)), ("version", .integer(family.version)),
      ("title", .string(family.title)), ("topic", .string(family.topic)),
      ("difficulty", .integer(family.difficulty)),
      ("parts", .array(family.parts.map { .string($0.id.rawValue) })),
      ("misconceptions", .array(family.misconceptions.map { .string($0.id.rawValue) })),
    ])
  }
}
