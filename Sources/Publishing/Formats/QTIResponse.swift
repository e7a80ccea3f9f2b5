import ExamModel
import Typesetting

/// One part of a question as QTI asks for it, scores it and answers to known mistakes.
struct QTIResponse {
  private let part: PaperSheet.Part
  private let name: String
  private let dialect: QTIDialect
  private let kind: Kind

  private enum Kind {
    case number(NumberMargin)
    case text
    /// Letters of the right options.
    case choice([String])
    case order([String])
  }

  init(_ part: PaperSheet.Part, number: Int, _ dialect: QTIDialect) {
    self.part = part
    self.dialect = dialect
    name = "R\(number)"
    func letters(_ texts: [String]) -> [String] {
      texts.compactMap { text in part.offered.lettered.first { $0.text == text }?.letter }
    }
    kind =
      switch part.answer {
      case .choice(let text): .choice(letters([text]))
      case .choices: .choice(letters(part.rightTexts))
      case .ordering(let items) where letters(items).count == items.count: .order(letters(items))
      default: part.margin.map { .number($0) } ?? .text
      }
  }

  private func node(
    _ name: String, _ attributes: [(String, String)] = [], _ children: XMLNode...
  ) -> XMLNode { dialect.node(name, attributes, children) }

  private var variable: XMLNode { node("variable", [("identifier", name)]) }

  private func base(_ type: String, _ value: String) -> XMLNode {
    node("baseValue", [("baseType", type)], .text(value))
  }

  // MARK: What is right

  var declaration: XMLNode {
    let (cardinality, type, values): (String, String, [String]) =
      switch kind {
      case .number(let key): ("single", "float", [key.valueText])
      case .text: ("single", "string", [part.key])
      case .choice(let letters):
        (part.kind == .choices ? "multiple" : "single", "identifier", letters)
      case .order(let letters): ("ordered", "identifier", letters)
      }
    let attributes = [("identifier", name), ("cardinality", cardinality), ("baseType", type)]
    guard !values.isEmpty else { return node("responseDeclaration", attributes) }
    return node(
      "responseDeclaration", attributes,
      dialect.node("correctResponse", [], values.map { node("value", [], .text($0)) }))
  }

  // MARK: How it is asked

  var body: [XMLNode] {
    let label =
      "<strong>\(escapedHTML(part.field))</strong> \(dialect.markup(part.prompt))\(part.decimalsOnly) "
    switch kind {
    case .number, .text:
      let entry = node(
        "textEntryInteraction", [("responseIdentifier", name), ("expectedLength", "20")])
      return [.element("p", .markup(label), entry)]
    case .choice:
      let most = part.kind == .choices ? "0" : "1"
      return [interaction("choiceInteraction", [("maxChoices", most)], label)]
    case .order: return [interaction("orderInteraction", [], label)]
    }
  }

  private func interaction(
    _ kind: String, _ attributes: [(String, String)], _ label: String
  ) -> XMLNode {
    dialect.node(
      kind, [("responseIdentifier", name), ("shuffle", "false")] + attributes,
      [node("prompt", [], .markup(label))]
        + part.offered.lettered.map {
          node("simpleChoice", [("identifier", $0.letter)], .text($0.text))
        })
  }

  // MARK: What it earns

  var processing: XMLNode {
    let points = JSON.number(Double(part.points.hundredths) / 100).text
    let award = node(
      "setOutcomeValue", [("identifier", "SCORE")],
      node("sum", [], node("variable", [("identifier", "SCORE")]), base("float", points)))
    let wrong = mistakes.enumerated().map { index, mistake in
      node("responseElseIf", [], mistake.condition, addFeedback("\(name)M\(index + 1)"))
    }
    return dialect.node(
      "responseCondition", [], [node("responseIf", [], isRight, award)] + wrong)
  }

  private var isRight: XMLNode {
    switch kind {
    case .number(let key): equal(key.value, margin: key.margin)
    case .text: anyOf(part.rightTexts)
    case .choice, .order: node("match", [], variable, node("correct", [("identifier", name)]))
    }
  }

  private func equal(_ value: Double, margin: Double) -> XMLNode {
    let rounding =
      margin == 0
      ? [("toleranceMode", "exact")]
      : [
        ("toleranceMode", "absolute"),
        ("tolerance", "\(JSON.number(margin).text) \(JSON.number(margin).text)"),
      ]
    return node("equal", rounding, variable, base("float", JSON.number(value).text))
  }

  private func anyOf(_ texts: [String]) -> XMLNode {
    let matches = texts.map {
      node("stringMatch", [("caseSensitive", "false")], variable, base("string", $0))
    }
    return matches.count == 1 ? matches[0] : dialect.node("or", [], matches)
  }

  private var mistakes: [(condition: XMLNode, feedback: String)] {
    switch kind {
    case .number(let key):
      part.numericMistakes.map { (equal($0.value, margin: key.margin), $0.feedback) }
    case .text: part.textMistakes.map { (anyOf([$0.text]), $0.feedback) }
    case .choice where part.kind == .choice:
      part.textMistakes.compactMap { mistake in
        guard let letter = part.options.lettered.first(where: { $0.text == mistake.text })?.letter
        else { return nil }
        return (node("match", [], variable, base("identifier", letter)), mistake.feedback)
      }
    case .choice, .order: []
    }
  }

  // MARK: What is said to it

  func addFeedback(_ feedback: String) -> XMLNode {
    node(
      "setOutcomeValue", [("identifier", "FEEDBACK")],
      node(
        "multiple", [], node("variable", [("identifier", "FEEDBACK")]),
        base("identifier", feedback)))
  }

  var feedback: [XMLNode] {
    mistakes.enumerated().map { index, mistake in
      dialect.modal("\(name)M\(index + 1)", .text(mistake.feedback))
    }
  }
}
