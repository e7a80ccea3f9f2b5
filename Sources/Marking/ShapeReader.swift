/// Reads the shape of a tensor: `(3, 4)`, `3x4`, `3 by 4`, `torch.Size([3, 4])`, `3 rows and 4 cols`.
enum ShapeReader {
  static func read(_ typed: String) throws(ReadingError) -> [Int] {
    var text = typed.lowercased()
    for mark in ["==", "=", ":"] {
      if let hit = text.range(of: mark), text[..<hit.lowerBound].contains(where: \.isLetter) {
        text = text[hit.upperBound...].trimmed()
      }
    }
    for name in ["torch.size", "tf.tensorshape", "tensorshape", "size", "shape"]
    where text.hasPrefix(name) { text = text.dropFirst(name.count).trimmed() }
    for opening in ["it is ", "a ", "an "] where text.hasPrefix(opening) {
      text = text.dropFirst(opening.count).trimmed()
    }
    for ending in [" matrix", " vector", " tensor"] where text.hasSuffix(ending) {
      text = text.dropLast(ending.count).trimmed()
    }
    if ["scalar", "0-d"].contains(text) { return [] }
    text = try withoutBrackets(text)
    if text.trimmed().isEmpty { return [] }
    return try sizes(text)
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

  private static func sizes(_ text: String) throws(ReadingError) -> [Int] {
    var words = text
    for word in ["rows", "row", "columns", "column", "cols", "col", "and"] {
      while let hit = words.range(of: word) { words.replaceSubrange(hit, with: " ") }
    }
    while let hit = words.range(of: "-by-") { words.replaceSubrange(hit, with: "x") }
    while let hit = words.range(of: "by") { words.replaceSubrange(hit, with: "x") }
    while let hit = words.range(of: "\\times") { words.replaceSubrange(hit, with: "x") }
    let separators = Set(words.filter { ",;x*".contains($0) })
    guard separators.count <= 1 else { throw ReadingError(reason: "two kinds of separators") }
    var pieces = words.split(omittingEmptySubsequences: false) { ",;x*".contains($0) }
      .map { $0.trimmed() }
    if separators.isEmpty { pieces = words.split(separator: " ").map(String.init) }
    if pieces.count > 1, pieces.last == "", separators == [","] { pieces.removeLast() }
    var sizes: [Int] = []
    for piece in pieces {
      let whole = piece.hasSuffix(".0") ? String(piece.dropLast(2)) : piece
      guard let size = Int(whole), size >= 0, whole.count <= 9,
        !(whole.count > 1 && whole.hasPrefix("0"))
      else {
        throw ReadingError(
          reason: piece.isEmpty ? "a size is missing" : "\"\(piece)\" is no size of an axis")
      }
      sizes.append(size)
    }
    return sizes
  }
}
