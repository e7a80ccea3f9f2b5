import FoundationEssentials
import Testing

@testable import Calculus

/// The table of typed expressions: what was typed, the names, and what it is read as.
private struct TypedExpression: Sendable, CustomTestStringConvertible {
  let typed: String
  let names: [String]
  let read: String

  var testDescription: String { typed }

  static let table: [TypedExpression] = Table.rows("expressions.tsv").map { cells in
    TypedExpression(
      typed: cells[0], names: cells[1].split(separator: " ").map(String.init), read: cells[2])
  }
}

@Suite("The table of typed expressions") struct ExpressionReadingTests {
  @Test("each row is read as it says", arguments: TypedExpression.table)
  private func table(_ row: TypedExpression) throws {
    guard row.read != "reject" else {
      #expect(throws: ExpressionError.self) {
        let read = try Expression(parsing: row.typed, names: row.names)
        Issue.record("read as \(read)")
      }
      return
    }
    let read = try Expression(parsing: row.typed, names: row.names)
    let expected = try Expression(parsing: row.read, names: row.names)
    #expect(read == expected || Expression.areEqual(read, expected), "\(read), not \(expected)")
  }

  @Test("spaces and other spellings of a sign change nothing", arguments: TypedExpression.table)
  private func spellings(_ row: TypedExpression) throws {
    guard row.read != "reject" else { return }
    let expected = try Expression(parsing: row.read, names: row.names)
    for (sign, others) in [
      ("*", [" * ", "·", "×", "⋅", #"\cdot "#]), ("-", ["−", " - ", "–"]), ("^", ["**", " ^ "]),
      ("(", ["( ", #"\left("#]), (")", [" )", #"\right)"#]),
    ] {
      for other in others {
        let typed = row.read.replacing(sign, with: other)
        let read = try Expression(parsing: typed, names: row.names)
        #expect(read == expected, "\(typed)")
      }
    }
  }

  @Test(
    "numbers at the end of the range are read, printed and compared",
    arguments: ["x-2^62*2", "x+(-2)^63", "x-4*2^61", "x+2^62*2", "-(2^62)-(2^62)+x", "x/(-2)^63"])
  func largest(_ typed: String) throws {
    let read = try Expression(parsing: typed, names: ["x"])
    let again = try Expression(parsing: read.description, names: ["x"])
    #expect(Expression.equality(read, again) != .different)
  }

  @Test("any bytes are read or refused")
  func bytes() {
    let pieces = [
      "x", "0", "(", ")", "^", "-", "/", "*", "\\frac", "{", "}", "_", "|", "e", "sin", "log", "²",
      "λ", "\\hat", "[", "]", ".", ",", ">", "if", "else", " ", "max", "\\", "½", "∇", "=", "'",
      "O",
      "\u{302}", "₁", "\\sqrt", "\\text", "9", "\u{0}", "👍",
    ]
    var scatter = Scatter(7)
    for _ in 0..<20_000 {
      let typed = (0..<Int(scatter.next() % 24)).map { _ in
        pieces[Int(scatter.next() % UInt64(pieces.count))]
      }.joined()
      guard let read = try? Expression(parsing: typed, names: ["x", "y", "lambda"]) else {
        continue
      }
      let again = try? Expression(parsing: read.description, names: ["x", "y", "lambda"])
      #expect(again != nil, "\(typed) was read as \(read), which is not read")
    }
  }
}

/// Files of tab-separated cells beside the tests, with a line of titles.
enum Table {
  static func rows(_ name: String, file: String = #filePath) -> [[String]] {
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    guard let data = FileManager.default.contents(atPath: "/\(folder)/\(name)") else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
