import ExamModel
import Foundation
import Marking
import Testing

/// One row of `typed-answers.tsv`, from which `make docs` writes the manual as well.
struct TypedAnswer: Sendable, CustomTestStringConvertible {
  let typed: String
  let kind: AnswerKind
  /// As `gradus mark` takes it behind `--key`.
  let key: String
  /// What else `gradus mark` is told, without the dashes: `decimals 3`, `options ["a", "b"]`.
  let given: [String]
  let outcome: String

  var testDescription: String { "\(kind.rawValue) \(typed.debugDescription)" }

  /// `␊` stands for a line end, `␉` for a tab, `\u{A0}` for a sign that would not be seen.
  init(_ line: Substring) throws {
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

  static let all: [TypedAnswer] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "typed-answers.tsv")
    do {
      return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        .map(TypedAnswer.init)
    } catch { fatalError("\(file.path): \(error)") }
  }()

  func question() throws -> LoneQuestion {
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

@Suite("The table of typed answers") struct TypedAnswersTests {
  @Test("is marked as it says", arguments: TypedAnswer.all)
  func outcome(_ row: TypedAnswer) throws {
    let mark = try row.question().mark(row.typed, worth: Points(1))
    #expect(mark.outcome.word == row.outcome, "\(mark.reading)")
  }

  @Test("is long enough to be a manual, and has every kind and outcome")
  func coverage() {
    #expect(TypedAnswer.all.count >= 600)
    for kind in AnswerKind.allCases {
      let outcomes = Set(TypedAnswer.all.filter { $0.kind == kind }.map(\.outcome))
      #expect(outcomes.isSuperset(of: ["correct", "incorrect", "blank"]), "\(kind)")
    }
  }

  /// Where spaces stand makes no difference at either end, and none that is not seen does anywhere.
  @Test("stays the same with spaces around", arguments: ["\u{20}", "\u{A0}", "\n", "\u{200B}"])
  func spaces(_ space: String) throws {
    for row in TypedAnswer.all where row.kind != .expression {
      let typed = space + row.typed + space
      let mark = try row.question().mark(typed, worth: Points(1))
      #expect(mark.outcome.word == row.outcome, "\(row.kind) \(typed.debugDescription)")
    }
  }

  @Test(
    "stays the same in an equivalent spelling",
    arguments: [
      ("-", "−"), ("-", "–"), ("*", "×"), ("*", "·"), ("/", "÷"), ("/", "∕"), ("'", "’"),
      ("e-", "E-"),
      (" ", "\u{A0}"), (" ", "\u{202F}"), ("×", "✕"), ("^2", "²"), ("1", "１"), ("7", "٧"),
      ("pi", "π"),
    ])
  func spellings(_ plain: String, _ other: String) throws {
    for row in TypedAnswer.all where row.kind != .expression && row.typed.contains(plain) {
      // Words keep their digits and dashes, and `**` is one sign.
      if [.choice, .choices, .ordering, .text].contains(row.kind), plain != " ", plain != "-" {
        continue
      }
      if row.typed.contains("**") || row.typed.contains("\\") || row.typed.contains("<") {
        continue
      }
      let typed = row.typed.replacing(plain, with: other)
      let mark = try row.question().mark(typed, worth: Points(1))
      #expect(mark.outcome.word == row.outcome, "\(row.kind) \(typed.debugDescription)")
    }
  }
}
