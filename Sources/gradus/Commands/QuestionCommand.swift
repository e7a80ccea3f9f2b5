import ExamModel
import Publishing
import QuestionBank
import Typesetting

/// `gradus question`: one question with its key, its solution and its mistakes.
enum QuestionCommand {
  static let command = Command(
    name: "question", summary: "Show one question with its key and worked solution",
    discussion: """
      Draws a question of FAMILY with the dice of --seed, or asks it with the numbers of \
      --parameters. Without either the seed is random, and said. With html, latex and typst a whole page or \
      file is printed; json always holds key, solution and mistakes.
      """,
    arguments: [.init(name: "FAMILY", help: "a family such as softmax.values")],
    options: [
      .init(name: "--seed", value: "N", help: "A whole number of 0 or more"),
      .init(name: "--parameters", value: "JSON", help: "The question's numbers as JSON"),
      .flag("--solution", "Show the key, the worked solution and what people get wrong as well"),
      .init(
        name: "--format", value: "FORMAT", choices: ["text", "html", "latex", "typst", "json"],
        help: "text (default), html, latex, typst or json"),
    ],
    examples: [
      ("gradus question softmax.values --seed 7 --solution", "shows what seed 7 draws"),
      (
        "gradus question softmax.values --parameters '{\"mode\": \"int\", \"z\": [2, 3, 0]}'",
        "asks it with these numbers"
      ),
      ("gradus question rl.returns --format html > question.html", "writes a page"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let (question, seed) = try invocation.question(family: invocation.positional[0])
    if let seed, !invocation.wantsJSON, invocation.value("--seed") == nil {
      console.note("seed \(seed)")
    }
    let sections = sections(of: question, withSolution: invocation.isSet("--solution"))
    let title = question.family.title
    switch invocation.value("--format") {
    case "json": console.print(json(question).prettyText)
    case "html":
      let body = sections.map { section in
        (section.title.map { "<h2>\(escapedHTML($0))</h2>\n" } ?? "") + section.document.html()
      }
      console.print(
        try Templates.standard.template("question.html").filled(with: [
          "title": .text(title), "body": .markup(body.joined(separator: "\n")),
        ]))
    case "typst":
      let body = sections.map { section in
        (section.title.map { "== \($0)\n\n" } ?? "") + section.document.typst()
      }
      console.print("= \(title)\n\n" + body.joined(separator: "\n"))
    case "latex":
      let body = sections.map { section in
        (section.title.map { "\\subsection*{\($0)}\n\n" } ?? "") + section.document.latex()
      }
      console.print(
        try Templates.standard.template("question.tex").filled(with: [
          "title": .text(title), "body": .markup(body.joined(separator: "\n\n")),
        ]))
    default:
      let name = "\(question.family.id)@\(question.family.version)"
      let texts = sections.map { section in
        (section.title.map { console.bold($0) + "\n\n" } ?? "") + section.document.plainText()
      }
      console.print(
        console.bold("\(title)  (\(name))") + "\n\n" + texts.joined(separator: "\n\n"))
      if !invocation.isSet("--solution") {
        let again = seed.map { " --seed \($0)" } ?? " --parameters …"
        console.note("\nThe answers: gradus question \(question.family.id)\(again) --solution")
      }
    }
  }

  private static func sections(
    of question: any Question, withSolution: Bool
  ) -> [(title: String?, document: Document)] {
    guard withSolution else { return [(nil, question.sheet())] }
    var sections: [(title: String?, document: Document)] = [
      (nil, question.sheet()), ("Key", question.keySheet()), ("Solution", question.solution()),
    ]
    if !question.mistakes.isEmpty {
      sections.append(("What people get wrong", question.mistakeSheet()))
    }
    let effort = question.effort()
    sections.append(
      (
        "Effort",
        [
          .paragraph(
            """
            \(effort.steps) steps, \(effort.multiplications) products or quotients of numbers, \
            \(effort.digits) digits to type.
            """)
        ]
      ))
    return sections
  }

  private static func json(_ question: any Question) -> JSON {
    let prompt = question.prompt()
    let exact = question.exact()
    let parts = question.asked.map { index -> JSON in
      let part = question.parts[index]
      let key = question.key[index] ?? .undefined
      let exactText: String? = if case .integer(let n) = key { String(n) } else { exact[part.id] }
      return .object([
        ("id", .string(part.id.rawValue)), ("kind", .string((key.kind ?? part.kind).rawValue)),
        ("prompt", .string(prompt.text(of: part.id)?.plainText() ?? "")), ("key", key.json),
        ("exact", .optional(exactText)), ("display", .string(question.display(index))),
        ("points", .integer(part.weight)), ("tolerance", part.tolerance.json),
        ("options", .array(question.options[part.id, default: []].lettered.map(json))),
        ("dependsOn", .array(part.dependsOn.map { .string($0.rawValue) })),
      ])
    }
    let mistakes = question.mistakes.map { mistake -> JSON in
      let feedback = question.family.misconceptions.first { $0.id == mistake.id }?.feedback
      return .object([
        ("id", .string(mistake.id.rawValue)), ("part", .string(mistake.part.rawValue)),
        ("value", mistake.value.json), ("feedback", .optional(feedback)),
      ])
    }
    return .object([
      ("family", .string(question.family.id.rawValue)),
      ("version", .integer(question.family.version)), ("parameters", question.parametersJSON()),
      ("prompt", json(prompt.stem)), ("parts", .array(parts)),
      ("misconceptions", .array(mistakes)), ("solution", json(question.solution())),
    ])
  }

  private static func json(_ option: (letter: String, text: String)) -> JSON {
    .object([("letter", .string(option.letter)), ("text", .string(option.text))])
  }

  private static func json(_ document: Document) -> JSON {
    .object([
      ("text", .string(document.plainText())), ("html", .string(document.html())),
      ("latex", .string(document.latex())),
    ])
  }
}
