import ExamModel
import Marking
import QuestionBank

/// `gradus mark`: marks typed answers and says why.
enum MarkCommand {
  static let command = Command(
    name: "mark", summary: "Mark typed answers to one question, with reasons",
    discussion: """
      Marks the answers to a question of FAMILY, or, with --kind and --key, one answer against a key \
      of your own.
      """,
    arguments: [.init(name: "FAMILY", help: "a family such as softmax.values", isOptional: true)],
    options: [
      .init(name: "--seed", value: "N", help: "The seed that drew the question"),
      .init(name: "--parameters", value: "JSON", help: "The question's numbers as JSON"),
      .init(
        name: "--answers", value: "JSON",
        help: "Typed answers by part: {\"u\": \"-1\", \"L\": \"0.27\"}"),
      .init(
        name: "--kind", value: "KIND", choices: AnswerKind.allCases.map(\.rawValue),
        help: "Without a family: what sort of answer it is"),
      .init(name: "--key", value: "JSON", help: "Without a family: the right answer"),
      .init(
        name: "--options", value: "JSON",
        help: "Without a family: what can be chosen or put in order, as a list of texts"),
      .init(name: "--answer", value: "TEXT", help: "Without a family: what was typed"),
      .init(
        name: "--number-locale", value: "MARK", choices: NumberLocale.allCases.map(\.rawValue),
        help: "Without a family: how the form's other rows write decimals, which settles 1,234"),
      .init(name: "--decimals", value: "N", help: "Accept what rounds to the key's rounding"),
      .init(name: "--absolute", value: "X", help: "Accept what is at most X away"),
      .init(name: "--relative", value: "X", help: "Accept what is at most X times the key away"),
      .init(name: "--significant", value: "N", help: "As --decimals, with significant digits"),
      .json,
    ],
    examples: [
      (
        "gradus mark matdim.product --seed 3 --answers '{\"AB\": \"3x4\"}'",
        "marks one part; the others are blank"
      ),
      (
        "gradus mark --kind number --key 0.2689 --decimals 3 --answer '0,27'",
        "marks one answer with no question around it"
      ),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    if let family = invocation.positional.first {
      try markQuestion(of: family, invocation)
    } else {
      try markAlone(invocation)
    }
  }

  private static func markQuestion(of family: String, _ invocation: Invocation) throws {
    try refuse(loneOptions, "goes without a FAMILY", invocation)
    guard invocation.isSet("--seed") || invocation.isSet("--parameters") else {
      throw UsageError("say which question: --seed or --parameters", command: command)
    }
    guard let text = invocation.value("--answers") else {
      throw UsageError("mark needs --answers, as JSON", command: command)
    }
    let question = try invocation.question(family: family).question
    let answers = try answers(text, to: question)
    let worth = Points(Double(question.asked.reduce(0) { $0 + question.parts[$1].weight }))
    let marks = Marker().mark(question, typed: { answers[$0] }, worth: worth)
    let verdicts = marks.map { mark in
      let index = question.parts.firstIndex { $0.id == mark.part.id } ?? 0
      return mark.verdict(
        key: question.key[index] ?? .undefined,
        feedback: Marker.feedback(for: mark, of: question.family))
    }
    let awarded = verdicts.reduce(Points.zero) { $0 + $1.awarded }
    guard !invocation.wantsJSON else {
      let json = JSON.object([
        ("parts", .array(verdicts.map(json))), ("awarded", awarded.json), ("possible", worth.json),
      ])
      invocation.console.print(json.prettyText)
      return
    }
    invocation.console.print(verdicts.map(Self.text).joined(separator: "\n"))
    invocation.console.print("\n\(awarded) of \(worth) points")
  }

  /// - Throws: `SourceError` for a part that the question does not ask.
  private static func answers(
    _ text: String, to question: any Question
  ) throws(SourceError) -> [PartID: String] {
    guard let members = try JSON(parsing: text, file: "--answers").members else {
      throw SourceError(file: "--answers", "answers are an object: {\"part\": \"typed text\"}")
    }
    let asked = question.asked.map { question.parts[$0].id }
    var answers: [PartID: String] = [:]
    for member in members {
      guard asked.contains(PartID(member.key)) else {
        throw SourceError(
          file: "--answers",
          "the question has no part \"\(member.key)\"; its parts are "
            + asked.map(\.rawValue).joined(separator: ", "))
      }
      switch member.value {
      case .string(let typed): answers[PartID(member.key)] = typed
      case .integer, .number: answers[PartID(member.key)] = member.value.text
      default:
        throw SourceError(file: "--answers", "the answer to \"\(member.key)\" is a text in quotes")
      }
    }
    return answers
  }

  private static func markAlone(_ invocation: Invocation) throws {
    guard let kind = invocation.value("--kind").flatMap(AnswerKind.init),
      let keyText = invocation.value("--key"),
      let typed = invocation.value("--answer")
    else {
      throw UsageError(
        "mark needs a FAMILY, or --kind, --key and --answer", command: command)
    }
    try refuse(familyOptions, "goes with a FAMILY", invocation)
    let question = try LoneQuestion(
      kind: kind, key: keyText, tolerance: try tolerance(invocation),
      options: try options(invocation),
      numberLocale: invocation.value("--number-locale").flatMap(NumberLocale.init) ?? .undecided)
    let mark = question.mark(typed, worth: Points(1))
    let verdict = mark.verdict(key: question.key, feedback: Marker.feedback(for: mark, of: nil))
    invocation.console.print(invocation.wantsJSON ? Self.json(verdict).prettyText : text(verdict))
  }

  private static let familyOptions = ["--seed", "--parameters", "--answers"]
  private static let loneOptions = [
    "--kind", "--key", "--options", "--answer", "--number-locale", "--decimals", "--absolute",
    "--relative", "--significant",
  ]

  /// An option that would mean nothing is an error.
  private static func refuse(
    _ options: [String], _ why: String, _ invocation: Invocation
  ) throws(UsageError) {
    guard let stranger = options.first(where: invocation.isSet) else { return }
    throw UsageError("\(stranger) \(why)", command: command)
  }

  private static func options(_ invocation: Invocation) throws(SourceError) -> [String]? {
    guard let text = invocation.value("--options") else { return nil }
    guard let options = try JSON(parsing: text, file: "--options").array?.map(\.string),
      !options.contains(nil), !options.isEmpty
    else {
      throw SourceError(file: "--options", "options are a list of texts: [\"yes\", \"no\"]")
    }
    return options.compactMap { $0 }
  }

  /// Nil without a word about it.
  private static func tolerance(_ invocation: Invocation) throws -> Tolerance? {
    let names = ["--decimals", "--absolute", "--relative", "--significant"]
    guard names.filter(invocation.isSet).count <= 1 else {
      throw UsageError("give one of \(names.joined(separator: ", "))", command: command)
    }
    if let places = try invocation.integer("--decimals", in: 0...15) { return .decimals(places) }
    if let digits = try invocation.integer("--significant", in: 1...15) {
      return .significant(digits)
    }
    if let bound = try invocation.number("--absolute") { return .absolute(bound) }
    if let share = try invocation.number("--relative") { return .relative(share) }
    return nil
  }

  private static func text(_ verdict: Verdict) -> String {
    var line = "\(verdict.part): \(verdict.outcome.word), \(verdict.awarded) of \(verdict.possible)"
    line += " (\(verdict.reasons.joined(separator: "; ")))"
    if let feedback = verdict.feedback { line += "\n    \(feedback)" }
    return line
  }

  private static func json(_ verdict: Verdict) -> JSON {
    let mistake: String? =
      if case .misconception(let id) = verdict.outcome { id.rawValue } else { nil }
    return .object([
      ("id", .string(verdict.part.rawValue)), ("outcome", .string(verdict.outcome.word)),
      ("read", verdict.reading?.json ?? .null), ("awarded", verdict.awarded.json),
      ("possible", verdict.possible.json), ("misconception", .optional(mistake)),
      ("feedback", .optional(verdict.feedback)),
      ("reasons", .array(verdict.reasons.map(JSON.string))),
    ])
  }
}
