import CSV
import ExamModel
import PaperPress
import Storage
import Workers

/// `gradus regrade`: grades again what was graded, and says who moves.
enum RegradeCommand {
  static let command = Command(
    name: "regrade", summary: "Grade again by today's blueprint; list who moves",
    discussion: """
      For a changed marking, or for "corrections" in the blueprint: a question that turned out to be \
      wrong is void, a part gets another tolerance, or other answers are accepted. Papers must be \
      what they were; the answers come from the store. Earlier verdicts stay, decisions of persons \
      stand, and what is published changes at once when all is graded.
      """,
    options: [
      .workspace, .secretFile, .store,
      .flag("--dry-run", "List who would move, and change nothing"),
      .init(
        name: "--policy", value: "POLICY", choices: ["exact", "never-lower"],
        help: "exact (default): the new verdict counts; never-lower: of each answer the better one"),
      .reason, .decidedBy,
      .init(name: "--lanes", value: "N", help: "Chunks graded at once (default: one a processor)"),
      .flag("--no-deliver", "Leave webhooks for a later \"gradus deliver\""), .table,
    ],
    examples: [
      ("gradus regrade --dry-run", "who would move by the blueprint as it is now"),
      (
        "gradus regrade --policy never-lower --reason \"Q3 was ambiguous\"",
        "grades again and takes nothing away"
      ),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let press = try invocation.committedPress()
    let isDry = invocation.isSet("--dry-run")
    let reason = isDry ? "" : try invocation.reason()
    let policy: RegradePolicy =
      invocation.value("--policy") == "never-lower" ? .neverLower : .exact
    try await invocation.withStore { store in
      guard let earlier = try await store.publishedRun(of: press.blueprint.id) else {
        throw Failure(
          .badInput,
          "nothing is published yet: no run of \(press.blueprint.id) has finished; "
            + "run \"gradus grade\"")
      }
      let key = try await store.progress(of: earlier).batch
      guard let batch = try await store.batch(key) else {
        throw Failure(.internalError, "run \(earlier.run) has no import; restore a backup")
      }
      let list = MoveList(
        press, earlier: earlier, format: invocation.value("--format") ?? "text",
        console: invocation.console)
      if isDry {
        let regrade = Regrade(press, of: earlier, over: batch, policy: policy)
        list.begin()
        let count = try await regrade.foresee(in: store) { list.add($0) }
        list.end(count, run: nil)
        invocation.console.note("Nothing was changed. Without --dry-run this becomes what counts.")
        return
      }
      let begun = try await store.begin(
        NewRegrade(
          earlier: earlier, policy: policy, keyVersion: press.keyVersion, legend: press.legend,
          reason: reason, begunBy: invocation.decidedBy))
      let progress = try await GradeCommand.finish(begun, press: press, in: store, invocation)
      guard progress.chunksSetAside == 0 else {
        throw Failure(
          .internalError,
          "\(progress.chunksSetAside) rows could not be graded, so run \(earlier.run) stays "
            + "published: \(progress.errors.first ?? "")")
      }
      list.begin()
      let count = try await Regrade.compare(earlier, with: begun.run, over: key, in: store) {
        list.add($0)
      }
      list.end(count, run: begun.run)
      try await GradeCommand.noteUnlessPublished(progress, in: store, invocation)
      try await GradeCommand.deliver(from: store, invocation)
    }
  }
}

/// Writes moves as they come, so that a million of them need no memory.
private final class MoveList {
  private let press: PaperPress
  private let legend: RunLegend
  private let earlier: RunKey
  private let format: String
  private let console: Console
  private var isFirst = true

  init(_ press: PaperPress, earlier: RunKey, format: String, console: Console) {
    self.press = press
    legend = press.legend
    self.earlier = earlier
    self.format = format
    self.console = console
  }

  func begin() {
    switch format {
    case "json": Console.write("{\"candidates\": [", to: 1)
    case "csv":
      writeRow([
        "candidate", "before", "after", "field", "outcome before", "awarded before",
        "outcome after", "awarded after", "possible after", "why",
      ])
    default: break
    }
  }

