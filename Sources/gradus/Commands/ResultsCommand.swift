import CSV
import ExamModel
import Storage
import Workers

/// `gradus results`: who got what.
enum ResultsCommand {
  static let command = Command(
    name: "results", summary: "Show who got what, in the published run",
    discussion: """
      One line a candidate; with --parts one line an answer, with its outcome. CSV cells that a \
      spreadsheet would run as formulas are disarmed.
      """,
    arguments: [
      .init(
        name: "CANDIDATE", help: "only this candidate, by id or e-mail address", isOptional: true)
    ],
    options: [
      .workspace, .store, .flag("--parts", "One line an answer"),
      .init(name: "--run", value: "N", help: "Another run than the published one"), .table,
    ],
    examples: [
      ("gradus results", "lists everybody's points"),
      ("gradus results c001 --parts", "shows one candidate's answers"),
      ("gradus results --format csv > points.csv", "for a spreadsheet"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let test = try invocation.workspace.blueprint().id
    let roster = try invocation.workspace.roster()
    let only = try invocation.positional.first.map { try invocation.candidate(named: $0).id }
    let number = try invocation.integer("--run", in: 1...Int(Int64.max / 2))
    try await invocation.withStore { store in
      try await print(
        invocation, test: test, number: number, only: only, roster: roster, store: store)
    }
  }

  private static func print(
    _ invocation: Invocation, test: TestID, number: Int?, only: CandidateID?, roster: Roster,
    store: any Store
  ) async throws {
    let published = try await store.publishedRun(of: test)
    guard let run = number.map({ RunKey(test: test, run: Int64($0)) }) ?? published else {
      throw Failure(
        .badInput, "nothing is published yet: no run of \(test) has finished; run \"gradus grade\"")
    }
    let legend = try await store.legend(of: run)
    guard !legend.items.isEmpty else {
      throw Failure(
        .badInput, "there is no run \(run.run) of \(test); \"gradus status\" lists them")
    }
    var output = ResultsOutput(
      legend: legend, roster: roster, showsParts: invocation.isSet("--parts"),
      format: invocation.value("--format") ?? "text")
    let batch = try await store.progress(of: run).batch
    var last: CandidateID?
    while true {
      let page = try await store.results(of: run, after: last, limit: 1000)
      let overrules = Dictionary(
        grouping: try await store.overrules(
          of: batch, after: last, through: page.last?.candidate), by: \.candidate)
      for result in page where only == nil || result.candidate == only {
        output.add(result, overrules: overrules[result.candidate] ?? [])
      }
      guard page.count == 1000 else { break }
      last = page.last?.candidate
    }
    if only != nil, output.isEmpty {
      throw Failure(.badInput, "run \(run.run) has no graded submission of this candidate")
    }
    output.flush()
  }
}

/// Writes results as text, CSV or JSON.
private struct ResultsOutput {
  let legend: RunLegend
  let showsParts: Bool
  let format: String
  private let names: [CandidateID: String]
  private var rows: [[String]] = []
  private var objects: [JSON] = []

  init(legend: RunLegend, roster: Roster, showsParts: Bool, format: String) {
    self.legend = legend
    self.showsParts = showsParts
    self.format = format
    names = Dictionary(roster.candidates.map { ($0.id, $0.name) }, uniquingKeysWith: { a, _ in a })
  }

  var isEmpty: Bool { rows.isEmpty && objects.isEmpty }

  /// Takes the machine's result and what persons decided about its answers.
  mutating func add(_ machine: ResultRecord, overrules: [Overrule]) {
    let result = machine.overruled(by: overrules, legend: legend)
    let person = { [legend] (item: Int) -> String? in
      overrules.first {
        $0.place.line == result.line && legend.items[item].isField($0.place.item)
      }?.decidedBy
    }
    if format == "json" {
      objects.append(json(result, overruledBy: person))
    } else if showsParts {
      for item in legend.items.indices where result.outcomes[item] != OutcomeCode.notAsked {
        rows.append([
          result.candidate.rawValue, title(item), legend.items[item].family.rawValue,
          legend.outcome(result.outcomes[item]).word,
          legend.outcome(result.outcomes[item]).misconception?.rawValue ?? "",
          Points(hundredths: Int(result.awardedEach[item])).description,
          Points(hundredths: Int(result.possibleEach[item])).description, person(item) ?? "",
        ])
      }
    } else {
      rows.append([
        result.candidate.rawValue, names[result.candidate] ?? "", result.awarded.description,
        result.possible.description, percent(result), "\(result.line)",
      ])
    }
  }

  func flush() {
    switch format {
    case "json": Console.write(JSON.array(objects).prettyText + "\n", to: 1)
    case "csv":
      var writer = CSVWriter()
      writer.write(header)
      for row in rows { writer.write(row) }
      Console.write(writer.text, to: 1)
    default:
      var table = TextTable(header, rightAligned: showsParts ? [5, 6] : [2, 3, 4, 5])
      for row in rows { table.add(row) }
      Console.write(table.text + "\n", to: 1)
    }
  }

  private var header: [String] {
    showsParts
      ? [
        "candidate", "field", "family", "outcome", "misconception", "awarded", "possible",
        "overruled by",
      ]
      : ["candidate", "name", "awarded", "possible", "percent", "line"]
  }

  private func title(_ item: Int) -> String {
    FormItem(question: legend.items[item].question, field: legend.items[item].part).title
  }

  private func percent(_ result: ResultRecord) -> String {
    guard result.possible.hundredths > 0 else { return "" }
    return (100 * Double(result.awarded.hundredths) / Double(result.possible.hundredths)).fixed(1)
  }

  private func json(_ result: ResultRecord, overruledBy person: (Int) -> String?) -> JSON {
    let parts = legend.items.indices.filter { result.outcomes[$0] != OutcomeCode.notAsked }
      .map { item -> JSON in
        .object([
          ("field", .string(title(item))), ("family", .string(legend.items[item].family.rawValue)),
          ("outcome", .string(legend.outcome(result.outcomes[item]).word)),
          (
            "misconception",
            .optional(legend.outcome(result.outcomes[item]).misconception?.rawValue)
          ),
          ("awarded", Points(hundredths: Int(result.awardedEach[item])).json),
          ("possible", Points(hundredths: Int(result.possibleEach[item])).json),
          ("overruledBy", .optional(person(item))),
        ])
      }
    return .object([
      ("candidate", .string(result.candidate.rawValue)), ("awarded", result.awarded.json),
      ("possible", result.possible.json), ("line", .integer(result.line)), ("parts", .array(parts)),
    ])
  }
}
