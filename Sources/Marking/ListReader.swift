import ExamModel

/// Reads vectors and matrices in the spellings of Python, NumPy, MATLAB, LaTeX and plain rows.
struct ListReader {
  let locale: NumberLocale

  func vector(_ typed: String) throws(ReadingError) -> [ReadNumber] {
    let text = try ListText(typed, dropsTranspose: true).text
    if let components = try unitVectors(text) { return components }
    try BracketText.check(text)
    var inside = text
    while let inner = BracketText.inside(inside), BracketText.groups(inside)?.count == 1 {
      inside = inner
    }
    guard let groups = BracketText.groups(inside) else { return try entries(inside) }
    // A column: one number to a bracket.
    var column: [ReadNumber] = []
    for group in groups {
      let row = try entries(group)
      guard row.count == 1 else { throw ReadingError(reason: "a matrix where a vector is asked") }
      column += row
    }
    return column
  }

  func matrix(_ typed: String) throws(ReadingError) -> [[ReadNumber]] {
    let text = try ListText(typed, dropsTranspose: false).text
    if let built = try MatrixConstructor.rows(text) {
      return built.map { $0.map { ReadNumber(value: $0, places: 0) } }
    }
    try BracketText.check(text)
    var rows: [[ReadNumber]] = []
    for line in try lines(text) { rows.append(try entries(line)) }
    guard let width = rows.first?.count else { throw ReadingError(reason: "the matrix is empty") }
    guard rows.allSatisfy({ $0.count == width }) else {
      throw ReadingError(reason: "the rows have different lengths")
    }
    return rows
  }

  /// Rows in brackets of their own, or parted by semicolons or line ends.
  private func lines(_ text: String) throws(ReadingError) -> [String] {
    let inside = BracketText.inside(text)
    // [[1, 2], [3, 4]] or, without the outer brackets, [1, 2], [3, 4].
    if let rows = BracketText.groups(inside ?? text), inside != nil || rows.count > 1 {
      return try rows.map { row throws(ReadingError) in
        guard BracketText.groups(row) == nil || row.contains("(") else {
          throw ReadingError(reason: "lists inside the rows")
        }
        return row
      }
    }
    let bare = (inside ?? text).filter { $0 != "|" }
    let mark: Character = bare.contains(";") ? ";" : "\n"
    let lines = BracketText.split(bare) { $0 == mark }
      .map { $0.replacing("\n", with: " ").trimmed() }.filter { !$0.isEmpty }
    guard lines.count > 1 else {
      throw ReadingError(reason: "the rows cannot be told apart; write [[1, 2], [3, 4]]")
    }
    return lines
  }

  // MARK: One row

  private func entries(_ row: String) throws(ReadingError) -> [ReadNumber] {
    let text = row.replacing(" and ", with: ", ").trimmed()
    guard !text.isEmpty else { throw ReadingError(reason: "there are no entries") }
    var pieces = try pieces(text)
    if pieces.count > 1, pieces.last?.isEmpty == true { pieces.removeLast() }
    try refuseTwoDecimalMarks(pieces)
    var entries: [ReadNumber] = []
    for piece in pieces {
      entries.append(try NumberReader.read(piece, marks: Marks(locale: locale)))
    }
    return entries
  }

  /// By semicolons, line ends, `&`, commas or spaces, whichever is there first in that order.
  private func pieces(_ text: String) throws(ReadingError) -> [String] {
    for mark: Character in [";", "\n", "&"] where text.contains(mark) {
      return BracketText.split(text) { $0 == mark }
        .map { mark == "\n" && $0.hasSuffix(",") ? String($0.dropLast()) : $0 }
    }
    if text.contains(","), try !areDecimalCommas(text) {
      return BracketText.split(text) { $0 == "," }
    }
    // Spaces may stand round a sign of arithmetic, so they separate only where no sign is near.
    if text.contains(where: { "/*=".contains($0) }) { return splitAtSpaces(text) }
    let pieces = BracketText.split(text) { $0 == " " }.filter { !$0.isEmpty }
    guard !pieces.contains("-"), !pieces.contains("+") else {
      throw ReadingError(reason: "a sign stands alone")
    }
    return pieces
  }

