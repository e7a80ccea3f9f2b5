/// Reads vectors and matrices in the spellings of Python, NumPy, MATLAB, LaTeX and plain rows.
enum ListReader {
  static func vector(_ typed: String) throws(ReadingError) -> [ReadNumber] {
    let text = unwrapped(typed)
    try checkBrackets(text)
    let groups = innermostGroups(text)
    switch groups.count {
    case 0: return try entries(text)
    case 1: return try entries(groups[0])
    default:
      // A column: one number to a bracket.
      var column: [ReadNumber] = []
      for group in groups {
        let row = try entries(group)
        guard row.count == 1 else { throw ReadingError(reason: "a matrix where a vector is asked") }
        column += row
      }
      return column
    }
  }

  static func matrix(_ typed: String) throws(ReadingError) -> [[ReadNumber]] {
    let text = unwrapped(typed)
    try checkBrackets(text)
    guard !text.hasSuffix("^T") else { throw ReadingError(reason: "a transpose is left to do") }
    let groups = innermostGroups(text)
    var lines: [String]
    if groups.count > 1 || text.hasPrefix("[[") || text.hasPrefix("((") {
      lines = groups
    } else {
      let inside = groups.first ?? text
      lines = inside.split { $0 == ";" || $0 == "\n" }.map(String.init)
      guard lines.count > 1 else {
        throw ReadingError(reason: "the rows cannot be told apart; write [[1, 2], [3, 4]]")
      }
    }
    lines = lines.map { line in line.filter { $0 != "|" } }
    var rows: [[ReadNumber]] = []
    for line in lines where !line.trimmed().isEmpty { rows.append(try entries(line)) }
    guard let width = rows.first?.count else { throw ReadingError(reason: "the matrix is empty") }
    guard rows.allSatisfy({ $0.count == width }) else {
      throw ReadingError(reason: "the rows have different lengths")
    }
    return rows
  }

  /// One row: by semicolons, line ends, commas or spaces, whichever comes first in that order.
  private static func entries(_ row: String) throws(ReadingError) -> [ReadNumber] {
    let text = row.trimmed()
    guard !text.isEmpty else { throw ReadingError(reason: "there are no entries") }
    let pieces: [Substring]
    if text.contains(";") {
      pieces = text.split(separator: ";")
    } else if text.contains("\n") {
      pieces = text.split { $0 == "\n" || $0 == "," }
    } else if text.contains("&") {
      pieces = text.split(separator: "&")
    } else if text.contains(","), !hasDecimalCommas(text) {
      pieces = text.split(separator: ",", omittingEmptySubsequences: false)
    } else if text.contains("/") || text.contains("*") {
      // Spaces may stand round a sign of arithmetic, so they separate only where no sign is near.
      pieces = splitAtSpaces(text)
    } else {
      pieces = text.split(separator: " ")
      if pieces.contains("-") { throw ReadingError(reason: "a minus sign stands alone") }
    }
    var entries: [ReadNumber] = []
    for (index, piece) in pieces.enumerated() {
      if piece.trimmed().isEmpty, index == pieces.count - 1 { continue }
      entries.append(try NumberReader.read(piece.trimmed(), marks: .init()))
    }
    return entries
  }

  /// `0,5 0,25`: commas inside, spaces between.
  private static func hasDecimalCommas(_ text: String) -> Bool {
    let pieces = text.split(separator: " ")
    return pieces.count > 1
      && pieces.allSatisfy { piece in
        !piece.hasSuffix(",") && !piece.hasPrefix(",") && piece.filter { $0 == "," }.count <= 1
      }
  }

  private static func splitAtSpaces(_ text: String) -> [Substring] {
    var joined = text[...].split(separator: " ").map(String.init)
    var index = 0
    while index < joined.count {
      let glues = joined[index].last.map { "/*".contains($0) } == true
      let glued =
        index + 1 < joined.count && joined[index + 1].first.map { "/*".contains($0) } == true
      if index + 1 < joined.count, glues || glued {
        joined[index] += joined.remove(at: index + 1)
      } else {
        index += 1
      }
    }
    return joined.map { $0[...] }
  }

