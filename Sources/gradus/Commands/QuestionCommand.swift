import ExamModel
import QuestionBank
import Typesetting

/// `gradus question`: one question with its key, its solution and its mistakes.
enum QuestionCommand {
  static let command = Command(
    name: "question", summary: "Show one question with its key and worked solution",
    discussion: """
      Draws a question of FAMILY with the dice of --seed, or asks it with the numbers of \
      --parameters. Without either the seed is random, and said.
      """,
    arguments: [.init(name: "FAMILY", help: "a family such as softmax.values")],
    options: [
      .init(name: "--seed", value: "N", help: "A whole number of 0 or more"),
      .init(name: "--parameters", value: "JSON", help: "The question's numbers as JSON"),
      .json,
    ],
    examples: [
      ("gradus question softmax.values --seed 7", "shows the question that seed 7 draws"),
      (
        "gradus question softmax.values --parameters '{\"mode\": \"int\", \"z\": [2, 3, 0]}'",
        "asks it with these numbers"
      ),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let (question, seed) = try invocation.question(family: invocation.positional[0])
    guard !invocation.wantsJSON else {
      console.print(json(question).prettyText)
      return
    }
    if let seed { console.note("seed \(seed)") }
    console.print(text(question, console: console))
  }

  private static func text(_ question: any Question, console: Console) -> String {
    let prompt = question.prompt()
    var lines = [
      console.bold("\(question.family.title)  (\(question.family.id)@\(question.family.version))"),
      "", prompt.stem.plainText(), "",
    ]
    let width = question.asked.map { question.parts[$0].id.rawValue.count }.max() ?? 0
    for index in question.asked {
      let part = question.parts[index]
      let name = part.id.rawValue
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("  \(name)\(padding)  \(prompt.text(of: part.id)?.plainText() ?? "")")
      for (letter, text) in question.options[part.id, default: []].lettered {
        lines.append(String(repeating: " ", count: width + 4) + "(\(letter)) \(text)")
      }
    }
    lines += ["", console.bold("Key")]
    for index in question.asked {
      let part = question.parts[index]
      let name = part.id.rawValue
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("  \(name)\(padding)  \(question.display(index))")
    }
    lines += ["", console.bold("Solution"), "", question.solution().plainText(), ""]
    lines.append(console.bold("What people get wrong"))
    for mistake in question.mistakes {
      let feedback = question.family.misconceptions.first { $0.id == mistake.id }?.feedback ?? ""
      lines.append("  \(mistake.part) = \(mistake.value.rounded(to: 3)): \(feedback)")
    }
    return lines.joined(separator: "\n")
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

extension Invocation {
  /// The question that `--seed` or `--parameters` asks for, and the seed where there is one.
  func question(family name: String) throws -> (question: any Question, seed: UInt64?) {
    let family: any QuestionFamily.Type
    do {
      let pieces = name.split(separator: "@", maxSplits: 1).map(String.init)
      guard !pieces.isEmpty, pieces.count == 1 || Int(pieces[1]) != nil else {
        throw UsageError("a family is a name such as softmax.values", command: command)
      }
      family = try Catalogue.family(
        FamilyID(pieces[0]), version: pieces.count == 2 ? Int(pieces[1]) : nil)
    } catch let error as SourceError {
      throw UsageError(error.message, command: command)
    }
    if let text = value("--parameters") {
      guard !isSet("--seed") else {
        throw UsageError("--seed and --parameters exclude each other", command: command)
      }
      let json = try JSON(parsing: text, file: "--parameters")
      return (try family.question(with: json, style: QuestionStyle()), nil)
    }
    let seed: UInt64
    if let text = value("--seed") {
      guard let number = UInt64(text) else {
        throw UsageError("--seed is a whole number of 0 or more, not \"\(text)\"", command: command)
      }
      seed = number
    } else {
      seed = UInt64.random(in: 0..<1_000_000)
    }
    var dice = Dice(seed: seed)
    return (family.question(from: &dice, style: QuestionStyle()), seed)
  }
}

extension Prompt {
  /// What a part is asked for in words.
  func text(of part: PartID) -> Prose? { parts.first { $0.part == part }?.text }
}

extension Question {
  /// The key of a part as a candidate would write it.
  func display(_ index: Int) -> String {
    guard let key = key[index] else { return "" }
    let options = options[parts[index].id] ?? []
    switch key {
    case .choice(let text): return options.labelled(text)
    case .choices(let texts) where !texts.isEmpty:
      return texts.map(options.labelled).joined(separator: ", ")
    case .ordering(let items) where !options.isEmpty:
      let letters = items.map { item in options.lettered.first { $0.text == item }?.letter ?? item }
      return letters.joined(separator: ", ")
    default: break
    }
    let places: Int = if case .decimals(let d) = parts[index].tolerance { d } else { 3 }
    return key.rounded(to: places)
  }
}