  /// `0,5 0,25`: commas inside numbers and spaces between them. Commas of both sorts in one row,
  /// as in `0,1, 0,2`, are settled by the form's decimal mark alone.
  private func areDecimalCommas(_ text: String) throws(ReadingError) -> Bool {
    let signs = Array(text)
    let commas = signs.indices.filter { signs[$0] == "," }
    let mayBeDecimal = commas.map { at in
      at > 0 && at + 1 < signs.count && signs[at - 1].isNumber && signs[at + 1].isNumber
        && !touchesPoint(signs, at)
    }
    guard mayBeDecimal.contains(true) else { return false }
    guard mayBeDecimal.allSatisfy({ $0 }) else {
      let hasSpaced = commas.contains { $0 + 1 < signs.count && signs[$0 + 1] == " " }
      if !hasSpaced { return false }
      switch locale {
      case .point: return false
      case .comma:
        throw ReadingError(reason: "commas inside numbers and between them; use ; between")
      case .undecided:
        throw ReadingError(
          reason: "some commas may be decimal marks; write spaces after the others")
      }
    }
    let hasSpaces = text.split(separator: " ").count > 1
    if hasSpaces { return true }
    guard locale != .comma, locale == .point || !looksDecimal(signs) else {
      throw ReadingError(reason: "the commas may be decimal marks; use ; between the entries")
    }
    return false
  }

  /// Whether a row holds `0,25`, which is seldom a 0 and a 25.
  private func looksDecimal(_ signs: [Character]) -> Bool {
    signs.indices.contains { at in
      signs[at] == "0" && (at == 0 || !signs[at - 1].isNumber) && at + 3 < signs.count
        && signs[at + 1] == "," && signs[at + 2].isNumber && signs[at + 3].isNumber
    }
  }

  /// Whether a number next to the comma has a decimal point.
  private func touchesPoint(_ signs: [Character], _ comma: Int) -> Bool {
    let left = signs[..<comma].reversed().prefix { $0.isNumber || $0 == "." }
    let right = signs[(comma + 1)...].prefix { $0.isNumber || $0 == "." }
    return left.contains(".") || right.contains(".")
  }

  /// `1,2; 3; 4.1` has commas and points inside its numbers.
  private func refuseTwoDecimalMarks(_ pieces: [String]) throws(ReadingError) {
    let hasComma = pieces.contains { $0.contains(",") && !$0.contains(".") }
    let hasPoint = pieces.contains { $0.contains(".") && !$0.contains(",") }
    if hasComma, hasPoint { throw ReadingError(reason: "points and commas as decimal marks") }
  }

  private func splitAtSpaces(_ text: String) -> [String] {
    var joined = BracketText.split(text) { $0 == " " }.filter { !$0.isEmpty }
    var index = 0
    while index + 1 < joined.count {
      let glues = joined[index].last.map { "/*=".contains($0) } == true
      let isGlued = joined[index + 1].first.map { "/*=".contains($0) } == true
      if glues || isGlued {
        joined[index] += joined.remove(at: index + 1)
      } else {
        index += 1
      }
    }
    return joined
  }

  // MARK: i + 2j + 3k

  private func unitVectors(_ text: String) throws(ReadingError) -> [ReadNumber]? {
    guard let last = text.last, "ijk".contains(last), text.contains("i") else { return nil }
    var components: [Character: ReadNumber] = [:]
    var term = ""
    for character in text where character != " " && character != "*" {
      guard "ijk".contains(character) else {
        term.append(character)
        continue
      }
      let digits = term.hasPrefix("+") ? String(term.dropFirst()) : term
      let isUnit = digits.isEmpty || digits == "-"
      guard components[character] == nil,
        let number = isUnit
          ? ReadNumber(value: digits.isEmpty ? 1 : -1, places: 0)
          : try PlainNumber.read(digits, marks: Marks(locale: locale))
      else { return nil }
      components[character] = number
      term = ""
    }
    guard term.isEmpty else { return nil }
    let zero = ReadNumber(value: 0, places: 0)
    return (components["k"] == nil ? "ij" : "ijk").map { components[$0] ?? zero }
  }
}
