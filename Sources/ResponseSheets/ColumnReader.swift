import CSV
import ExamModel

/// Finds out what each column of an export is, by its titles and what stands below them.
struct ColumnReader {
  let head: SheetHead
  let service: Service
  let headerRows: Int
  let mapping: SheetMapping
  private(set) var columns: [SheetColumn] = []

  init(_ head: SheetHead, service: Service, headerRows: Int, mapping: SheetMapping) {
    self.head = head
    self.service = service
    self.headerRows = headerRows
    self.mapping = mapping
    let titles = head.records[0].fields
    columns = titles.indices.map { index in
      let title = titles[index]
      return SheetColumn(title: title, role: role(of: title, at: index))
    }
    switch service.id {
    case "surveymonkey" where headerRows == 2: readTwoTitleRows()
    case "qualtrics": readQualtricsTexts()
    case "canvas": readCanvasPairs()
    case "moodle": readMoodleNumbers()
    case "microsoft-forms": readMicrosoftScores()
    default: break
    }
    readGoogleScores()
    for index in columns.indices where columns[index].role == .question {
      columns[index].question = columns[index].question ?? ExportText.trimmed(columns[index].title)
    }
    if ["typeform", "qualtrics", "surveymonkey"].contains(service.id) { readOptionColumns() }
    if service.id == "kobotoolbox" { readPathOptions() }
    if service.id == "limesurvey" { readCodeOptions() }
    nameTableRows()
    keepOneTime()
    apply(mapping)
  }

  private func role(of title: String, at index: Int) -> SheetColumn.Role {
    let plain = ExportText.folded(title).filter { $0 != "\"" }
    if service.id == "canvas-gradebook" { return .other }
    if service.id.hasPrefix("google"), index == 0 { return .time }
    if service.id == "qualtrics", plain == "status" { return .preview }
    if let role = service.roles[plain] { return role }
    if Service.identityTitles.contains(plain) { return .identity }
    if Service.codeTitles.contains(plain) { return .paperCode }
    if service.id == "plain", index == 0, Service.stampTitles.contains(plain) { return .time }
    return plain.isEmpty && sample(index).allSatisfy(ExportText.isBlank) ? .other : .question
  }

  private func sample(_ column: Int) -> [String] { head.sample(column, below: headerRows) }

  private func cell(_ record: Int, _ column: Int) -> String {
    guard head.records.indices.contains(record),
      head.records[record].fields.indices.contains(column)
    else { return "" }
    return ExportText.trimmed(head.records[record].fields[column])
  }

  // MARK: Habits of services

  /// The question stands over its first choice; the choices, or `Response`, stand below.
  private mutating func readTwoTitleRows() {
    var question = ""
    for index in columns.indices where columns[index].role == .question || cell(0, index).isEmpty {
      let (upper, lower) = (cell(0, index), cell(1, index))
      if !upper.isEmpty { question = upper }
      columns[index].role = .question
      let isWhole = ["", "response", "open-ended response"].contains(lower.lowercased())
      columns[index].title = isWhole ? question : "\(question) [\(lower)]"
      columns[index].question = question
      columns[index].option = isWhole ? nil : lower
    }
  }

  /// `4. Which of these? - Selected Choice - Dropout`, `6. Range - ReLU`.
  private mutating func readQualtricsTexts() {
    for index in columns.indices where columns[index].role == .question {
      let text = cell(1, index)
      guard !text.isEmpty else {
        if cell(0, index).isEmpty { columns[index].role = .other }
        continue
      }
      columns[index].title = text
      // A choice or a row of a table has the number of its question and one of its own.
      guard cell(0, index).contains("_") else { continue }
      for mark in [" - Selected Choice - ", " - "] {
        guard let range = text.firstRange(of: mark) else { continue }
        columns[index].question = String(text[..<range.lowerBound])
        columns[index].option = String(text[range.upperBound...])
        break
      }
    }
  }

  /// `101: text` and, beside it, a column that the points of the question head.
  private mutating func readCanvasPairs() {
    for index in columns.indices where columns[index].role == .question {
      let title = columns[index].title
      let digits = title.prefix { $0.isNumber }
      if !digits.isEmpty, title.dropFirst(digits.count).hasPrefix(":") {
        columns[index].question = ExportText.trimmed(String(title.dropFirst(digits.count + 1)))
      } else if Double(title) != nil {
        columns[index].role = .score
      }
    }
  }

