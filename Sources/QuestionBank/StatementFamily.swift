import ExamModel
import Typesetting

/// A statement that always holds, or does not, and why.
struct Statement: Sendable {
  let text: String
  let holds: Bool
  let reason: String
  /// The misconception that takes it for true.
  let slip: MisconceptionID?

  init(_ text: String, _ holds: Bool, _ reason: String, slip: MisconceptionID? = nil) {
    self.text = text
    self.holds = holds
    self.reason = reason
    self.slip = slip
  }
}

/// The statements of one draw.
struct StatementChoice: Codable, Sendable, Equatable { let statements: [String] }

/// A family that asks which of five statements always hold; some do, and not all.
protocol StatementFamily: QuestionFamily where Parameters == StatementChoice {
  static var statements: [Statement] { get }
}

extension StatementFamily {
  static var parts: [Part] { [Part("true", .choices)] }

  static func draw(from dice: inout Dice) -> StatementChoice? {
    let p = StatementChoice(statements: dice.draw(5, from: statements.map(\.text)))
    return (1...4).contains(truth(p).count) ? p : nil
  }

  static func objection(to p: StatementChoice) -> String? {
    Set(p.statements).count == p.statements.count
      && Set(p.statements).isSubset(of: statements.map(\.text))
      ? nil : "statements are among " + statements.map(\.text).joined(separator: "; ")
  }

  private static func truth(_ p: StatementChoice) -> [String] {
    p.statements.filter { text in statements.contains { $0.text == text && $0.holds } }
  }

  static func options(_ p: StatementChoice) -> [PartID: Options] {
    ["true": Options(p.statements)]
  }

  static func key(_ p: StatementChoice, into key: inout KeyWriter) {
    key.write(.choices(truth(p)))
  }

  static func mistakes(_ p: StatementChoice) -> [Mistake] {
    let right = Set(truth(p))
    let believed = statements.filter { $0.slip != nil && p.statements.contains($0.text) }
    let slips = misconceptions.map(\.id).compactMap { id -> Mistake? in
      let taken = right.union(believed.filter { $0.slip == id }.map(\.text))
      guard taken != right else { return nil }
      return Mistake(id, "true", AnswerValue.choices(p.statements.filter(taken.contains)))
    }
    return [Mistake("all-true", "true", AnswerValue.choices(p.statements))] + slips
  }

  static func solve(_ p: StatementChoice) -> Document {
    let items = statements.filter { p.statements.contains($0.text) }.map { statement in
      Prose(
        verbatim:
          "\(statement.text): \(statement.holds ? "true" : "false"), \(statement.reason).")
    }
    return Document(blocks: [.list(items)])
  }
}
