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
      a draw costs a candidate on average. Guess is how often one number, always typed in the part \
      where it is right most often, would be right; small shapes and counts are guessed more often \
      than one time in ten. A disagreement fails the command.
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
    }
    guard faults == 0 else {
      throw SelfCheckError(description: "\(faults) keys disagree with their second way")
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
        check.bestGuess.map {
          "\(($0.share * 100).fixed(0)) %, \($0.part) \($0.answer.rounded(to: 3))"
        }
          ?? "-",
      ])
    }
    return table
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
      (
        "guess",
        check.bestGuess.map {
          .object([
            ("part", .string($0.part.rawValue)), ("answer", $0.answer.json),
            ("share", .number($0.share)),
          ])
        } ?? .null
      ),
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

/// A key is not what its second way says: a fault of the program.
struct SelfCheckError: Error, CustomStringConvertible { let description: String }
