/// The text of a list without what stands around it: a label, a constructor's name, a remark,
/// LaTeX's environment, a transpose mark.
struct ListText {
  private(set) var text: String

  /// - Parameter dropsTranspose: whether a row may stand for a column.
  init(_ typed: String, dropsTranspose: Bool) throws(ReadingError) {
    text = NumberRemarks.stripped(typed)
    dropLabel()
    for name in ["\\left", "\\right", "\\,", "\\;"] { text = text.replacing(name, with: "") }
    try readEnvironment()
    if text.hasPrefix("R^") || text.hasSuffix("^-1") {
      throw ReadingError(reason: "an operation is left to do")
    }
    for mark in ["^T", "^(T)", "^{T}", ".T", "^t", "'", "^\\top", "^{\\top}", ".transpose()"]
    where text.hasSuffix(mark) {
      guard dropsTranspose else { throw ReadingError(reason: "a transpose is left to do") }
      text = text.dropLast(mark.count).trimmed()
      break
    }
    // R's matrix(c(…), nrow=2) says more than its numbers.
    if BracketText.groups(text) == nil, !text.hasPrefix("matrix(c(") {
      text = PythonName.unwrapped(text)
    }
  }

  /// `A = …`, `A@B = …`, `p: …`, but not the labels inside of `w1 = 1; w2 = 2`.
  private mutating func dropLabel() {
    let body = text.firstIndex { BracketText.openings.contains($0) } ?? text.endIndex
    let head = text[..<body]
    for mark: Character in ["=", ":", "≈"] {
      guard let sign = head.lastIndex(of: mark),
        head[..<sign].contains(where: \.isLetter),
        !head[..<sign].contains(where: { ",;=".contains($0) }),
        text[text.index(after: sign)...].contains(where: { "=≈".contains($0) }) == false
          || head[head.index(after: sign)...].trimmed().isEmpty
      else { continue }
      text = text[text.index(after: sign)...].trimmed()
      return
    }
  }

  /// `\begin{pmatrix}1&2\\3&4\end{pmatrix}` is `1&2;3&4`.
  private mutating func readEnvironment() throws(ReadingError) {
    guard let begin = text.range(of: "\\begin{") else { return }
    guard let end = text.range(of: "\\end{"),
      let open = text[begin.upperBound...].firstIndex(of: "}"), open < end.lowerBound,
      let close = text[end.upperBound...].firstIndex(of: "}"),
      text[begin.upperBound..<open] == text[end.upperBound..<close]
    else { throw ReadingError(reason: "a LaTeX environment is never closed") }
    let before = text[..<begin.lowerBound]
    let after = text[text.index(after: close)...].trimmed()
    guard before.allSatisfy({ "[({| ".contains($0) }),
      after.filter({ !"])}| ".contains($0) }).isEmpty
        || after.hasPrefix("^")
    else { throw ReadingError(reason: "something stands beside the matrix") }
    var body = text[text.index(after: open)..<end.lowerBound].trimmed()
    // The columns of \begin{array}{cc}.
    if body.hasPrefix("{"), let columns = body.firstIndex(of: "}") {
      body = body[body.index(after: columns)...].trimmed()
    }
    let rows = body.replacing("\n", with: " ").pieces(between: "\\\\").filter { !$0.isEmpty }
    text = rows.joined(separator: ";") + (after.hasPrefix("^") ? after : "")
    if rows.count == 1 { text = "[" + text + "]" }
  }
}

/// Matrices that programs build from a few numbers: `np.eye(2)`, `matrix(c(1, 3, 2, 4), nrow=2)`.
enum MatrixConstructor {
  /// The rows; nil where the text is no such call.
  static func rows(_ text: String) throws(ReadingError) -> [[Double]]? {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
    let name = text[..<open].split(separator: ".").last.map(String.init) ?? ""
    let arguments = BracketText.split(String(text[text.index(after: open)...].dropLast())) {
      $0 == ","
    }
    switch name {
    case "eye", "identity":
      guard arguments.count == 1, let n = Int(arguments[0]), (1...20).contains(n) else { break }
      return (0..<n).map { row in (0..<n).map { $0 == row ? 1 : 0 } }
    case "zeros", "ones":
      let sizes = arguments.joined(separator: " ").split { "()[], ".contains($0) }.map { Int($0) }
      guard sizes.count == 2, let m = sizes[0], let n = sizes[1], (1...20).contains(m),
        (1...20).contains(n)
      else { break }
      return [[Double]](
        repeating: [Double](repeating: name == "ones" ? 1 : 0, count: n), count: m)
    case "matrix" where arguments.first?.hasPrefix("c(") == true: return try columns(arguments)
    default: return nil
    }
    throw ReadingError(reason: "the sizes of \(name) are not understood")
  }

  /// R fills column by column unless it is told otherwise.
  private static func columns(_ arguments: [String]) throws(ReadingError) -> [[Double]] {
    let values = arguments[0].dropFirst(2).dropLast().split(separator: ",").map {
      Double($0.trimmed())
    }
    var options: [String: String] = [:]
    for argument in arguments.dropFirst() {
      let pair = argument.split(separator: "=").map { $0.trimmed() }
      if pair.count == 2 { options[pair[0]] = pair[1] }
    }
    let rowCount = options["nrow"].flatMap { Int($0) }
    let columnCount = options["ncol"].flatMap { Int($0) }
    guard options.count == arguments.count - 1, !values.contains(nil),
      let m = rowCount ?? columnCount.flatMap({ $0 > 0 ? values.count / $0 : nil }), m > 0,
      values.count.isMultiple(of: m), columnCount.map({ $0 * m == values.count }) ?? true
    else { throw ReadingError(reason: "the matrix of R is not understood") }
    let n = values.count / m
    let isByRow = ["TRUE", "T"].contains(options["byrow"])
    return (0..<m).map { row in
      (0..<n).map { column in values[isByRow ? row * n + column : column * m + row] ?? 0 }
    }
  }
}