  // MARK: Brackets

  /// Without a label, a constructor's name, LaTeX's environment and a transpose mark.
  private static func unwrapped(_ typed: String) -> String {
    var text = typed
    if let equals = text.lastIndex(of: "="), text[..<equals].contains(where: \.isLetter),
      !text[..<equals].contains(where: { "[(;".contains($0) })
    {
      text = text[text.index(after: equals)...].trimmed()
    }
    text = latexRows(text)
    let name = text.prefix { $0.isLetter || $0 == "." || $0 == "_" }
    let constructors = [
      "np.array", "numpy.array", "array", "torch.tensor", "tensor", "torch.Tensor", "jnp.array",
      "tf.constant", "matrix", "Matrix", "vector",
    ]
    if constructors.contains(String(name)), text.hasSuffix(")") {
      text = text.dropFirst(name.count + 1).dropLast().trimmed()
    }
    for mark in ["^T", ".T", "^⊤"] where text.hasSuffix(mark) && !text.contains("[[") {
      text = text.dropLast(mark.count).trimmed()
    }
    if text.hasSuffix("(rounded)") { text = text.dropLast(9).trimmed() }
    return text
  }

  private static func latexRows(_ text: String) -> String {
    guard let begin = text.range(of: "\\begin{"), let end = text.range(of: "\\end{"),
      let open = text[begin.upperBound...].firstIndex(of: "}"), open < end.lowerBound
    else { return text }
    let body = text[text.index(after: open)..<end.lowerBound]
    var rows: [String] = [""]
    var rest = body[...]
    while let first = rest.first {
      if rest.hasPrefix("\\\\") {
        rows.append("")
        rest = rest.dropFirst(2)
      } else {
        rows[rows.count - 1].append(first == "\n" ? " " : first)
        rest = rest.dropFirst()
      }
    }
    return rows.filter { !$0.trimmed().isEmpty }.joined(separator: ";")
  }

  private static func checkBrackets(_ text: String) throws(ReadingError) {
    var open: [Character] = []
    for character in text {
      switch character {
      case "[", "(", "{", "<": open.append(character)
      case "]", ")", "}", ">":
        let partner: [Character: Character] = ["]": "[", ")": "(", "}": "{", ">": "<"]
        guard open.popLast() == partner[character] else {
          throw ReadingError(reason: "a bracket closes that was not opened")
        }
      default: break
      }
      guard open.count <= 3 else {
        throw ReadingError(reason: "too many brackets inside one another")
      }
    }
    guard open.isEmpty else { throw ReadingError(reason: "a bracket is never closed") }
  }

  /// The contents of the brackets that hold no other list, in order; round ones inside a list, as
  /// in `[(1/2), 3]`, belong to arithmetic.
  private static func innermostGroups(_ text: String) -> [String] {
    var starts: [String.Index] = []
    var groups: [(depth: Int, text: String)] = []
    for index in text.indices {
      if "[({<".contains(text[index]) { starts.append(index) }
      if "])}>".contains(text[index]), let start = starts.popLast() {
        groups.append((starts.count, String(text[text.index(after: start)..<index])))
      }
    }
    let lists = groups.filter { group in
      group.depth == 0 || group.text.contains { ",;& ".contains($0) }
        || groups.allSatisfy { $0.depth <= 1 }
    }
    let isList = { (text: String) in !text.contains { "[({<".contains($0) } }
    let leaves = lists.filter { isList($0.text) }
    guard leaves.allSatisfy({ $0.depth == leaves[0].depth }), !leaves.isEmpty else {
      return groups.last.map { [$0.text] } ?? []
    }
    // `(0.5), 0.25` or `exp(1), 2`: brackets of arithmetic and not of a list.
    if leaves[0].depth == 0, leaves.allSatisfy({ !$0.text.contains { ",; \n&".contains($0) } }),
      !(text.hasPrefix("[") || text.hasPrefix("(") && text.hasSuffix(")"))
    {
      return []
    }
    return leaves.map(\.text)
  }
}
