import ExamModel
import Typesetting

/// QTI 1.2 in the way that Canvas imports it: each part a question, below a text with the stem.
enum CanvasQTI: PaperFormat {
  static let name = "canvas"
  static let summary = "a package of QTI 1.2 for Canvas"
  static let ending = ".canvas.zip"
  static let views: [PaperSheet.View] = [.key]

  static func losses(of test: TestOutline) -> [String] {
    let isFiner = test.parts.contains { part in
      switch part.tolerance {
      case .exact: false
      case .decimals(let places): places > 3
      case .absolute(let margin): margin < 0.0005
      case .relative, .significant: true
      }
    }
    return [
      "canvas: each part is a question of its own; what is no number and no choice is compared letter by letter",
      "canvas: worked solutions are not carried",
    ] + test.unfollowedRules(by: name, ticks: .subtracted) + test.fractions(lostIn: name)
      + (isFiner ? ["canvas: numbers keep four decimals there, and finer bounds are rounded"] : [])
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    var zip = ZipWriter()
    zip.add("imsmanifest.xml", manifest(of: papers).file)
    for paper in papers { zip.add(fileName(paper), assessment(paper).file) }
    return zip.archive
  }

  private static func identifier(_ paper: PaperSheet) -> String { "P\(paper.code.characters)" }
  private static func fileName(_ paper: PaperSheet) -> String {
    "\(identifier(paper))/\(identifier(paper)).xml"
  }

  private static func manifest(of papers: [PaperSheet]) -> XMLNode {
    .element(
      "manifest",
      [("xmlns", "http://www.imsglobal.org/xsd/imscp_v1p1"), ("identifier", "gradus")],
      .element(
        "metadata", .element("schema", .text("IMS Content")),
        .element("schemaversion", .text("1.1.3"))),
      .element("organizations"),
      .element(
        "resources", [],
        papers.map { paper in
          .element(
            "resource",
            [
              ("identifier", identifier(paper)), ("type", "imsqti_xmlv1p2"),
              ("href", fileName(paper)),
            ], .element("file", [("href", fileName(paper))]))
        }))
  }

  private static func assessment(_ paper: PaperSheet) -> XMLNode {
    let items = paper.questions.flatMap { question in
      [stem(question, of: paper)]
        + question.parts.enumerated().map { item($1, number: $0 + 1, of: question, paper) }
    }
    return .element(
      "questestinterop", [("xmlns", "http://www.imsglobal.org/xsd/ims_qtiasiv1p2")],
      .element(
        "assessment",
        [("ident", identifier(paper)), ("title", "\(paper.title) \(paper.code)")],
        .element(
          "qtimetadata", field("qmd_timelimit", String(paper.minutes)),
          field("cc_maxattempts", "1")),
        .element("section", [("ident", "root_section")], items)))
  }

  private static func field(_ label: String, _ entry: String) -> XMLNode {
    .element(
      "qtimetadatafield", .element("fieldlabel", .text(label)),
      .element("fieldentry", .text(entry)))
  }

  private static func material(_ html: String) -> XMLNode {
    .element("material", .element("mattext", [("texttype", "text/html")], .text(html)))
  }

  private static func metadata(_ type: String, _ points: Points) -> XMLNode {
    .element(
      "itemmetadata",
      .element(
        "qtimetadata", field("question_type", type), field("points_possible", "\(points)")))
  }

  private static func stem(_ question: PaperSheet.Question, of paper: PaperSheet) -> XMLNode {
    .element(
      "item",
      [
        ("ident", "\(identifier(paper))Q\(question.number)"),
        ("title", "Question \(question.number)"),
      ], metadata("text_only_question", .zero),
      .element("presentation", material(question.stem.html(.mathJax))))
  }

