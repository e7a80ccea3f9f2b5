/// What was found wrong with a question after its papers were made; no paper depends on it.
package struct Correction: Sendable, Hashable {
  /// From 1, through all sections, as the papers count.
  package var question: Int
  /// The field that it is about, as the form names it; nil is the whole question.
  package var part: PartID?
  package var void: Void?
  /// Answers that are right as well: a family's misconception by its id, or what somebody may type.
  package var accept: [String]
  /// Takes the place of the tolerance that the papers state.
  package var tolerance: Tolerance?
  /// Why, for those who ask.
  package var because: String?
  /// Where it stands in its file, for errors that only the catalogue can find; nil where it is in none.
  package var line: Int?

  /// What becomes of an answer that is not marked any more.
  package enum Void: String, Sendable, Hashable, CaseIterable {
    /// It counts for nobody: nothing awarded, nothing possible.
    case uncounted
    /// It counts as right for everybody.
    case fullMarks = "full-marks"
  }

  package init(question: Int, part: PartID? = nil, void: Void? = nil) {
    self.question = question
    self.part = part
    self.void = void
    accept = []
  }

  /// Whether it is about this field.
  package func isAbout(_ item: FormItem) -> Bool {
    question == item.question && (part == nil || part == item.field)
  }
}

extension Correction {
  /// Reads one entry of the blueprint's `corrections`.
  init(_ value: LocatedJSON, file: String) throws(SourceError) {
    var reader = try MemberReader(value, file: file, noun: "a correction")
    let place = try reader.required("question")
    guard case .number(let x) = place.content, let number = Int(exactly: x), number > 0 else {
      throw reader.error(at: place, "\"question\" is a question's number, from 1")
    }
    self.init(question: number)
    line = value.line
    part = try reader.optionalString("part").map { PartID($0) }
    void = try reader.optionalWord("void", Void.self)
    if reader.optional("accept") != nil {
      for item in try reader.list("accept") {
        guard case .string(let text) = item.content, !text.isEmpty else {
          throw reader.error(
            at: item, "\"accept\" is a list of misconceptions or of answers, each in quotes")
        }
        accept.append(text)
      }
    }
    let tolerances: [Tolerance?] = [
      try reader.optionalInteger("decimals", in: 0...9).map { .decimals($0) },
      try reader.optionalNumber("absolute", in: 0...1e300).map { .absolute($0) },
      try reader.optionalNumber("relative", in: 0...1).map { .relative($0) },
      try reader.optionalInteger("significant", in: 1...15).map { .significant($0) },
    ]
    because = try reader.optionalString("because")
    try reader.finish()
    let given = tolerances.compactMap { $0 }
    guard given.count < 2 else {
      throw reader.error(
        at: value,
        "a correction has one of \"decimals\", \"absolute\", \"relative\", \"significant\"")
    }
    tolerance = given.first
    guard (void == nil) != (accept.isEmpty && tolerance == nil) else {
      throw reader.error(
        at: value,
        "a correction is \"void\", or has \"accept\" or a tolerance such as \"decimals\": 2")
    }
  }

  var canonicalJSON: JSON {
    var members: [(String, JSON)] = [("question", .integer(question))]
    if let part { members.append(("part", .string(part.rawValue))) }
    if let void { members.append(("void", .string(void.rawValue))) }
    if !accept.isEmpty { members.append(("accept", .array(accept.map { .string($0) }))) }
    if let tolerance { members.append(("tolerance", tolerance.json)) }
    return .object(members)
  }
}