  /// `Response 3` answers question 3; what was asked and what is right stand beside it.
  private mutating func readMoodleNumbers() {
    let responses = ["response", "antwort", "réponse", "respuesta", "resposta", "risposta"]
    for index in columns.indices where columns[index].role == .question {
      let words = ExportText.folded(columns[index].title).split(separator: " ")
      let isResponse =
        words.count == 2 && words.last.flatMap { Int($0) } != nil
        && responses.contains(String(words[0]))
      if isResponse, let number = words.last {
        columns[index].question = "Question \(number)"
      } else if words.last.flatMap({ Int($0) }) != nil {
        columns[index].role = .other
      } else if service.roles[ExportText.folded(columns[index].title)] == nil,
        ExportText.folded(columns[index].title).contains("/")
      {
        columns[index].role = .score
      }
    }
  }

  /// `Points - Q` and `Feedback - Q` beside a question `Q`, in whatever order.
  private mutating func readMicrosoftScores() {
    let titles = Set(columns.map { ExportText.folded($0.title) })
    for index in columns.indices where columns[index].role == .question {
      let title = ExportText.folded(columns[index].title)
      for (start, role) in [("points - ", SheetColumn.Role.score), ("feedback - ", .feedback)]
      where title.hasPrefix(start) && titles.contains(String(title.dropFirst(start.count))) {
        columns[index].role = role
      }
    }
  }

  /// `Q`, `Q [Score]`, `Q [Feedback]`, where the score looks like one; the words have languages.
  private mutating func readGoogleScores() {
    guard service.id.hasPrefix("google"), columns.count > 2 else { return }
    for index in 0..<(columns.count - 2) where columns[index].role != .score {
      let title = columns[index].title + " ["
      guard columns[index + 1].title.hasPrefix(title), columns[index + 2].title.hasPrefix(title),
        sample(index + 1).allSatisfy(Self.isScore),
        sample(index + 1).contains(where: { !$0.isEmpty })
      else { continue }
      columns[index + 1].role = .score
      columns[index + 2].role = .feedback
    }
  }

  /// `1.00 / 1`, `-- / 2`.
  private static func isScore(_ text: String) -> Bool {
    let parts = text.split(separator: "/").map { ExportText.trimmed(String($0)) }
    guard parts.count == 2, Double(parts[1]) != nil else { return text.isEmpty }
    return parts[0] == "--" || Double(parts[0]) != nil
  }

  /// Columns whose filled cells all hold the column's own title are the choices of one question.
  private mutating func readOptionColumns() {
    var group: [Int] = []
    for index in columns.indices where columns[index].role == .question {
      if let first = group.first, !joins(index, with: first) { group = close(group) }
      let isOther =
        ["other", "other (please specify)"].contains(
          ExportText.folded(columns[index].option ?? columns[index].title))
        || cell(0, index).hasSuffix("_TEXT")
      if holdsItself(index) || (isOther && !group.isEmpty)
        || (isUnanswered(index) && isSibling(index))
      {
        group.append(index)
      } else {
        group = close(group)
      }
    }
    _ = close(group)
  }

  private func holdsItself(_ index: Int) -> Bool {
    let cells = sample(index).filter { !ExportText.isBlank($0) }
    let label = ExportText.folded(columns[index].option ?? columns[index].title)
    return !cells.isEmpty && cells.allSatisfy { ExportText.folded($0) == label }
  }

  private func isUnanswered(_ index: Int) -> Bool {
    sample(index).allSatisfy(ExportText.isBlank)
  }

  /// What is no choice is a row of a table: its title is all that names it.
  private mutating func nameTableRows() {
    for index in columns.indices where columns[index].role == .question {
      guard columns[index].option != nil else { continue }
      columns[index].question = ExportText.trimmed(columns[index].title)
      columns[index].option = nil
    }
  }

  /// Whether two columns belong to one question, as far as titles tell.
  private func joins(_ index: Int, with first: Int) -> Bool {
    service.id == "typeform" ? true : columns[index].question == columns[first].question
  }

