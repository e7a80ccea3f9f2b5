package import ExamModel

/// How the rows of one export are read: the service's habits and what each column is.
///
/// It is kept with an imported file, so that the rows can be read again without it.
package struct SheetLayout: Sendable {
  package let service: Service
  package let columns: [SheetColumn]
  /// Items of the test that the file answers.
  private let answers: [Answer]
  /// For each item of the test up to the last that is answered, its index among the answers.
  private let answerOfItem: [Int?]

  /// Where an answer stands.
  private struct Answer: Sendable {
    let question: String
    let item: Int?
    var columns: [Int]
    /// Which of the parts that its cell lists, from 1.
    var part: Int?
  }

  package init(service: Service, columns: [SheetColumn]) {
    self.service = service
    self.columns = columns
    var answers: [Answer] = []
    for (index, column) in columns.enumerated() {
      guard column.role == .question || column.role == .option, let question = column.question
      else {
        continue
      }
      guard column.parts.isEmpty else {
        for (place, part) in column.parts.enumerated() {
          answers.append(
            Answer(question: part.question, item: part.item, columns: [index], part: place + 1))
        }
        continue
      }
      let isSame = { (answer: Answer) in
        answer.question == question && answer.item == column.item && column.role == .option
          && columns[answer.columns[0]].role == .option
      }
      if let known = answers.firstIndex(where: isSame) {
        answers[known].columns.append(index)
      } else {
        answers.append(Answer(question: question, item: column.item, columns: [index]))
      }
    }
    self.answers = answers
    let items = answers.compactMap(\.item)
    answerOfItem = (0..<(items.max() ?? -1) + 1).map { item in
      answers.firstIndex { $0.item == item }
    }
  }

  package func columns(of role: SheetColumn.Role) -> [Int] {
    columns.indices.filter { columns[$0].role == role }
  }

  package var timeColumn: Int? { columns(of: .time).first }

  /// What the form asks, in the order of its columns.
  package var questions: [String] { answers.map(\.question) }

  /// The column of each answer that is all of one cell; nil for one that is a part or several.
  var wholeColumns: [Int?] {
    answers.map { answer in
      let column = answer.columns[0]
      return answer.part == nil && columns[column].role != .option ? column : nil
    }
  }

  /// The answers of a row in the order of `questions`, without what the export put around them.
  package func answers(in cells: [String]) -> [String] { answers.map { text(of: $0, in: cells) } }

  package func asks(_ item: Int) -> Bool {
    answerOfItem.indices.contains(item) && answerOfItem[item] != nil
  }

  /// The answer to an item of the test; nil where the form did not ask it.
  ///
  /// - Parameter asked: the items of its question that the candidate's paper asks, in its order:
  ///   where one cell lists the answers to all, it lists those.
  package func answer(to item: Int, in cells: [String], asked: () -> [Int]) -> String? {
    guard answerOfItem.indices.contains(item), let answer = answerOfItem[item] else { return nil }
    return text(of: answers[answer], in: cells, asked: asked)
  }

  private func text(
    of answer: Answer, in cells: [String], asked: () -> [Int] = { [] }
  ) -> String {
    let cell = { (column: Int) in cells.indices.contains(column) ? cells[column] : "" }
    let first = columns[answer.columns[0]]
    guard first.role == .option else {
      let text = service.answer(cell(answer.columns[0]))
      guard let part = answer.part else { return text }
      let items = asked()
      // A quiz of somebody else's may have a gap for each part, whoever is asked it.
      if Self.lists(items.count + 1, in: text) { return Self.part(part, of: text) }
      let place = items.firstIndex { $0 == answer.item }
      return Self.part(place.map { $0 + 1 } ?? part, of: text)
    }
    return answer.columns.compactMap { column -> String? in
      let text = service.answer(cell(column))
      guard let option = columns[column].option else { return nil }
      switch ExportText.folded(text) {
      case "", "0", "n", "no", "false": return nil
      case "1", "y", "yes", "true": return option
      // A column for what else came to mind holds it; all others hold their own title.
      default: return text
      }
    }.joined(separator: "; ")
  }

  private static func lists(_ number: Int, in text: String) -> Bool {
    text.contains("part \(number): ") || text.hasSuffix("part \(number):")
  }

  /// Moodle lists the gaps of a text in one cell: `part 1: 32; part 2: 4`.
  private static func part(_ number: Int, of text: String) -> String {
    var rest = Substring(text)
    while let mark = rest.firstRange(of: "part ") {
      let digits = rest[mark.upperBound...].prefix { $0.isNumber }
      let after = rest[digits.endIndex...]
      guard after.hasPrefix(": ") || after == ":" else { break }
      let content = after.dropFirst(2)
      let next = content.firstRange(of: "; part \(number + 1): ")?.lowerBound ?? content.endIndex
      if Int(digits) == number { return String(content[..<next]) }
      guard let following = content.firstRange(of: "; part ") else { return "" }
      rest = content[following.lowerBound...].dropFirst(2)
    }
    return ""
  }
}

// MARK: Kept as text

extension SheetLayout {
  package var json: JSON {
    .object([
      ("service", .string(service.id)),
      (
        "columns",
        .array(
          columns.map { column in
            var members: [(String, JSON)] = [
              ("title", .string(column.title)), ("role", .string(column.role.rawValue)),
            ]
            if let question = column.question { members.append(("question", .string(question))) }
            if let item = column.item { members.append(("item", .integer(item))) }
            if let option = column.option { members.append(("option", .string(option))) }
            if !column.parts.isEmpty {
              let parts = column.parts.map { part -> JSON in
                .object([("item", .integer(part.item)), ("question", .string(part.question))])
              }
              members.append(("parts", .array(parts)))
            }
            return .object(members)
          })
      ),
    ])
  }

  /// - Throws: `SourceError` where the text is not what `json` wrote.
  package init(parsing text: String, file: String) throws(SourceError) {
    let json = try JSON(parsing: text, file: file)
    guard let name = json["service"]?.string, let service = Service.named(name),
      let members = json["columns"]?.array
    else { throw SourceError(file: file, "the layout of the file is damaged; restore a backup") }
    var columns: [SheetColumn] = []
    for member in members {
      guard let title = member["title"]?.string,
        let role = member["role"]?.string.flatMap(SheetColumn.Role.init)
      else { throw SourceError(file: file, "the layout of the file is damaged; restore a backup") }
      var column = SheetColumn(title: title, role: role)
      column.question = member["question"]?.string
      column.item = member["item"]?.int
      column.option = member["option"]?.string
      column.parts = (member["parts"]?.array ?? []).compactMap { part in
        guard let item = part["item"]?.int, let question = part["question"]?.string else {
          return nil
        }
        return SheetColumn.Part(item: item, question: question)
      }
      columns.append(column)
    }
    self.init(service: service, columns: columns)
  }
}
