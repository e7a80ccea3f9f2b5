import ExamModel
import Marking
import PaperPress
import QuestionBank
import Storage
import Workers

/// `gradus review …` and `gradus overrule`: what a person decides about single answers.
enum ReviewCommands {
  static let all = [list, show, decide, overrule]

  static let list = Command(
    name: "review list", summary: "List answers that nobody could read and a person should",
    discussion: """
      Candidates go by their paper codes, so that whoever reviews does not see whose answer it is.
      """,
    options: [
      .workspace, .secretFile, .store, .flag("--all", "Also answers that were decided, and how"),
      .json,
    ],
    examples: [("gradus review list", "paper code, line, field and what was typed")], run: list)

  static let show = Command(
    name: "review show", summary: "Show one answer with its key and how it was read",
    arguments: place, options: [.workspace, .secretFile, .store, .json],
    examples: [("gradus review show BTBV-F1Y6-S 4 dL/du", "what the paper asked and what came")],
    run: show)

  static let decide = Command(
    name: "review decide", summary: "Decide about an answer that could not be read",
    discussion: decided, arguments: place, options: decision,
    examples: [
      (
        "gradus review decide BTBV-F1Y6-S 4 L --outcome correct --reason \"0,8 18 is 0.818\"",
        "full points, by the marking of the blueprint"
      )
    ], run: { try await write($0, as: "review.decided") })

  static let overrule = Command(
    name: "overrule", summary: "Give an answer other points than the machine did",
    discussion: decided, arguments: place, options: decision,
    examples: [
      (
        "gradus overrule c001 4 L --points 0.5 --reason \"the key was read out\" --by ruth",
        "half a point, whatever was typed"
      )
    ], run: { try await write($0, as: "overrule") })

  private static let decided = """
    The decision is kept beside the machine's verdict with who, when and why; it counts at once, in \
    results and totals, and stands through every regrade with the points that it gave: where the \
    blueprint's marking changes afterwards, decide again. A later decision about the same answer \
    takes its place.
    """

  private static let place: [Command.Argument] = [
    .init(name: "CANDIDATE", help: "by paper code, id or e-mail address"),
    .init(name: "QUESTION", help: "the question's number"),
    .init(name: "PART", help: "the part, as the paper names it"),
  ]

  private static let words: [String: Outcome] = [
    "correct": .correct, "imprecise": .imprecise, "followThrough": .followThrough,
    "incorrect": .incorrect, "blank": .blank,
  ]

  private static let decision: [Command.Option] = [
    .workspace, .secretFile, .store,
    .init(name: "--points", value: "N", help: "Points for this answer"),
    .init(
      name: "--outcome", value: "WORD", choices: words.keys.sorted(),
      help: "How it is to be seen; it earns what the blueprint's marking says today"),
    .reason, .decidedBy, .json,
  ]

  // MARK: What they do

  private static func list(_ invocation: Invocation) async throws {
    let press = try invocation.committedPress()
    var items: [(row: [String], json: JSON)] = []
    try await invocation.withStore { store in
      let review = try await published(press, in: store)
      try await review.unreadable(in: store) { item in
        guard invocation.isSet("--all") || item.decision == nil else { return }
        let code = press.code(for: item.candidate).description
        items.append(
          (
            [
              code, "\(item.result.line)", item.place.title, item.answer.typed,
              item.decision.map(sentence) ?? "",
            ], json(item, press)
          ))
      }
    }
    // Their order must not tell the names either.
    items.sort { $0.row[0] < $1.row[0] }
    guard !invocation.wantsJSON else {
      invocation.console.print(JSON.array(items.map(\.json)).prettyText)
      return
    }
    guard !items.isEmpty else {
      invocation.console.note("no answer waits for a person")
      return
    }
    var table = TextTable(["paper code", "line", "field", "typed", "decided"], rightAligned: [1])
    for item in items { table.add(item.row) }
    invocation.console.print(table.text)
    invocation.console.note(
      "Next: gradus review show CODE QUESTION PART, gradus review decide CODE QUESTION PART …")
  }

  private static func show(_ invocation: Invocation) async throws {
    let press = try invocation.committedPress()
    let item = try await invocation.withStore { store in
      try await find(invocation, press, in: published(press, in: store), store)
    }
    guard !invocation.wantsJSON else {
      invocation.console.print(json(item, press).prettyText)
      return
    }
    let (answer, legend) = (item.answer, press.legend)
    let part = answer.question.parts[answer.index]
    var lines = [
      "\(item.place.title), \(answer.question.family.id), paper \(press.code(for: item.candidate))",
      "typed:    \(answer.typed.onOneLine)",
      "key:      \(answer.question.display(answer.index)) \(part.accepted)",
      "outcome:  \(legend.outcome(item.outcome).word), "
        + "\(Points(hundredths: Int(item.result.awardedEach[item.index]))) of \(item.possible)",
    ]
    lines += reasons(item).map { "          \($0.onOneLine)" }
    if let decision = item.decision { lines.append("decided:  \(sentence(decision).onOneLine)") }
    invocation.console.print(lines.joined(separator: "\n"))
  }

