import ExamModel
import QuestionBank
import Typesetting

/// `gradus families`: what can be asked.
enum FamiliesCommand {
  static let command = Command(
    name: "families", summary: "List the question families, with a sample of each",
    discussion: """
      Topic by topic, with level, parts, known mistakes and, where they are few, the number of \
      different questions. Without --topic each sample is cut to its first lines; with it, it is whole.
      """,
    options: [
      .init(name: "--topic", value: "TOPIC", help: "Only the families of a topic such as softmax"),
      .init(
        name: "--format", value: "FORMAT", choices: ["text", "json", "markdown"],
        help: "text (default), json, or markdown for a page of documentation"),
    ],
    examples: [
      ("gradus families", "lists what a blueprint can ask"),
      ("gradus families --topic attention", "shows a whole question of each family of a topic"),
    ], run: run)

  /// The dice of the samples: the same question for everybody.
  private static let sampleSeed: UInt64 = 1

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let families = try invocation.familiesOfTopic()
    guard !invocation.wantsJSON else {
      console.print(JSON.array(families.map(json)).prettyText)
      return
    }
    if invocation.value("--format") == "markdown" {
      console.print(FamilyPage(families: families).markdown)
      return
    }
    let isWhole = invocation.isSet("--topic")
    var topic = ""
    for family in families {
      if !isWhole, family.topic != topic {
        topic = family.topic
        let count = families.count { $0.topic == topic }
        console.print(
          console.bold("\(topic), \(count) \(count == 1 ? "family" : "families")") + "\n")
      }
      show(family, isWhole: isWhole, on: console)
    }
    let topics = Catalogue.topics.joined(separator: ", ")
    console.note(
      "\(families.count) families"
        + (isWhole ? "" : " in \(Catalogue.topics.count) topics: \(topics)")
        + "\nTry one: gradus question \(families[0].id)")
  }

  private static func show(
    _ family: any QuestionFamily.Type, isWhole: Bool, on console: Console
  ) {
    let questions = family.variants.map { ", \($0) questions" } ?? ""
    console.print(
      console.bold("\(family.id)@\(family.version)")
        + "  \(family.title) (level \(family.difficulty), \(family.fields.count) "
        + "\(family.fields.count == 1 ? "part" : "parts"), "
        + "\(family.misconceptions.count) known mistakes\(questions))")
    let text = isWhole ? sample(of: family).sheet() : sample(of: family).prompt().stem
    let lines = text.plainText(width: 76).split(separator: "\n", omittingEmptySubsequences: false)
    let shown = isWhole ? lines[...] : lines.prefix(2)
    for line in shown { console.print(line.isEmpty ? "" : "    \(line)") }
    if shown.count < lines.count { console.print("    …") }
    if isWhole {
      for line in family.frequentAnswerLines { console.print("\n    Often the same: \(line)") }
    }
    console.print("")
  }

  static func sample(of family: any QuestionFamily.Type) -> any Question {
    var dice = Dice(seed: sampleSeed)
    return family.question(from: &dice, style: QuestionStyle())
  }

  private static func json(_ family: any QuestionFamily.Type) -> JSON {
    .object([
      ("family", .string(family.id.rawValue)), ("version", .integer(family.version)),
      ("title", .string(family.title)), ("topic", .string(family.topic)),
      ("difficulty", .integer(family.difficulty)),
      ("variants", family.variants.map(JSON.integer) ?? .null),
      ("parts", .array(family.parts.map { .string($0.id.rawValue) })),
      ("misconceptions", .array(family.misconceptions.map { .string($0.id.rawValue) })),
      ("frequentAnswers", .array(family.frequentAnswerLines.map(JSON.string))),
      ("sample", .string(sample(of: family).sheet().plainText())),
    ])
  }
}

extension QuestionFamily {
  /// Which parts have the same answer in many draws, and why: `rank: a small matrix has few ranks`.
  static var frequentAnswerLines: [String] {
    frequentAnswers.map { answer in
      answer.parts.map { "`\($0)`" }.joined(separator: ", ") + ": \(answer.reason)."
    }
  }
}
