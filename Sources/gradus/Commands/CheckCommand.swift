import ExamModel
import QuestionBank

/// `gradus check`: draws many questions and looks at them from all sides.
enum CheckCommand {
  static let command = Command(
    name: "check", summary: "Check the question families over many draws",
    discussion: """
      For FAMILY, or for all: how many throws of the dice were refused, how many different keys came \
      out, how far a known mistake is from the key at least (in units of the last decimal asked), and \
      whether the key agrees with a second way of computing it. Steps, products and digits are what \
      a draw costs a candidate on average. Guess is how often one answer, always given to the part \
      where it is right most often, would be right. More than one time in ten needs a reason that \
      the family states, marked "stated"; a choice may have a quarter more than one in the number \
      of its options. A disagreement or an answer too frequent for no reason fails the command.
      """,
    arguments: [
      .init(name: "FAMILY", help: "a family such as softmax.values", isOptional: true)
    ],
    options: [
      .init(name: "--draws", value: "N", help: "Draws of each family (default: 1000)"), .json,
    ],
    examples: [
      ("gradus check", "draws each family a thousand times"),
      ("gradus check rl.returns --draws 100000", "draws one family a hundred thousand times"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let draws = try invocation.integer("--draws", in: 1...10_000_000) ?? 1000
    let families =
      try invocation.positional.first.map { [try invocation.family(named: $0)] }
      ?? Catalogue.families
    var checks: [SelfCheck] = []
    let bar = ProgressBar("families", console: console)
    for (index, family) in families.enumerated() {
      var check = SelfCheck(family)
      // In slices, so that an interrupted run says how far it came.
      for start in stride(from: 0, to: draws, by: 1000) {
        check.draw(seeds: UInt64(start)..<UInt64(min(start + 1000, draws)))
        bar.update(index * draws + min(start + 1000, draws), of: families.count * draws)
      }
      checks.append(check)
    }
    let faults = checks.reduce(0) { $0 + $1.disagreementCount }
    bar.finish("\(families.count) families, \(draws) draws each, \(faults) disagreements")
    console.print(
      invocation.wantsJSON ? JSON.array(checks.map(json)).prettyText : table(checks).text)
    for check in checks {
      for sentence in check.disagreements { console.warn("\(check.family.id): \(sentence)") }
      for guess in check.unexplainedGuesses {
        console.warn(
          "\(check.family.id): the answer \(guess.answer.rounded(to: 3)) to \(guess.part) is right "
            + "in \((guess.share * 100).fixed(1)) % of draws; widen the draw, or state the reason in "
            + "frequentAnswers")
      }
    }
    let frequent = checks.reduce(0) { $0 + $1.unexplainedGuesses.count }
    guard faults == 0, frequent == 0 else {
      throw SelfCheckError(
        description:
          "\(faults) keys disagree with their second way, \(frequent) answers are too frequent for no stated reason"
      )
    }
  }

  private static func table(_ checks: [SelfCheck]) -> TextTable {
    var table = TextTable(
      [
        "family", "draws", "redraws", "keys", "separation", "second key", "steps", "products",
        "digits", "guess",
      ], rightAligned: [1, 2, 3, 4, 6, 7, 8])
    for check in checks {
      let effort = check.meanEffort
      table.add([
        check.family.id.rawValue, "\(check.draws)", "\(check.redraws)", "\(check.distinctKeys)",
        check.separation.map { $0.fixed(1) } ?? "exact",
        check.compared == 0 ? "none" : check.disagreementCount == 0 ? "agrees" : "DISAGREES",
        effort.steps.fixed(1), effort.multiplications.fixed(1), effort.digits.fixed(1),
        check.guesses.max { $0.share < $1.share }.map(text) ?? "-",
      ])
    }
    return table
  }

  private static func text(_ guess: Guess) -> String {
    "\((guess.share * 100).fixed(0)) %, \(guess.part) \(guess.answer.rounded(to: 3))"
      + (guess.reason == nil ? "" : ", stated")
  }

  private static func json(_ guess: Guess) -> JSON {
    .object([
      ("part", .string(guess.part.rawValue)), ("answer", guess.answer.json),
      ("share", .number(guess.share)), ("draws", .integer(guess.draws)),
      ("limit", .number(guess.limit)), ("reason", guess.reason.map(JSON.string) ?? .null),
    ])
  }

  private static func json(_ check: SelfCheck) -> JSON {
    let effort = check.meanEffort
    return .object([
      ("family", .string(check.family.id.rawValue)), ("version", .integer(check.family.version)),
      ("draws", .integer(check.draws)), ("redraws", .integer(check.redraws)),
      ("distinctKeys", .integer(check.distinctKeys)),
      ("separation", check.separation.map(JSON.number) ?? .null),
      ("compared", .integer(check.compared)),
      ("disagreements", .integer(check.disagreementCount)),
      ("guesses", .array(check.guesses.map(json))),
      (
        "effort",
        .object([
          ("steps", .number(effort.steps)), ("products", .number(effort.multiplications)),
          ("digits", .number(effort.digits)),
        ])
      ),
    ])
  }
}

/// A key is not what its second way says, or easily guessed: a fault of the program.
struct SelfCheckError: Error, CustomStringConvertible { let description: String }
