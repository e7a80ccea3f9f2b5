import ExamModel
import Typesetting

/// A package of QTI 2.1: a test for each paper, an item for each question.
enum QTI21: QTIPackage {
  static let name = "qti21"
  static let summary = "a package of QTI 2.1"
  static let ending = ".qti21.zip"
  static let dialect = QTIDialect(isVersion3: false)
}

/// A package of QTI 3.0.
enum QTI30: QTIPackage {
  static let name = "qti30"
  static let summary = "a package of QTI 3.0"
  static let ending = ".qti30.zip"
  static let dialect = QTIDialect(isVersion3: true)
}

/// The two versions differ in how elements are spelled, and in little else.
protocol QTIPackage: PaperFormat {
  static var dialect: QTIDialect { get }
}

extension QTIPackage {
  package static var views: [PaperSheet.View] { [.key] }

  package static func losses(of test: TestOutline) -> [String] {
    let letters =
      test.asks(.vector, .matrix, .shape, .expression, .text)
      ? [
        "\(name): vectors, matrices, shapes, formulas and words are compared letter by letter, in a few spellings"
      ] : []
    return test.unfollowedRules(by: name, ticks: .together) + test.fractions(lostIn: name)
      + letters
  }

  package static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    var zip = ZipWriter()
    zip.add("imsmanifest.xml", dialect.manifest(of: papers).file)
    for paper in papers {
      zip.add(dialect.testFile(paper), dialect.test(paper).file)
      for question in paper.questions {
        zip.add(dialect.itemFile(question, of: paper), dialect.item(question, of: paper).file)
      }
    }
    return zip.archive
  }
}

/// How one version of QTI writes papers.
struct QTIDialect: Sendable {
  let isVersion3: Bool

  /// `responseDeclaration`, in version 3 `qti-response-declaration`, and so its attributes.
  func node(
    _ name: String, _ attributes: [(String, String)] = [], _ children: [XMLNode] = []
  ) -> XMLNode {
    guard isVersion3 else { return .element(name, attributes, children) }
    return .element(
      "qti-" + Self.kebab(name), attributes.map { (Self.kebab($0.0), $0.1) }, children)
  }