  private static func item(
    _ part: PaperSheet.Part, number: Int, of question: PaperSheet.Question, _ paper: PaperSheet
  ) -> XMLNode {
    let html =
      "<p><strong>\(escapedHTML(part.field))</strong> \(part.prompt.html(.mathJax))\(part.decimalsOnly)</p>"
    let isChoice = part.kind.isChosen && part.answer != .undefined
    let type =
      isChoice
      ? (part.kind == .choice ? "multiple_choice_question" : "multiple_answers_question")
      : part.margin == nil ? "short_answer_question" : "numerical_question"
    let wrong = feedback(part)
    return .element(
      "item",
      [
        ("ident", "\(identifier(paper))Q\(question.number)P\(number)"), ("title", part.field),
      ],
      [
        metadata(type, part.points),
        .element("presentation", material(html), isChoice ? options(part) : blank()),
        .element(
          "resprocessing", [],
          [
            .element(
              "outcomes",
              .element(
                "decvar",
                [
                  ("maxvalue", "100"), ("minvalue", "0"), ("varname", "SCORE"),
                  ("vartype", "Decimal"),
                ]))
          ] + wrong.map(\.condition) + [right(part)]),
      ] + wrong.map(\.text))
  }

  private static func blank() -> XMLNode {
    .element(
      "response_str", [("ident", "response1"), ("rcardinality", "Single")],
      .element("render_fib", .element("response_label", [("ident", "answer1")])))
  }

  private static func options(_ part: PaperSheet.Part) -> XMLNode {
    .element(
      "response_lid",
      [
        ("ident", "response1"), ("rcardinality", part.kind == .choice ? "Single" : "Multiple"),
      ],
      .element(
        "render_choice", [],
        part.offered.lettered.map { option in
          .element(
            "response_label", [("ident", option.letter)],
            .element(
              "material",
              .element("mattext", [("texttype", "text/plain")], .text(option.text))))
        }))
  }

  private static func equals(_ value: String) -> XMLNode {
    .element("varequal", [("respident", "response1")], .text(value))
  }

  private static func near(_ value: Double, _ margin: Double) -> XMLNode {
    .element(
      "or", equals(JSON.number(value).text),
      .element(
        "and",
        .element("vargte", [("respident", "response1")], .text(JSON.number(value - margin).text)),
        .element("varlte", [("respident", "response1")], .text(JSON.number(value + margin).text))))
  }

  private static func right(_ part: PaperSheet.Part) -> XMLNode {
    let texts = part.rightTexts
    let conditions: [XMLNode] =
      switch part.kind {
      case .choice where part.answer != .undefined:
        part.options.lettered.filter { texts.contains($0.text) }.map { equals($0.letter) }
      case .choices where part.answer != .undefined:
        [
          .element(
            "and", [],
            part.offered.lettered.map { option in
              texts.contains(option.text)
                ? equals(option.letter) : .element("not", equals(option.letter))
            })
        ]
      default: part.margin.map { [near($0.value, $0.margin)] } ?? texts.map(equals)
      }
    return .element(
      "respcondition", [("continue", "No")], .element("conditionvar", [], conditions),
      .element("setvar", [("action", "Set"), ("varname", "SCORE")], .text("100")))
  }

  /// What is said to known mistakes, and when.
  private static func feedback(
    _ part: PaperSheet.Part
  ) -> [(condition: XMLNode, text: XMLNode)] {
    let said: [(XMLNode, String)] =
      part.kind.isChosen
      ? part.textMistakes.compactMap { mistake in
        part.options.lettered.first { $0.text == mistake.text }
          .map { (equals($0.letter), mistake.feedback) }
      }
      : part.margin.map { key in
        part.numericMistakes.map { (near($0.value, key.margin), $0.feedback) }
      } ?? part.textMistakes.map { (equals($0.text), $0.feedback) }
    return said.enumerated().map { index, pair in
      let name = "mistake\(index + 1)_fb"
      return (
        .element(
          "respcondition", [("continue", "Yes")], .element("conditionvar", pair.0),
          .element("displayfeedback", [("feedbacktype", "Response"), ("linkrefid", name)])),
        .element(
          "itemfeedback", [("ident", name)],
          .element("flow_mat", material("<p>\(escapedHTML(pair.1))</p>")))
      )
    }
  }
}