  private func isSibling(_ index: Int) -> Bool {
    columns[index].option != nil
      || (service.id == "typeform" && Self.number(columns[index].title) == nil)
  }

  /// Makes a run of such columns options; a run that holds nothing itself stays as it is.
  private mutating func close(_ group: [Int]) -> [Int] {
    let filled = group.filter { !sample($0).allSatisfy(ExportText.isBlank) }
    guard let first = group.first, !filled.isEmpty else { return [] }
    let isNamed = columns[first].option != nil
    let name = isNamed ? columns[first].question : gap(before: first, after: group[group.count - 1])
    for index in group {
      columns[index].role = .option
      columns[index].option = columns[index].option ?? ExportText.trimmed(columns[index].title)
      columns[index].question = name
    }
    return []
  }

  /// The number that a question must have between its neighbours, as its title is not exported.
  private func gap(before first: Int, after last: Int) -> String {
    let before = columns[..<first].last { $0.role == .question }.flatMap { Self.number($0.title) }
    let after = columns[(last + 1)...].first { $0.role == .question }
      .flatMap { Self.number($0.title) }
    if let before, after == nil || after == before + 2 { return "Question \(before + 1)" }
    return ExportText.trimmed(columns[first].title) + " …"
  }

  static func number(_ title: String) -> Int? {
    var rest = Substring(ExportText.folded(title))
    for word in ["question ", "question", "q"] where rest.hasPrefix(word) {
      rest = rest.dropFirst(word.count)
      break
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    return digits.count <= 4 ? Int(digits) : nil
  }

  /// `question/choice`, 1 or 0, beside a column with all choices, which spaces part.
  private mutating func readPathOptions() {
    for index in columns.indices where columns[index].role == .question {
      let title = columns[index].title
      let parent = columns.indices.first {
        $0 != index && columns[$0].role != .option && title.hasPrefix(columns[$0].title + "/")
      }
      guard let parent else { continue }
      columns[index].role = .option
      columns[index].question = ExportText.trimmed(columns[parent].title)
      columns[index].option = String(title.dropFirst(columns[parent].title.count + 1))
    }
    let asked = Set(columns.filter { $0.role == .option }.compactMap(\.question))
    for index in columns.indices
    where columns[index].role == .question && asked.contains(columns[index].question ?? "") {
      columns[index].role = .other
      columns[index].question = nil
    }
  }

  /// `G01Q04[SQ001]`, Y or N: a choice; with other cells, a row of a table.
  private mutating func readCodeOptions() {
    let ticks: Set = ["", "y", "n", "yes", "no"]
    for index in columns.indices where columns[index].role == .question {
      let title = columns[index].title
      guard title.hasSuffix("]"), let bracket = title.lastIndex(of: "[") else { continue }
      let cells = Set(sample(index).map(ExportText.folded))
      let label = String(title[title.index(after: bracket)...].dropLast())
      guard cells.isSubset(of: ticks) || label == "other" else { continue }
      columns[index].role = .option
      columns[index].question = ExportText.trimmed(String(title[..<bracket]))
      columns[index].option = label
    }
    // A table of which nothing was answered looks like choices and is none.
    for index in columns.indices where columns[index].role == .option {
      let family = columns.indices.filter { columns[$0].question == columns[index].question }
      if family.contains(where: { columns[$0].role == .question }) {
        columns[index].role = .question
        columns[index].question = columns[index].title
        columns[index].option = nil
      }
    }
  }

  /// Of several times the last one is that of sending.
  private mutating func keepOneTime() {
    let times = columns.indices.filter { columns[$0].role == .time }
    for index in times.dropLast() where times.count > 1 { columns[index].role = .other }
  }

  private mutating func apply(_ mapping: SheetMapping) {
    for index in columns.indices {
      let title = ExportText.folded(columns[index].title)
      guard let entry = mapping.columns.first(where: { ExportText.folded($0.title) == title })
      else {
        continue
      }
      if entry.role == .time {
        for other in columns.indices where columns[other].role == .time {
          columns[other].role = .other
        }
      }
      columns[index].role = entry.role
      columns[index].question = entry.question
      columns[index].option = entry.option
    }
  }
}