  private static func kebab(_ name: String) -> String {
    let isCapital = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    guard !name.utf8.contains(UInt8(ascii: ":")), name.utf8.contains(where: isCapital) else {
      return name
    }
    let bytes = name.utf8.flatMap { isCapital($0) ? [UInt8(ascii: "-"), $0 | 0x20] : [$0] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var namespace: String {
    isVersion3
      ? "http://www.imsglobal.org/xsd/imsqtiasi_v3p0" : "http://www.imsglobal.org/xsd/imsqti_v2p1"
  }

  // MARK: The package

  /// Codes may begin with a digit, identifiers may not.
  private func identifier(_ paper: PaperSheet) -> String { "P\(paper.code.characters)" }

  func testFile(_ paper: PaperSheet) -> String { "\(identifier(paper))/test.xml" }

  func itemFile(_ question: PaperSheet.Question, of paper: PaperSheet) -> String {
    "\(identifier(paper))/Q\(question.number).xml"
  }

  private func itemIdentifier(_ question: PaperSheet.Question, of paper: PaperSheet) -> String {
    "\(identifier(paper))-Q\(question.number)"
  }

  func manifest(of papers: [PaperSheet]) -> XMLNode {
    let version = isVersion3 ? "v3p0" : "v2p1"
    let resources = papers.flatMap { paper -> [XMLNode] in
      let items = paper.questions.map { question in
        XMLNode.element(
          "resource",
          [
            ("identifier", itemIdentifier(question, of: paper)),
            ("type", "imsqti_item_xml\(version)"), ("href", itemFile(question, of: paper)),
          ], .element("file", [("href", itemFile(question, of: paper))]))
      }
      let dependencies = paper.questions.map {
        XMLNode.element("dependency", [("identifierref", itemIdentifier($0, of: paper))])
      }
      let test = XMLNode.element(
        "resource",
        [
          ("identifier", identifier(paper)), ("type", "imsqti_test_xml\(version)"),
          ("href", testFile(paper)),
        ], [.element("file", [("href", testFile(paper))])] + dependencies)
      return [test] + items
    }
    let namespace =
      isVersion3
      ? "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
      : "http://www.imsglobal.org/xsd/imscp_v1p1"
    return .element(
      "manifest", [("xmlns", namespace), ("identifier", "gradus")],
      .element(
        "metadata",
        .element("schema", .text(isVersion3 ? "QTI Package" : "QTIv2.1 Package")),
        .element("schemaversion", .text(isVersion3 ? "3.0.0" : "1.0.0"))),
      .element("organizations"), .element("resources", [], resources))
  }

  func test(_ paper: PaperSheet) -> XMLNode {
    let sections = paper.sections.enumerated().filter { !$0.element.questions.isEmpty }
      .map { index, section in
        node(
          "assessmentSection",
          [("identifier", "S\(index + 1)"), ("title", section.title), ("visible", "true")],
          section.questions.map { question in
            node(
              "assessmentItemRef",
              [
                ("identifier", "Q\(question.number)"), ("href", "Q\(question.number).xml"),
              ])
          })
      }
    return node(
      "assessmentTest",
      [("xmlns", namespace), ("identifier", identifier(paper)), ("title", paper.title)],
      [
        node("timeLimits", [("maxTime", String(paper.minutes * 60))]),
        node(
          "testPart",
          [
            ("identifier", "T1"), ("navigationMode", "nonlinear"),
            ("submissionMode", "simultaneous"),
          ], sections),
      ])
  }

  // MARK: One item

  func item(_ question: PaperSheet.Question, of paper: PaperSheet) -> XMLNode {
    let responses = question.parts.enumerated().map { QTIResponse($1, number: $0 + 1, self) }
    let maximum = JSON.number(Double(question.marks.hundredths) / 100).text
    let outcomes = [
      outcome("SCORE", "single", "float", "0"), outcome("MAXSCORE", "single", "float", maximum),
      outcome("FEEDBACK", "multiple", "identifier", nil),
    ]
    let body = [XMLNode.markup(markup(question.stem))] + responses.flatMap(\.body)
    let showSolution = responses.first?.addFeedback("SOLUTION")
    let feedback =
      responses.flatMap(\.feedback) + [modal("SOLUTION", .markup(markup(question.solution)))]
    return node(
      "assessmentItem",
      [
        ("xmlns", namespace), ("identifier", itemIdentifier(question, of: paper)),
        ("title", "Question \(question.number)"), ("adaptive", "false"),
        ("timeDependent", "false"),
      ],
      responses.map(\.declaration) + outcomes
        + [
          node("itemBody", [], [.element("div", [], body)]),
          node(
            "responseProcessing", [],
            responses.map(\.processing) + (showSolution.map { [$0] } ?? [])),
        ] + feedback)
  }

  private func outcome(
    _ name: String, _ cardinality: String, _ type: String, _ value: String?
  ) -> XMLNode {
    node(
      "outcomeDeclaration",
      [("identifier", name), ("cardinality", cardinality), ("baseType", type)],
      value.map { [node("defaultValue", [], [node("value", [], [.text($0)])])] } ?? [])
  }

  func modal(_ name: String, _ content: XMLNode) -> XMLNode {
    let inner = XMLNode.element("div", content)
    return node(
      "modalFeedback",
      [("outcomeIdentifier", "FEEDBACK"), ("identifier", name), ("showHide", "show")],
      [isVersion3 ? node("contentBody", [], [inner]) : inner])
  }

  /// HTML that QTI allows: MathML with its namespace, derivations as tables, figures in characters.
  func markup(_ document: Document) -> String {
    let blocks = document.blocks.map { block -> Block in
      switch block {
      case .steps(let steps):
        .table(
          header: [],
          rows: steps.map { step in [Prose(step.formula)] + (step.reason.map { [$0] } ?? []) })
      case .figure(let graph): .code(graph.plainText())
      default: block
      }
    }
    let html = blocks.map { block -> String in
      // A formula on a line of its own needs a block around it.
      let html = Document(blocks: [block]).html()
      if case .formula = block { return "<p>\(html)</p>" }
      return html
    }
    return named(html.joined(separator: "\n"))
  }

  func markup(_ prose: Prose) -> String { named(prose.html()) }

  private func named(_ html: String) -> String {
    html.replacingBytes("<math", with: "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"")
      .replacingBytes(" scope=\"col\"", with: "")
  }
}
