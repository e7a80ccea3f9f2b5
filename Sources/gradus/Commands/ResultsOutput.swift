import CSV
import ExamModel
import PaperPress
import Publishing
import Storage
import Workers

/// Rows as a table, or as CSV that is written while it comes, so that a million need no memory.
struct RowOutput {
  private var table: TextTable
  private var writer: CSVWriter?

  init(_ header: [String], rightAligned: Set<Int>, format: String) {
    table = TextTable(header, rightAligned: rightAligned)
    guard format == "csv" else { return }
    writer = CSVWriter()
    writer?.write(header)
  }

  mutating func add(_ row: [String]) {
    guard writer != nil else {
      table.add(row)
      return
    }
    writer?.write(row)
    if let text = writer?.text, text.utf8.count > 1 << 16 {
      Console.write(text, to: 1)
      writer = CSVWriter()
    }
  }

  func finish() { Console.write(writer?.text ?? table.text + "\n", to: 1) }
}

/// Writes results as text, CSV or JSON.
struct ResultsOutput {
  private let legend: RunLegend
  private let showsParts: Bool
  private let isJSON: Bool
  private let names: [CandidateID: String]
  private let pseudonyms: PaperPress?
  private let filter: ResultsFilter
  private var rows: RowOutput
  private var hasObjects = false

  /// - Parameter pseudonyms: Whose secret stands in for ids; nil shows them.
  init(
    legend: RunLegend, roster: Roster, pseudonyms: PaperPress?, filter: ResultsFilter,
    showsParts: Bool, format: String
  ) {
    self.legend = legend
    self.showsParts = showsParts
    self.pseudonyms = pseudonyms
    self.filter = filter
    isJSON = format == "json"
    names =
      pseudonyms == nil
      ? Dictionary(roster.candidates.map { ($0.id, $0.name) }, uniquingKeysWith: { a, _ in a })
      : [:]
    rows = RowOutput(
      showsParts
        ? [
          "candidate", "field", "family", "outcome", "misconception", "awarded", "possible",
          "overruled by",
        ]
        : ["candidate", "name", "awarded", "possible", "percent", "line"],
      rightAligned: showsParts ? [5, 6] : [2, 3, 4, 5], format: format)
  }

  mutating func add(_ entry: StandingResults.Entry) {
    let result = entry.result
    let name =
      pseudonyms?.pseudonym(of: result.candidate) ?? result.candidate.rawValue
    if isJSON {
      let object = JSON.array([json(entry, name)]).prettyText
      Console.write((hasObjects ? "," : "[") + object.dropFirst().dropLast(2), to: 1)
      hasObjects = true
    } else if showsParts {
      for item in legend.items.indices where filter.admits(item, of: result, legend: legend) {
        let (word, misconception) = legend.outcome(result.outcomes[item])
        rows.add([
          name, title(item), legend.items[item].family.rawValue, word,
          misconception?.rawValue ?? "",
          Points(hundredths: Int(result.awardedEach[item])).description,
          Points(hundredths: Int(result.possibleEach[item])).description,
          person(deciding: item, entry) ?? "",
        ])
      }
    } else {
      rows.add([
        name, names[result.candidate] ?? "", result.awarded.description,
        result.possible.description, result.percent?.fixed(1) ?? "",
        pseudonyms == nil ? "\(result.line)" : "",
      ])
    }
  }

  func finish() {
    if isJSON {
      Console.write(hasObjects ? "\n]\n" : "[]\n", to: 1)
    } else {
      rows.finish()
    }
  }

  private func title(_ item: Int) -> String {
    FormItem(question: legend.items[item].question, field: legend.items[item].part).title
  }

  private func person(deciding item: Int, _ entry: StandingResults.Entry) -> String? {
    entry.person(deciding: legend.items[item])
  }

  private func json(_ entry: StandingResults.Entry, _ name: String) -> JSON {
    let result = entry.result
    let parts = legend.items.indices.filter { filter.admits($0, of: result, legend: legend) }
      .map { item -> JSON in
        let (word, misconception) = legend.outcome(result.outcomes[item])
        return .object([
          ("field", .string(title(item))), ("family", .string(legend.items[item].family.rawValue)),
          ("outcome", .string(word)), ("misconception", .optional(misconception?.rawValue)),
          ("awarded", Points(hundredths: Int(result.awardedEach[item])).json),
          ("possible", Points(hundredths: Int(result.possibleEach[item])).json),
          ("overruledBy", .optional(person(deciding: item, entry))),
        ])
      }
    return .object([
      ("candidate", .string(name)), ("awarded", result.awarded.json),
      ("possible", result.possible.json),
      // Whoever has the export finds a person by the line.
      ("line", pseudonyms == nil ? .integer(result.line) : .null), ("parts", .array(parts)),
    ])
  }
}

/// Grades for another system.
struct GradebookOutput {
  private let book: Gradebook
  private let title: String
  private let scale: Points?
  private let console: Console

  init(_ book: Gradebook, title: String, invocation: Invocation) throws {
    guard !invocation.isSet("--pseudonyms") else {
      throw UsageError(
        "a gradebook finds people by their names, so --pseudonyms cannot go with it",
        command: invocation.command)
    }
    self.book = book
    self.title = title
    scale = try invocation.integer("--out-of", in: 1...1_000_000)
      .map { Points(hundredths: $0 * 100) }
    console = invocation.console
  }

  /// - Throws: `Failure` where the system would refuse the whole file.
  func print(
    _ standing: StandingResults, filter: ResultsFilter, roster: Roster, store: any Store
  ) async throws {
    let people = Dictionary(roster.candidates.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    var entries: [Gradebook.Entry] = []
    var leftOut: [String] = []
    var most = Points.zero
    try await standing.visit(in: store) { entry in
      let result = entry.result
      guard filter.admits(result, legend: standing.legend) else { return }
      most = max(most, result.possible)
      guard let person = people[result.candidate], !book.needsAddress || !person.email.isEmpty
      else { return leftOut.append(result.candidate.rawValue) }
      let grade = scale.map { scale in
        result.possible.hundredths > 0
          ? scale.share(result.awarded.hundredths, of: result.possible.hundredths) : .zero
      }
      entries.append(.init(candidate: person, grade: grade ?? result.awarded))
    }
    let possible = scale ?? most
    guard book != .classroom || possible.hundredths.isMultiple(of: 100) else {
      throw Failure(
        .badInput,
        "Classroom takes a whole number of points, not \(possible); scale with --out-of, such as 100"
      )
    }
    if !leftOut.isEmpty {
      let shown = leftOut.prefix(5).joined(separator: ", ")
      console.warn(
        "\(leftOut.count) are left out, as the roster has no address for them: \(shown)")
    }
    Console.write(book.text(entries, title: title, possible: possible), to: 1)
  }
}
