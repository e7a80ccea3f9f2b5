import ExamModel
import Foundation
import Marking
import Testing

/// One row of `readings.tsv`: what was typed, and what it is read as.
struct ReadingRow: Sendable, CustomTestStringConvertible {
  let kind: AnswerKind
  let typed: String
  /// A canonical answer, `blank` or `unreadable`.
  let read: String
  let remark: String

  var testDescription: String { "\(kind.rawValue) \(typed.debugDescription)" }

  /// `␊` stands for a line end.
  static let all: [ReadingRow] = TableFile.rows("readings.tsv").map { cells in
    ReadingRow(
      kind: AnswerKind(rawValue: cells[0])!, typed: cells[1].replacing("␊", with: "\n"),
      read: cells[2], remark: cells[3])
  }

  var options: [String] {
    switch (kind, read) {
    case (.choice, "True"), (.choice, "False"): ["True", "False"]
    case (.choice, _):
      [
        "Mean squared error", "Cross-entropy (softmax + NLL)", "Hinge loss, one-vs-rest",
        "I don't know",
      ]
    case (.choices, _):
      [
        "L2 weight decay", "Dropout, applied to activations", "Larger batch size",
        "Early stopping; watched on validation",
      ]
    default: []
    }
  }

  /// The canonical column in the form in which answers are printed.
  var expected: String {
    guard read != "blank", read != "unreadable" else { return read }
    switch kind {
    case .choice where read.count > 1: return read
    case .choice: return options[Int(read.utf8.first!) - 65]
    case .choices where read.isEmpty: return "none"
    case .choices:
      return read.split(separator: ",").map { options[Int($0.utf8.first!) - 65] }
        .joined(separator: ", ")
    default: return read
    }
  }
}

@Suite("The table of readings") struct ReadingTableTests {
  @Test("is read as it says", arguments: ReadingRow.all)
  func table(_ row: ReadingRow) throws {
    let reading = Reading(row.typed, as: row.kind, in: ReadingContext(options: row.options))
    switch (reading, row.kind) {
    case (.blank, _): #expect(row.expected == "blank")
    case (.unreadable(let why), _): #expect(row.expected == "unreadable", "\(why)")
    case (.value(let value, _), .choice), (.value(let value, _), .choices):
      #expect(value.plainText == row.expected)
    case (.value(let value, _), _):
      let expected = Reading(row.expected, as: row.kind).value
      let wanted = try #require(expected, "read as \(value.plainText)")
      #expect(
        Acceptance.accepts(value, key: wanted, tolerance: .relative(1e-15)),
        "\(value.plainText) is not \(wanted.plainText)")
    }
  }

  @Test("has every row that it should")
  func size() { #expect(ReadingRow.all.count == 439) }
}

/// A data file beside the tests: a header, then one row a line, cells parted by tabs.
enum TableFile {
  static func rows(_ name: String, _ file: String = #filePath) -> [[String]] {
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    guard let text = try? String(contentsOfFile: "/\(folder)/\(name)", encoding: .utf8) else {
      fatalError("there is no \(name) beside \(file)")
    }
    return text.split(separator: "\n").dropFirst().map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
