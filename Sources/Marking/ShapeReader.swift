import ExamModel

/// Reads the shape of a tensor: `(3, 4)`, `3x4`, `3 by 4`, `torch.Size([3, 4])`, `(N, 4)`.
enum ShapeReader {
  static func read(_ typed: String) throws(ReadingError) -> AnswerValue {
    var readings: [AnswerValue] = []
    for alternative in typed.pieces(between: " or ") {
      readings.append(try one(alternative))
    }
    guard Set(readings).count == 1 else { throw ReadingError(reason: "two shapes that differ") }
    return readings[0]
  }

  /// As many axes as NumPy and PyTorch allow.
  static let mostAxes = 64
  private static let longestAxis = 24

  private static func one(_ typed: String) throws(ReadingError) -> AnswerValue {
    let text = withoutWords(typed)
    if ["scalar", "0-d", "0d", "0-dimensional"].contains(text.lowercased()) { return .shape([]) }
    let inside = try withoutBrackets(text)
    if inside.trimmed().isEmpty { return .shape([]) }
    let axes = try axes(inside)
    guard axes.count <= mostAxes, axes.allSatisfy({ $0.utf8.count <= longestAxis }) else {
      throw ReadingError(reason: "no tensor has so many axes, or axes of such names")
    }
    let sizes = axes.compactMap { Int($0) }
    // A -1 stands for a size as a name does.
    guard sizes.count == axes.count, !sizes.contains(-1) else { return .symbolicShape(axes) }
    return .shape(sizes)
  }

  /// Without a label, a constructor's name, a set's name and a sentence around it.
  private static func withoutWords(_ typed: String) -> String {
    var text = typed
    for mark in ["==", "=", ":"] {
      if let hit = text.range(of: mark), text[..<hit.lowerBound].contains(where: \.isLetter),
        !text[..<hit.lowerBound].contains(where: { "([,".contains($0) || $0.isNumber })
      {
        text = text[hit.upperBound...].trimmed()
      }
    }
    let openings = [
      "it is ", "the shape is ", "shape is ", "torch.size", "tf.tensorshape", "tensorshape", "size",
      "shape", "a ", "an ", "\\mathbb{r}^", "\\mathbb r^", "ℝ^", "r^",
    ]
    for opening in openings where text.lowercased().hasPrefix(opening) {
      text = text.dropFirst(opening.count).trimmed()
    }
    let endings = [
      " column vector", " row vector", " matrix", " vector", " tensor", "-d tensor", " array",
    ]
    for ending in endings where text.lowercased().hasSuffix(ending) {
      text = text.dropLast(ending.count).trimmed()
    }
    return text
  }

  private static func withoutBrackets(_ typed: String) throws(ReadingError) -> String {
    var text = typed
    let pairs: [Character: Character] = ["(": ")", "[": "]", "{": "}", "<": ">"]
    while let first = text.first, let close = pairs[first] {
      guard text.last == close else { throw ReadingError(reason: "a bracket is never closed") }
      text = text.dropFirst().dropLast().trimmed()
    }
    guard !text.contains(where: { "()[]{}<>".contains($0) }) else {
      throw ReadingError(reason: "the brackets do not match")
    }
    return text
  }

  private static func axes(_ typed: String) throws(ReadingError) -> [String] {
    var text = typed.replacing("\\times", with: "*").replacing("-by-", with: "*")
      .replacing(" by ", with: "*").replacing(" x ", with: "*").replacing(" X ", with: "*")
    let lower = text.lowercased()
    if let rows = lower.range(of: "row") {
      let columns = lower.range(of: "col")
      text = lower.replacing("columns", with: "").replacing("column", with: "")
        .replacing("cols", with: "").replacing("col", with: "").replacing("rows", with: "")
        .replacing("row", with: "").replacing("and", with: "*").replacing(",", with: "*")
      let axes = try pieces(text)
      return columns.map { $0.lowerBound < rows.lowerBound } == true ? axes.reversed() : axes
    }
    return try pieces(text)
  }

  private static func pieces(_ text: String) throws(ReadingError) -> [String] {
    let lists = Set(text.filter { ",;".contains($0) })
    guard lists.count <= 1 else { throw ReadingError(reason: "two kinds of separators") }
    guard let separator = lists.first else {
      if text.contains("*") || isTimes(text) {
        return try text.split(omittingEmptySubsequences: false) { "*xX".contains($0) }
          .map { piece throws(ReadingError) in try axis(piece.trimmed(), allowsProducts: false) }
      }
      return try text.split(separator: " ").map { piece throws(ReadingError) in
        let axis = try axis(String(piece), allowsProducts: false)
        guard text.contains(" ") == false || Int(axis) != nil else {
          throw ReadingError(reason: "the sizes cannot be told apart")
        }
        return axis
      }
    }
    var pieces = text.split(separator: separator, omittingEmptySubsequences: false)
      .map { $0.trimmed() }
    if pieces.count > 1, pieces.last == "", separator == "," { pieces.removeLast() }
    return try pieces.map { piece throws(ReadingError) in try axis(piece, allowsProducts: true) }
  }

  /// `3x4x5`: an x between digits; `Nx4` may be a name.
  private static func isTimes(_ text: String) -> Bool {
    text.contains { "xX".contains($0) }
      && text.allSatisfy { $0.isNumber || "xX .".contains($0) }
  }

  /// A size, a name, `-1`, `None`, or a product with a name such as `4*d`.
  private static func axis(
    _ piece: String, allowsProducts: Bool
  ) throws(ReadingError) -> String {
    let whole = piece.hasSuffix(".0") ? String(piece.dropLast(2)) : piece
    if let size = Int(whole), size >= -1, whole.count <= 9, !whole.hasPrefix("+"),
      !(whole.count > 1 && whole.hasPrefix("0")), whole != "-0"
    {
      return String(size)
    }
    if piece == "?" || piece.lowercased() == "none" { return "None" }
    let factors = piece.split(separator: "*", omittingEmptySubsequences: false)
      .map { $0.trimmed() }
    let areFactors = factors.allSatisfy { isName($0) || Int($0).map { $0 > 0 } == true }
    if areFactors, factors.contains(where: isName), factors.count == 1 || allowsProducts {
      return factors.joined(separator: "*")
    }
    throw ReadingError(
      reason: piece.isEmpty ? "a size is missing" : "\"\(piece)\" is no size of an axis")
  }

  /// A letter with a subscript, or one of the usual words: `N`, `d_k`, `dk`, `batch`.
  private static func isName(_ text: String) -> Bool {
    let isPlain = text.unicodeScalars.allSatisfy { $0.isASCII || ("Α"..."ω").contains($0) }
    guard let first = text.first, first.isLetter, isPlain, text.count <= 12 else { return false }
    let isOne = text.dropFirst().allSatisfy { $0.isNumber || $0 == "_" }
    return isOne || text.contains("_") || names.contains(text.lowercased())
  }

  private static let names: Set = [
    "batch", "seq", "len", "length", "heads", "hidden", "features", "channels", "dk", "dv", "dh",
    "dm", "dmodel", "vocab", "in", "out", "bs",
  ]
}
