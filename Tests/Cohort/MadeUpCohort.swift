package import ExamModel
package import PaperPress
import QuestionBank

/// A cohort that answers as people do, with what each cell should be marked as.
///
/// The answers are made from each candidate's own key, so the same press always gives the same
/// export: it serves as the demonstration's file, and as truth for tests of any size.
package struct MadeUpCohort {
  /// One row of the export.
  package struct Row {
    package var cells: [String]
    package var candidate: CandidateID?
    /// The outcome's word for each form item; nil where the paper does not ask it.
    package var expected: [String?]
  }

  package private(set) var rows: [Row] = []
  package let header: [String]
  private let press: PaperPress
  private var dice: Dice
  private let plainly: Int

  /// Everybody on the roster submits, every eighth of them twice; three rows belong to nobody.
  ///
  /// - Parameter plainly: how many of a hundred answers are spelled in the plainest way; none where
  ///   every spelling is to be as frequent as any other.
  package init(_ press: PaperPress, roster: Roster, seed: UInt64, plainly: Int = 0) {
    self.press = press
    self.plainly = plainly
    dice = Dice(seed: seed)
    let remarks = [
      "AB": ": shape of the product", "p": " (probabilities, in order)", "L": ": 3 decimals",
    ]
    header =
      ["Timestamp", "Username", "Paper code"]
      + press.formItems.map { $0.title + (remarks[$0.field.rawValue] ?? "") }
    var minute = 0
    for (index, candidate) in roster.candidates.enumerated() {
      let paper = press.paper(for: candidate.id)
      if index % 8 == 3 {
        add(candidate, paper, minute: minute, address: candidate.email)
        minute += 2
      }
      let address = index % 5 == 1 ? " " + candidate.email.uppercased() : candidate.email
      add(candidate, paper, minute: minute + 40, address: address)
      minute += 1
    }
    addStrays(roster, minute: minute + 45)
  }

  /// The export as Google Forms writes it: every cell quoted, LF, no line end after the last row.
  package var csv: String {
    ([header] + rows.map(\.cells)).map { row in
      row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
    }.joined(separator: "\n")
  }

  // MARK: Rows

  private mutating func add(_ candidate: Candidate, _ paper: Paper, minute: Int, address: String) {
    let skill = dice.below(100)
    var cells = [stamp(minute), address, code(paper.code)]
    var expected: [String?] = []
    for (slot, question) in zip(press.slots, paper.questions) {
      // Wrong whole numbers by part: later answers follow from them.
      var slips = [AnswerValue?](repeating: nil, count: question.parts.count)
      for field in slot.fields {
        guard let index = question.asked.first(where: { question.parts[$0].field == field }) else {
          cells.append("")
          expected.append(nil)
          continue
        }
        let (typed, outcome) = answer(question, index, skill: skill, slips: &slips)
        cells.append(typed)
        expected.append(outcome)
      }
    }
    rows.append(Row(cells: cells, candidate: candidate.id, expected: expected))
  }

  /// A stranger, a mistyped code, and a code that is somebody else's.
  private mutating func addStrays(_ roster: Roster, minute: Int) {
    guard roster.candidates.count > 2, let sample = rows.first?.cells else { return }
    let first = roster.candidates[0]
    let other = press.code(for: roster.candidates[1].id)
    let mistyped = String(press.code(for: first.id).description.dropLast()) + "*"
    for (address, code) in [
      ("somebody.else@example.org", ""), (first.email, mistyped), (first.email, other.description),
    ] {
      var cells = sample
      cells[0] = stamp(minute)
      cells[1] = address
      cells[2] = code
      rows.append(Row(cells: cells, candidate: nil, expected: []))
    }
  }

  /// One row a minute, from nine in the morning to seven in the evening, as many days as it takes;
  /// months have 28.
  private func stamp(_ minute: Int) -> String {
    let (day, time) = (4 + minute / 600, minute % 600)
    let (month, hour) = (2 + day / 28, 9 + time / 60)
    let padded = [month % 12 + 1, day % 28 + 1, time % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(2026 + month / 12)/\(padded[0])/\(padded[1]) \(hour > 12 ? hour - 12 : hour):"
      + "\(padded[2]):07 \(hour < 12 ? "AM" : "PM") GMT+1"
  }

  private mutating func code(_ code: PaperCode) -> String {
    switch dice.below(4) {
    case 0: code.description.lowercased()
    case 1: code.characters
    case 2: ""
    default: code.description
    }
  }

  // MARK: Answers

  private mutating func answer(
    _ question: any Question, _ index: Int, skill: Int, slips: inout [AnswerValue?]
  ) -> (typed: String, outcome: String) {
    let part = question.parts[index]
    let key = question.key[index] ?? .undefined
    let places: Int? = if case .decimals(let d) = part.tolerance { d } else { nil }
    let luck = dice.below(100)
    if luck < 4 { return (dice.pick(["", "", "idk", "?", "I don’t know"]), "blank") }
    if luck < 6 {
      return (dice.pick(["3 or 4", "see attached", "about half of it"]), "unreadable")
    }
    if luck < 10, let places, case .number(let x) = key, x.magnitude >= 0.1 {
      let coarse = x.fixed(places - 1)
      // What is coarse must be outside the tolerance, or it is simply right.
      if !coarse.hasSuffix("0"),
        ((Double(coarse) ?? x) - x).magnitude > 1.5 * Double.powerOfTen(-places)
      {
        return (coarse, "imprecise")
      }
    }
    let mistakes = question.mistakes.filter { $0.part == part.id }
    if luck < 10 + (100 - skill) / 3, !mistakes.isEmpty {
      // The first mistakes of a family are the ones that people make most.
      let mistake = mistakes[min(dice.below(mistakes.count), dice.below(mistakes.count))]
      if case .integer = mistake.value { slips[index] = mistake.value }
      return (typed(mistake.value, places: places), "misconception")
    }
    if luck < 14 + (100 - skill) / 4, key.isNumeric || key == .undefined {
      let value = wrong(key)
      if case .integer = value { slips[index] = value }
      return (typed(value, places: nil), "incorrect")
    }
    if let value = followed(question, index, slips) {
      return (typed(value, places: nil), "followThrough")
    }
    if !isPlain(), let exact = question.exact()[part.id], dice.oneIn(3) {
      return (exact, "correct")
    }
    return (typed(key, places: places), "correct")
  }

  private mutating func wrong(_ key: AnswerValue) -> AnswerValue {
    switch key {
    case .number, .integer: .integer(-7100 - dice.below(900))
    case .shape, .undefined: .shape([71, 73])
    case .vector(let xs): .vector(xs.map { _ in 77.5 })
    case .matrix(let rows): .matrix(rows.map { $0.map { _ in 77.5 } })
    default: key
    }
  }

  /// What is right after earlier slips, where that can be told from the key and every known mistake.
  private func followed(
    _ question: any Question, _ index: Int, _ slips: [AnswerValue?]
  ) -> AnswerValue? {
    let part = question.parts[index]
    guard slips.contains(where: { $0 != nil }),
      case .integer(let n)? = question.key(carrying: OwnAnswers(values: slips))[index],
      question.key[index] != .integer(n), n.magnitude > 1,
      !question.mistakes.contains(where: { $0.part == part.id && $0.value == .integer(n) })
    else { return nil }
    // A zero or a one before makes the rest too easy to be credited.
    let isEasy = slips.contains { slip in
      if case .integer(let m)? = slip { m.magnitude <= 1 } else { false }
    }
    return isEasy ? nil : .integer(n)
  }

  private mutating func isPlain() -> Bool { plainly > 0 && dice.below(100) < plainly }

  /// One of several ways, of which the first is the plainest.
  private mutating func spelled(_ ways: [String]) -> String {
    isPlain() ? ways[0] : dice.pick(ways)
  }

  /// One of the ways in which people write an answer down.
  private mutating func typed(_ value: AnswerValue, places: Int?) -> String {
    let number = { (x: Double) in x == x.rounded() ? String(Int(x)) : x.fixed(places ?? 6) }
    switch value {
    case .expression, .choice, .choices, .ordering, .text, .symbolicShape: return value.plainText
    case .undefined: return spelled(["undefined", "Undefined", "does not exist", "undefined."])
    case .integer(let n):
      return spelled(["\(n)", " \(n) ", "\(n)".replacing("-", with: "−"), "= \(n)", "\(n).0"])
    case .number(let x):
      let plain = number(x)
      let bare = plain.hasPrefix("0.") ? String(plain.dropFirst()) : plain
      return spelled([
        plain, plain.replacing("-", with: "−"), bare, "≈ \(plain)", plain + " (3 dp)", " " + plain,
      ])
    case .shape(let sizes):
      let texts = sizes.map(String.init)
      return spelled([
        "(\(texts.joined(separator: ", ")))", texts.joined(separator: "x"),
        texts.joined(separator: " × "), "[\(texts.joined(separator: ","))]",
        "torch.Size([\(texts.joined(separator: ", "))])", texts.joined(separator: " by "),
      ])
    case .vector(let xs):
      let texts = xs.map(number)
      return spelled([
        "[\(texts.joined(separator: ", "))]", "(\(texts.joined(separator: ", ")))",
        texts.joined(separator: ", "), "[\(texts.joined(separator: " "))]",
        texts.joined(separator: "; "),
      ])
    case .matrix(let rows):
      let texts = rows.map { $0.map(number) }
      let python =
        "[" + texts.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", ") + "]"
      let matlab = "[" + texts.map { $0.joined(separator: " ") }.joined(separator: "; ") + "]"
      let lines = texts.map { $0.joined(separator: ", ") }.joined(separator: "\n")
      return spelled([python, matlab, lines])
    }
  }
}

extension String {
  fileprivate func replacing(_ needle: Character, with replacement: String) -> String {
    map { $0 == needle ? replacement : String($0) }.joined()
  }
}
