import ExamModel
import Storage
import Workers

/// A run's summary as a table and the mistakes that were made most.
struct SummaryText {
  let text: String

  init(_ summary: GradingSummary, console: Console) {
    let progress = summary.progress
    var rows = TextTable(["rows of \(progress.fileName)", ""], rightAligned: [1])
    rows.add(["graded", "\(progress.graded)"])
    rows.add(["superseded", "\(progress.superseded)"])
    rows.add(["quarantined", "\(progress.quarantined)"])
    let sum = progress.graded + progress.superseded + progress.quarantined
    rows.add([sum == progress.rows ? "together, all accounted for" : "together", "\(sum)"])
    var answers = TextTable(["answers", ""], rightAligned: [1])
    for (word, count) in summary.outcomes { answers.add([Self.words[word] ?? word, "\(count)"]) }
    var lines = [rows.text, "", answers.text, ""]
    if let possible = summary.possible {
      lines.append("Mean \(summary.mean.fixed(2)) of \(possible) points.")
    }
    if summary.unreadable > 0 {
      lines.append(
        counted(summary.unreadable, "unreadable answer")
          + (summary.unreadable == 1
            ? " waits for a person and does not count as wrong."
            : " wait for a person; none counts as wrong."))
    }
    let shown = summary.mistakes.prefix(3)
    if !shown.isEmpty {
      lines += [
        "",
        console.bold(
          shown.count == 1
            ? "The most frequent misconception"
            : "The \(Self.numbers[shown.count]) most frequent misconceptions"),
      ]
    }
    for (place, mistake) in shown.enumerated() {
      lines.append(
        "  \(place + 1). \(mistake.family) \(mistake.misconception), made \(mistake.count) \(mistake.count == 1 ? "time" : "times")"
      )
      lines.append("     \(mistake.feedback)")
    }
    text = lines.joined(separator: "\n")
  }

  private static let words = [
    "correct": "correct", "imprecise": "right but too coarse",
    "followThrough": "right given an earlier answer", "misconception": "a known misconception",
    "incorrect": "incorrect", "blank": "blank", "unreadable": "unreadable",
    "void": "void, by a correction",
  ]
  private static let numbers = ["no", "one", "two", "three"]
}
