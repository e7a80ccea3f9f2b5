import CSV
import ExamModel
import PaperPress
import QuestionBank
import Workers

/// `gradus key`: the right answers of one candidate, or of all.
enum KeyCommand {
  static let command = Command(
    name: "key", summary: "Show the answer key of one candidate, or of all",
    arguments: [
      .init(name: "CANDIDATE", help: "an id, e-mail address or paper code", isOptional: true)
    ],
    options: [.workspace, .secretFile, .table],
    examples: [
      ("gradus key c001", "shows one candidate's key"),
      ("gradus key --format csv", "shows everybody's, one line an answer"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let (press, secret) = try invocation.press()
    try invocation.workspace.commitment()?
      .check(press, secret: secret, file: invocation.workspace.manifestFile)
    let candidates =
      if let name = invocation.positional.first {
        [try invocation.candidate(named: name, press: press)]
      } else {
        try invocation.roster().candidates
      }
    switch invocation.value("--format") {
    case "json": printJSON(candidates, press, invocation.console)
    case "csv": printRows(candidates, press, invocation.console)
    default: printText(candidates, press, invocation.console)
    }
  }

  private struct Entry {
    let item: FormItem
    let index: Int
    let question: any Question

    var part: Part { question.parts[index] }
    var display: String { question.display(index) }
  }

  private static func entries(of paper: Paper, _ press: PaperPress) -> [Entry] {
    zip(press.slots, paper.questions).flatMap { slot, question in
      question.asked.map { index in
        Entry(
          item: FormItem(question: slot.number, field: question.parts[index].field), index: index,
          question: question)
      }
    }
  }

  private static func printText(_ candidates: [Candidate], _ press: PaperPress, _ console: Console)
  {
    for candidate in candidates {
      let paper = press.paper(for: candidate.id)
      console.print("\(candidate.name) (\(candidate.id)), paper code \(paper.code)")
      var table = TextTable(["field", "family", "key", "accepted"])
      for entry in entries(of: paper, press) {
        table.add([
          entry.item.title, entry.question.family.id.rawValue, entry.display,
          entry.part.accepted,
        ])
      }
      console.print(table.text + "\n")
    }
  }

  private static func printRows(_ candidates: [Candidate], _ press: PaperPress, _ console: Console)
  {
    var writer = CSVWriter()
    writer.write(["candidate", "code", "field", "family", "part", "key"])
    for candidate in candidates {
      let paper = press.paper(for: candidate.id)
      for entry in entries(of: paper, press) {
        writer.write([
          candidate.id.rawValue, paper.code.description, entry.item.title,
          entry.question.family.id.rawValue, entry.part.id.rawValue, entry.display,
        ])
      }
    }
    Console.write(writer.text, to: 1)
  }

  private static func printJSON(_ candidates: [Candidate], _ press: PaperPress, _ console: Console)
  {
    let papers = candidates.map { candidate -> JSON in
      let paper = press.paper(for: candidate.id)
      let answers = entries(of: paper, press).map { entry -> JSON in
        .object([
          ("field", .string(entry.item.title)),
          ("family", .string(entry.question.family.id.rawValue)),
          ("part", .string(entry.part.id.rawValue)),
          ("key", entry.question.key[entry.index]?.json ?? .null),
          ("display", .string(entry.display)), ("tolerance", entry.part.tolerance.json),
        ])
      }
      return .object([
        ("candidate", .string(candidate.id.rawValue)), ("code", .string(paper.code.description)),
        ("answers", .array(answers)),
      ])
    }
    console.print(JSON.array(papers).prettyText)
  }
}
