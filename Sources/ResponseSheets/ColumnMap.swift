package import ExamModel

/// What each column of an export is, told from its title.
///
/// Columns are found by what they are, not by where they stand: titles may carry a remark after the
/// field's name (`Q3 dL/dw0: three decimals`), and columns that mean nothing to us are left alone.
package struct ColumnMap: Sendable {
  package enum Role: Sendable, Hashable {
    case timestamp
    /// An e-mail address or an id of the roster.
    case identity
    case paperCode
    /// Index into the test's form items.
    case answer(Int)
    case other
  }

  package let titles: [String]
  package let roles: [Role]
  /// The column of each form item; nil where the form did not ask it.
  package let answerColumns: [Int?]
  package let timestampColumn: Int?
  package let identityColumns: [Int]
  package let codeColumn: Int?

  /// - Throws: `SourceError` where no title is a question of the test, one item is asked twice, or
  ///   no column names the candidate.
  package init(titles: [String], items: [FormItem], file: String) throws(SourceError) {
    let roles = titles.enumerated().map { Self.role(of: $1, at: $0, items: items) }
    var answerColumns = [Int?](repeating: nil, count: items.count)
    for (index, role) in roles.enumerated() {
      guard case .answer(let item) = role else { continue }
      if let other = answerColumns[item] {
        throw SourceError(
          file: file, line: 1, column: index + 1,
          "columns \(other + 1) and \(index + 1) both ask \"\(items[item].title)\"; rename one")
      }
      answerColumns[item] = index
    }
    let shown = titles.prefix(6).map { "\"\($0.prefix(40))\"" }.joined(separator: ", ")
    guard answerColumns.contains(where: { $0 != nil }) else {
      let wanted = items.prefix(3).map { "\"\($0.title)\"" }.joined(separator: ", ")
      throw SourceError(
        file: file, line: 1,
        "no column is a question of this test: the header has \(shown), the test asks \(wanted) …")
    }
    identityColumns = roles.indices.filter { roles[$0] == .identity }
    codeColumn = roles.firstIndex(of: .paperCode)
    guard !identityColumns.isEmpty || codeColumn != nil else {
      throw SourceError(
        file: file, line: 1,
        "no column says who answered: the header has \(shown); collect e-mail addresses in the "
          + "form, or ask for the paper code")
    }
    self.titles = titles
    self.roles = roles
    self.answerColumns = answerColumns
    timestampColumn = roles.firstIndex(of: .timestamp)
  }

  private static func role(of title: String, at index: Int, items: [FormItem]) -> Role {
    let plain = Roster.folded(title)
    if index == 0, stampTitles.contains(plain) { return .timestamp }
    if identityTitles.contains(plain) { return .identity }
    if codeTitles.contains(plain) { return .paperCode }
    guard let item = item(of: title, items: items) else { return .other }
    return .answer(item)
  }

  /// `Q3 dL/dw0`, `3. dL/dw0`, `Question 3: dL/dw0 (three decimals)`; `Q3` alone where the
  /// question has one part.
  static func item(of title: String, items: [FormItem]) -> Int? {
    var rest = Substring(title).drop { $0.isWhitespace }
    let lower = rest.lowercased()
    for word in ["question", "q"] where lower.hasPrefix(word) {
      rest = rest.dropFirst(word.count).drop { $0.isWhitespace }
      break
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let question = Int(digits), digits.count <= 4 else { return nil }
    rest = rest.dropFirst(digits.count).drop { ".:)–—- \u{A0}\t\n".contains($0) }
    let parts = items.indices.filter { items[$0].question == question }
    let named = parts.filter { index in
      let name = items[index].field.rawValue
      guard rest.hasPrefix(name) else { return false }
      guard let after = rest.dropFirst(name.count).first else { return true }
      return !(after.isLetter || after.isNumber || after == "/" || after == "_")
    }
    if let longest = named.max(by: {
      items[$0].field.rawValue.count < items[$1].field.rawValue.count
    }) {
      return longest
    }
    return parts.count == 1 && rest.isEmpty ? parts[0] : nil
  }

  private static let stampTitles: Set = [
    "timestamp", "horodateur", "marca temporal", "carimbo de data/hora", "отметка времени",
    "타임스탬프", "タイムスタンプ", "zeitstempel", "時間戳記",
  ]
  private static let identityTitles: Set = [
    "username", "email address", "e-mail address", "email", "e-mail", "candidate", "candidate id",
    "candidate number",
  ]
  private static let codeTitles: Set = ["paper code", "papercode", "code of your paper"]
}