  private static func write(_ invocation: Invocation, as kind: String) async throws {
    let command = invocation.command
    let points = try invocation.points()
    let outcome = invocation.value("--outcome").flatMap { words[$0] }
    guard (points == nil) != (outcome == nil) else {
      throw UsageError("say either --points N or --outcome WORD", command: command)
    }
    let reason = try invocation.reason()
    let press = try invocation.committedPress()
    try await invocation.withStore { store in
      let review = try await published(press, in: store)
      let item = try await find(invocation, press, in: review, store)
      guard item.outcome != OutcomeCode.void else {
        throw Failure(.badInput, "\(item.place.title) is void; its points are the same for all")
      }
      guard kind == "overrule" || item.outcome == OutcomeCode.unreadable else {
        throw Failure(
          .badInput,
          "\(item.place.title) was read; \"gradus overrule\" changes what the machine gave")
      }
      let awarded = points ?? outcome.map { review.points(for: $0, of: item.possible) } ?? .zero
      guard awarded <= item.possible else {
        throw UsageError(
          "\(item.place.title) is worth \(item.possible) points, not \(awarded)", command: command)
      }
      let decision = Overrule(
        place: AnswerPlace(batch: review.batch, line: item.result.line, item: item.place),
        candidate: item.candidate, outcome: outcome.map(OutcomeCode.code), awarded: awarded,
        reason: reason, decidedBy: invocation.decidedBy)
      try await store.write(decision, as: kind, over: review.run)
      let after = item.result.overruled(
        by: try await store.overrules(of: review.batch, of: item.candidate), legend: press.legend)
      guard !invocation.wantsJSON else {
        invocation.console.print(
          JSON.object([
            ("field", .string(item.place.title)), ("awarded", awarded.json),
            ("possible", item.possible.json), ("total", after.awarded.json),
          ]).prettyText)
        return
      }
      invocation.console.print(
        "\(item.place.title): \(awarded) of \(item.possible); "
          + "together \(after.awarded) of \(after.possible)")
    }
  }

  private static func published(
    _ press: PaperPress, in store: any Store
  ) async throws -> Review {
    guard let run = try await store.publishedRun(of: press.blueprint.id),
      let batch = try await store.batch(try await store.progress(of: run).batch)
    else {
      throw Failure(
        .badInput,
        "nothing is published yet: no run of \(press.blueprint.id) has finished; "
          + "run \"gradus grade\"")
    }
    return try Review(press, run: run, batch: batch)
  }

  private static func find(
    _ invocation: Invocation, _ press: PaperPress, in review: Review, _ store: any Store
  ) async throws -> Review.Item {
    let words = invocation.positional
    let digits = words[1].hasPrefix("Q") ? String(words[1].dropFirst()) : words[1]
    guard let number = Int(digits), press.slots.indices.contains(number - 1) else {
      throw UsageError(
        "QUESTION is a number from 1 to \(press.slots.count), not \"\(words[1])\"",
        command: invocation.command)
    }
    let place = FormItem(question: number, field: PartID(words[2]))
    let fields = press.slots[number - 1].fields
    guard fields.contains(place.field) else {
      throw UsageError(
        "question \(number) has no part \"\(words[2])\"; its parts are "
          + fields.map(\.rawValue).joined(separator: ", "), command: invocation.command)
    }
    let candidate = try invocation.candidate(named: words[0], press: press)
    guard let item = try await review.item(of: candidate.id, place, in: store) else {
      throw Failure(
        .badInput, "run \(review.run.run) has no answer of this candidate to \(place.title)")
    }
    return item
  }

  // MARK: In words

  private static func reasons(_ item: Review.Item) -> [String] {
    let (question, index) = (item.answer.question, item.answer.index)
    guard let key = question.key[index] else { return [] }
    return item.answer.mark.verdict(key: key, feedback: nil).reasons
  }

  private static func sentence(_ decision: Overrule) -> String {
    let when = CivilTime.text(microseconds: decision.decidedMicroseconds)
    return "\(decision.awarded) points by \(decision.decidedBy) at \(when): \(decision.reason)"
  }

  private static func json(_ item: Review.Item, _ press: PaperPress) -> JSON {
    let question = item.answer.question
    return .object([
      ("code", .string(press.code(for: item.candidate).description)),
      ("line", .integer(item.result.line)), ("field", .string(item.place.title)),
      ("question", .integer(item.place.question)), ("part", .string(item.place.field.rawValue)),
      ("typed", .string(item.answer.typed)),
      ("key", question.key[item.answer.index]?.json ?? .null),
      ("outcome", .string(press.legend.outcome(item.outcome).word)),
      ("possible", item.possible.json),
      ("reasons", .array(reasons(item).map { .string($0) })),
      (
        "decided",
        item.decision.map { decision in
          .object([
            ("awarded", decision.awarded.json),
            ("outcome", .optional(decision.outcome.map { press.legend.outcome($0).word })),
            ("by", .string(decision.decidedBy)),
            ("at", .string(CivilTime.text(microseconds: decision.decidedMicroseconds))),
            ("reason", .string(decision.reason)),
          ])
        } ?? .null
      ),
    ])
  }
}

extension OutcomeCode {
  /// The code of an outcome that a person may choose.
  fileprivate static func code(_ outcome: Outcome) -> Int16 {
    switch outcome {
    case .correct: correct
    case .imprecise: imprecise
    case .followThrough: followThrough
    case .blank: blank
    case .incorrect, .misconception, .unreadable: incorrect
    }
  }
}
