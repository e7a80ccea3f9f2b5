package import ExamModel

/// What a person says about a file whose service is not known, or not to be believed.
///
///     {
///       columns: {
///         "Who": "identity", "When": "time", "Code": "paperCode", "Remarks": "ignore",
///         "First answer": "Q1 dL/dw0",
///         "Dropout": { question: "Q2 p", option: "Dropout" },
///       },
///       service: "plain", encoding: "windows-1252", delimiter: ";", headerRows: 1,
///       dates: "day-first", timeZone: "Europe/Berlin",
///     }
package struct SheetMapping: Sendable {
  package struct Entry: Sendable {
    let title: String
    let role: SheetColumn.Role
    let question: String?
    let option: String?
    let line: Int
  }

  package var columns: [Entry] = []
  package var service: Service?
  /// By its name, as `TextEncoding` has them.
  package var encoding: String?
  package var delimiter: UInt8?
  package var headerRows: Int?
  package var dates: DateOrder?
  package var timeZone: String?
  package var file = ""

  package init(service: Service? = nil) { self.service = service }

  /// - Throws: `SourceError` with line and column of what is no mapping.
  package init(
    parsing text: String, file: String, encodings: [String]
  ) throws(SourceError) {
    let root = try LocatedJSON(parsing: text, file: file)
    var reader = try MemberReader(root, file: file, noun: "a mapping")
    self.file = file
    if let value = reader.optional("columns") {
      guard case .object(let members) = value.content else {
        throw reader.error(at: value, "\"columns\" is an object: a title, and what the column is")
      }
      for member in members { columns.append(try Self.entry(member, file: file)) }
    }
    if let name = try reader.optionalString("service") {
      guard let service = Service.named(name) else {
        let known = Service.all.map(\.id).joined(separator: ", ")
        throw reader.error(at: root, "\"service\" is one of \(known), not \"\(name)\"")
      }
      self.service = service
    }
    if let name = try reader.optionalString("encoding") {
      guard encodings.contains(name) else {
        throw reader.error(
          at: root, "\"encoding\" is one of \(encodings.joined(separator: ", ")), not \"\(name)\"")
      }
      encoding = name
    }
    if let text = try reader.optionalString("delimiter") {
      guard let byte = text.utf8.first, text.utf8.count == 1, byte != 34, byte != 10, byte != 13
      else {
        throw reader.error(
          at: root, "\"delimiter\" is one ASCII character, such as \";\" or \"\\t\"")
      }
      delimiter = byte
    }
    headerRows = try reader.optionalInteger("headerRows", in: 1...3)
    if let order = try reader.optionalWord("dates", Dates.self) {
      dates = order == .dayFirst ? .dayFirst : .monthFirst
    }
    timeZone = try reader.optionalString("timeZone")
    try reader.finish()
  }

  private enum Dates: String, CaseIterable {
    case dayFirst = "day-first"
    case monthFirst = "month-first"
  }

  private static func entry(
    _ member: LocatedJSON.Member, file: String
  ) throws(SourceError) -> Entry {
    switch member.value.content {
    case .string("ignore"):
      return Entry(title: member.key, role: .other, question: nil, option: nil, line: member.line)
    case .string(let word):
      let role = SheetColumn.Role(rawValue: word)
      let known: [SheetColumn.Role] = [.time, .identity, .paperCode, .score, .feedback]
      guard let role, known.contains(role) else {
        return Entry(
          title: member.key, role: .question, question: word, option: nil, line: member.line)
      }
      return Entry(title: member.key, role: role, question: nil, option: nil, line: member.line)
    case .object:
      var reader = try MemberReader(member.value, file: file, noun: "a choice")
      let question = try reader.string("question")
      let option = try reader.string("option")
      try reader.finish()
      return Entry(
        title: member.key, role: .option, question: question, option: option, line: member.line)
    default:
      throw SourceError(
        file: file, line: member.line, column: member.column,
        "a column is \"identity\", \"time\", \"paperCode\", \"ignore\" or a question's title")
    }
  }
}