  func add(_ move: Move) {
    switch format {
    case "json": Console.write((isFirst ? "\n" : ",\n") + json(move).text, to: 1)
    case "csv":
      for part in move.parts {
        writeRow([
          move.candidate.rawValue, move.before.description, move.after.description, title(part),
          word(part.before), part.before.awarded.description, word(part.after),
          part.after.awarded.description, part.after.possible.description, why(part),
        ])
      }
    default:
      let change = Points(hundredths: move.after.hundredths - move.before.hundredths)
      let sign = change > .zero ? "+" : ""
      console.print(
        "\(move.candidate)  \(move.before) of \(move.possibleBefore) → "
          + "\(move.after) of \(move.possibleAfter)  (\(sign)\(change))")
      for part in move.parts {
        console.print(
          "  \(title(part)): \(word(part.before)) \(part.before.awarded) → "
            + "\(word(part.after)) \(part.after.awarded); \(why(part))")
      }
    }
    isFirst = false
  }

  func end(_ count: MoveCount, run: RunKey?) {
    guard format != "csv" else { return }
    guard format == "text" else {
      let rest = JSON.object([
        ("run", run.map { .integer(Int($0.run)) } ?? .null),
        ("earlier", .integer(Int(earlier.run))),
        ("compared", .integer(count.compared)), ("changed", .integer(count.changed)),
        ("up", .integer(count.up)), ("down", .integer(count.down)), ("points", count.points.json),
      ])
      Console.write("\n], " + rest.text.dropFirst() + "\n", to: 1)
      return
    }
    let sum = "\(count.up) up and \(count.down) down, \(count.points) points together"
    let would = run == nil ? "would change" : "changed"
    console.print("\(count.changed) of \(count.compared) candidates \(would): \(sum)")
  }

  private func writeRow(_ fields: [String]) {
    var writer = CSVWriter()
    writer.write(fields)
    Console.write(writer.text, to: 1)
  }

  private func field(_ part: Move.Part) -> FormItem {
    FormItem(question: legend.items[part.item].question, field: legend.items[part.item].part)
  }

  private func title(_ part: Move.Part) -> String { field(part).title }

  private func word(_ verdict: Move.Verdict) -> String {
    let (word, mistake) = legend.outcome(verdict.outcome)
    return mistake.map { "\(word) \($0)" } ?? word
  }

  /// The correction behind it; without one, what else is new.
  private func why(_ part: Move.Part) -> String {
    let item = field(part)
    let causes = press.blueprint.corrections.filter { $0.isAbout(item) }
    if !causes.isEmpty {
      return causes.map { $0.because ?? $0.words }.joined(separator: "; ")
    }
    return part.before.outcome == part.after.outcome
      ? "the marking of this outcome was changed" : "the answer is judged anew"
  }

  private func json(_ move: Move) -> JSON {
    let parts = move.parts.map { part -> JSON in
      .object([
        ("field", .string(title(part))), ("before", json(part.before)), ("after", json(part.after)),
        ("why", .string(why(part))),
      ])
    }
    return .object([
      ("candidate", .string(move.candidate.rawValue)), ("line", .integer(move.line)),
      ("before", move.before.json), ("after", move.after.json), ("parts", .array(parts)),
    ])
  }

  private func json(_ verdict: Move.Verdict) -> JSON {
    let (word, mistake) = legend.outcome(verdict.outcome)
    return .object([
      ("outcome", .string(word)), ("misconception", .optional(mistake?.rawValue)),
      ("awarded", verdict.awarded.json), ("possible", verdict.possible.json),
    ])
  }
}

extension Correction {
  /// What it says, where it gives no reason of its own.
  fileprivate var words: String {
    switch void {
    case .uncounted: "it counts for nobody"
    case .fullMarks: "it counts as right for everybody"
    case nil:
      [
        tolerance.map { "accepted \($0.words)" },
        accept.isEmpty ? nil : "other answers are accepted",
      ]
      .compactMap { $0 }.joined(separator: "; ")
    }
  }
}
