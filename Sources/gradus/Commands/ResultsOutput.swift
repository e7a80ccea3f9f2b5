import CSV
import ExamModel
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
  private let hidesNames: Bool
  private let filter: ResultsFilter
  private var rows: RowOutput
  private var hasObjects = false

  /// - Parameter hidesNames: Whether names, and lines that lead to them, are left out.
  init(
    legend: RunLegend, roster: Roster, hidesNames: Bool, filter: ResultsFilter, showsParts: Bool,
    format: String
  ) {
    self.legend = legend
    self.showsParts = showsParts
    self.hidesNames = hidesNames
    self.filter = filter
    isJSON = format == "json"
    names =
      hidesNames
      ? [:]
      : Dictionary(roster.candidates.map { ($0.id, $0.name) }, uniquingKeysWith: { a, _ in a })
    rows = RowOutput(
      showsParts
        ? [
          "candidate", "field", "family", "outcome", "misconception", "awarded", "possible",
          "overruled by",
        ]
        : ["candidate", "name", "awarded", "possible", "percent", "line", "waiting"],
      rightAligned: showsParts ? [5, 6] : [2, 3, 4, 5, 6], format: format)
  }

  /// - Parameter shown: the candidate's id, or what stands for it.
  mutating func add(_ entry: StandingResults.Entry, as shown: String) {
    let result = entry.result
    if isJSON {
      let object = JSON.array([json(entry, shown)]).prettyText
      Console.write((hasObjects ? "," : "[") + object.dropFirst().dropLast(2), to: 1)
      hasObjects = true
    } else if showsParts {
      for item in legend.items.indices where filter.admits(item, of: result, legend: legend) {
        let (word, misconception) = legend.outcome(result.outcomes[item])
        rows.add([
          shown, title(item), legend.items[item].family.rawValue, word,
          misconception?.rawValue ?? "",
          Points(hundredths: Int(result.awardedEach[item])).description,
          Points(hundredths: Int(result.possibleEach[item])).description,
          entry.person(deciding: item) ?? "",
        ])
      }
    } else {
      let waiting = entry.waiting
      rows.add([
        shown, names[result.candidate] ?? "", result.awarded.description,
        result.possible.description, result.percent?.fixed(1) ?? "",
        hidesNames ? "" : "\(result.line)", waiting > 0 ? "\(waiting)" : "",
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

  private func json(_ entry: StandingResults.Entry, _ shown: String) -> JSON {
    let result = entry.result
    let parts = legend.items.indices.filter { filter.admits($0, of: result, legend: legend) }
      .map { item -> JSON in
        let (word, misconception) = legend.outcome(result.outcomes[item])
        return .object([
          ("field", .string(title(item))), ("family", .string(legend.items[item].family.rawValue)),
          ("outcome", .string(word)), ("misconception", .optional(misconception?.rawValue)),
          ("awarded", Points(hundredths: Int(result.awardedEach[item])).json),
          ("possible", Points(hundredths: Int(result.possibleEach[item])).json),
          ("overruledBy", .optional(entry.person(deciding: item))),
        ])
      }
    return .object([
      ("candidate", .string(shown)), ("name", .optional(names[result.candidate])),
      ("awarded", result.awarded.json), ("possible", result.possible.json),
      ("percent", result.percent.map { .number(($0 * 10).rounded() / 10) } ?? .null),
      // Whoever has the export finds a person by the line.
      ("line", hidesNames ? .null : .integer(result.line)), ("waiting", .integer(entry.waiting)),
      ("parts", .array(parts)),
    ])
  }
}
