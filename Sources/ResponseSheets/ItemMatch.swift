import ExamModel

/// Finds which of a test's items each question of an export is.
struct ItemMatch {
  private(set) var layout: SheetLayout

  /// - Throws: `SourceError` where no column is a question of the test, one item is asked twice, or
  ///   no column names the candidate.
  init(_ unmatched: SheetLayout, items: [FormItem], file: String) throws(SourceError) {
    var columns = unmatched.columns
    for index in columns.indices {
      guard [.question, .option].contains(columns[index].role) else { continue }
      let found = [columns[index].question ?? "", columns[index].title].lazy
        .compactMap { Self.item(of: $0, items: items) }.first
      columns[index].item = found
      if let found { columns[index].question = items[found].title }
    }
    Self.deal(&columns, items: items, service: unmatched.service)
    for index in columns.indices where columns[index].item == nil {
      if [.question, .option].contains(columns[index].role) { columns[index].role = .other }
    }
    for item in items.indices {
      let asking = columns.indices.filter {
        columns[$0].item == item && columns[$0].role == .question
      }
      // Of "Q1 AB (a shape)" and "Q1 AB comments" the one with no word of its own is the answer.
      let plain = asking.filter { index in
        let title = columns[index].title
        guard let name = title.firstRange(of: items[item].field.rawValue) else { return true }
        let rest = title[name.upperBound...].drop(while: \.isWhitespace)
        return rest.first.map { !($0.isLetter || $0.isNumber) } ?? true
      }
      if asking.count > 1, plain.count == 1 {
        for index in asking where index != plain[0] {
          columns[index].role = .other
          columns[index].item = nil
        }
      } else if asking.count > 1 {
        throw SourceError(
          file: file, line: 1, column: asking[1] + 1,
          "columns \(asking[0] + 1) and \(asking[1] + 1) both ask \"\(items[item].title)\"; rename one"
        )
      }
    }
    layout = SheetLayout(service: unmatched.service, columns: columns)
    let shown = columns.prefix(6).map { "\"\($0.title.prefix(40))\"" }.joined(separator: ", ")
    guard columns.contains(where: { $0.item != nil }) else {
      let wanted = items.prefix(3).map { "\"\($0.title)\"" }.joined(separator: ", ")
      throw SourceError(
        file: file, line: 1,
        "no column is a question of this test: the header has \(shown), the test asks \(wanted) …")
    }
    guard columns.contains(where: { [.identity, .hint, .paperCode].contains($0.role) }) else {
      throw SourceError(
        file: file, line: 1,
        "no column says who answered: the header has \(shown); collect e-mail addresses in the "
          + "form, or ask for the paper code")
    }
  }

  /// A cell that lists the parts of a question answers them in their order.
  private static func deal(_ columns: inout [SheetColumn], items: [FormItem], service: Service) {
    guard service.id == "moodle" else { return }
    for index in columns.indices where columns[index].role == .question {
      guard columns[index].item == nil,
        let number = ColumnReader.number(columns[index].question ?? "")
      else { continue }
      let parts = items.indices.filter { items[$0].question == number }
      guard let first = parts.first else { continue }
      columns[index].item = first
      columns[index].parts = parts.map { SheetColumn.Part(item: $0, question: items[$0].title) }
    }
  }

  /// `Q3 dL/dw0`, `3. dL/dw0`, `Question 3: dL/dw0 (three decimals)`, `3. Gradients [dL/dw0]`; `Q3`
  /// alone where the question has one part.
  static func item(of title: String, items: [FormItem]) -> Int? {
    var rest = Substring(title).drop { $0.isWhitespace }
    let lower = rest.lowercased()
    for word in ["question", "q"] where lower.hasPrefix(word) {
      rest = rest.dropFirst(word.count).drop { $0.isWhitespace }
      break
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let question = Int(digits), digits.count <= 4 else { return nil }
    rest = rest.dropFirst(digits.count).drop { ".:)[–—- \u{A0}\t\n".contains($0) }
    let parts = items.indices.filter { items[$0].question == question }
    let spelled = { (rest: Substring, fold: (String) -> String) -> Int? in
      let text = fold(String(rest))
      let fitting = parts.filter { index in
        let name = fold(items[index].field.rawValue)
        guard text.hasPrefix(name) else { return false }
        guard let after = text.dropFirst(name.count).first else { return true }
        return !(after.isLetter || after.isNumber || after == "/" || after == "_")
      }
      let longest = fitting.map { items[$0].field.rawValue.count }.max()
      let found = fitting.filter { items[$0].field.rawValue.count == longest }
      return found.count == 1 ? found[0] : nil
    }
    // `Q1 ab` where nothing else is called so: x and X may be two parts.
    let named = { (rest: Substring) in spelled(rest) { $0 } ?? spelled(rest) { $0.lowercased() } }
    if let item = named(rest) { return item }
    // A row of a table, behind the title of the whole.
    if let bracket = rest.firstIndex(of: "["), rest.hasSuffix("]"),
      let item = named(rest[bracket...].dropFirst())
    {
      return item
    }
    return parts.count == 1 && rest.isEmpty ? parts[0] : nil
  }
}
