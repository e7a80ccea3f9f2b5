package import ExamModel
import PaperPress

/// How different the papers of a set are, and how evenly hard.
package struct CohortReport: Sendable {
  package let papers: Int
  package let distinctKeys: Int
  /// Candidates who share every answer.
  package let twins: [[CandidateID]]
  private let spreads: [(name: String, values: [Int])]

  init(_ records: [PaperRecord]) {
    papers = records.count
    let groups = Dictionary(grouping: records, by: \.keyDigest)
    distinctKeys = groups.count
    twins = groups.values.filter { $0.count > 1 }.map { $0.map(\.entry.candidate) }
      .sorted { $0[0].rawValue < $1[0].rawValue }
    spreads = [
      ("steps of the solutions", records.map(\.steps)),
      ("products of numbers", records.map(\.multiplications)),
      ("digits to type", records.map(\.digits)),
    ].map { ($0.0, $0.1.sorted()) }
  }

  /// The report as it is printed and written.
  package var text: String {
    var lines = [
      "\(counted(papers, "paper")), \(counted(distinctKeys, "different key"))", "",
    ]
    let names = spreads.map { $0.name.count }.max() ?? 0
    func row(_ name: String, _ cells: [String]) -> String {
      name + String(repeating: " ", count: names - name.count)
        + cells.map { String(repeating: " ", count: max(0, 8 - $0.count)) + $0 }.joined()
    }
    lines.append(row("a paper's", ["least", "middle", "most"]))
    for (name, values) in spreads where !values.isEmpty {
      lines.append(
        row(name, [values[0], values[values.count / 2], values[values.count - 1]].map(String.init)))
    }
    for group in twins {
      lines.append("The same key: " + group.map(\.rawValue).joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}
