package import ExamModel
import Foundation
package import Marking
import Testing

/// One row of `typed-answers.tsv`, from which `make docs` writes the manual as well.
package struct TypedAnswer: Sendable, CustomTestStringConvertible {
  package var typed: String
  package let kind: AnswerKind
  /// As `gradus mark` takes it behind `--key`.
  package let key: String
  /// What else `gradus mark` is told, without the dashes: `decimals 3`, `options ["a", "b"]`.
  package let given: [String]
  package var outcome: String

  package var testDescription: String { "\(kind.rawValue) \(typed.debugDescription)" }

  /// `␊` stands for a line end, `␉` for a tab, `\u{A0}` for a sign that would not be seen.
  package init(_ line: Substring) throws {
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard cells.count == 6, let kind = AnswerKind(rawValue: cells[1]) else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSLocalizedDescriptionKey: String(line)])
    }
    typed = cells[0].replacing("␊", with: "\n").replacing("␉", with: "\t")
      .replacing(/\\u\{([0-9A-F]+)\}/) { match in
        UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map(String.init) ?? ""
      }
    self.kind = kind
    key = cells[2]
    given =
      cells[3].hasPrefix("options") ? [cells[3]] : cells[3].components(separatedBy: "; ")
    outcome = cells[4]
  }

  package init(_ typed: String, _ kind: AnswerKind, key: String, given: [String] = []) {
    (self.typed, self.kind, self.key, self.given, outcome) = (typed, kind, key, given, "")
  }

  /// As it stands in the table, without a remark.
  package var line: String {
    let shown = typed.replacing("\n", with: "␊").replacing("\t", with: "␉")
    return [shown, kind.rawValue, key, given.joined(separator: "; "), outcome, ""]
      .joined(separator: "\t")
  }

  package static let all: [TypedAnswer] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "MarkingTests/typed-answers.tsv")
    do {
      return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        .map(TypedAnswer.init)
    } catch { fatalError("\(file.path): \(error)") }
  }()

  package func question() throws -> LoneQuestion {
    var tolerance: Tolerance?
    var options: [String]?
    var locale = NumberLocale.undecided
    for rule in given where !rule.isEmpty {
      let name = rule.prefix { $0 != " " }
      let value = String(rule.dropFirst(name.count + 1))
      switch name {
      case "decimals": tolerance = .decimals(try #require(Int(value)))
      case "significant": tolerance = .significant(try #require(Int(value)))
      case "absolute": tolerance = .absolute(try #require(Double(value)))
      case "relative": tolerance = .relative(try #require(Double(value)))
      case "options": options = try JSON(parsing: value, file: "options").array?.map { $0.string! }
      case "locale": locale = try #require(NumberLocale(rawValue: value))
      default: Issue.record("unknown rule \(rule)")
      }
    }
    return try LoneQuestion(
      kind: kind, key: key, tolerance: tolerance, options: options, numberLocale: locale)
  }
}
