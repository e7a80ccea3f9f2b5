import ExamModel

/// An Apps Script that builds the form: paste it at script.google.com and run `buildForm`.
enum GoogleFormsScript: PaperFormat {
  static let name = "google-forms"
  static let summary = "an Apps Script that builds the form"
  static let ending = ".gs"
  static let views: [PaperSheet.View] = [.paper, .key]
  static let isForm = true

  static func losses(of test: TestOutline) -> [String] {
    test.formLosses(
      "google-forms",
      ofOne:
        "a script cannot set the right answer of a typed field; \"gradus grade\" marks the export"
    )
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) throws(TemplateError) -> [UInt8] {
    let form = AnswerForm(papers, showsKey: view == .key)
    let script = try style.templates.template("google-form.gs").filled(with: [
      "form": .markup(form.scriptJSON.prettyText)
    ])
    return Array(script.utf8)
  }
}

/// The body of a request to `forms.batchUpdate` of the Google Forms API.
enum GoogleFormsRequests: PaperFormat {
  static let name = "forms-api"
  static let summary = "requests for the Google Forms API"
  static let ending = ".forms.json"
  static let views: [PaperSheet.View] = [.paper, .key]
  static let isForm = true

  static func losses(of test: TestOutline) -> [String] {
    ["forms-api: the API cannot check answers while they are typed; google-forms can"]
      + test.formLosses(
        "forms-api",
        ofOne:
          "a quiz there compares typed answers letter by letter; \"gradus grade\" marks the export"
      )
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    Array((AnswerForm(papers, showsKey: view == .key).requestsJSON.prettyText + "\n").utf8)
  }
}

extension TestOutline {
  /// - Parameter ofOne: what the key of a form of one paper lacks.
  fileprivate func formLosses(_ name: String, ofOne loss: String) -> [String] {
    let key =
      isForSeveral
      ? [
        "\(name): a form for all has no key, each paper having its own; \"gradus grade\" marks the export"
      ]
      : ["\(name): \(loss)"] + outcomes(lostIn: name) + tickRule(lostIn: name, .together)
    return key
      + (pointScale == 1
        ? [] : ["\(name): points are whole there; they are multiplied by \(pointScale)"])
  }
}

extension AnswerForm {
  private var hasKey: Bool {
    items.contains { item in
      if case .field(let field) = item { !field.right.isEmpty } else { false }
    }
  }

  private func wholePoints(_ field: Field) -> JSON {
    .integer(field.points.whole(times: pointScale))
  }

  // MARK: Apps Script

  fileprivate var scriptJSON: JSON {
    .object([
      ("title", .string(title)), ("description", .string(description)),
      (
        "items",
        .array(
          items.map { item in
            switch item {
            case .section(let title):
              .object([("kind", .string("section")), ("title", .string(title))])
            case .text(let title, let body):
              .object([
                ("kind", .string("text")), ("title", .string(title)), ("help", .string(body)),
              ])
            case .picture(let title, let image):
              .object([
                ("kind", .string("picture")), ("title", .string(title)), ("image", .string(image)),
              ])
            case .field(let field): scriptJSON(of: field)
            }
          })
      ),
    ])
  }

  private func scriptJSON(of field: Field) -> JSON {
    let kind = field.choices.isEmpty ? "field" : field.allowsSeveral ? "choices" : "choice"
    return .object([
      ("kind", .string(kind)), ("title", .string(field.title)), ("help", .string(field.help)),
      ("pattern", .string(field.pattern)), ("required", .bool(field.isRequired)),
      ("points", wholePoints(field)),
      (
        "choices",
        .array(
          field.choices.map { text in
            .object([("text", .string(text)), ("right", .bool(field.right.contains(text)))])
          })
      ),
      ("hasKey", .bool(!field.right.isEmpty)), ("feedback", .string(field.feedback)),
    ])
  }

  // MARK: Forms API

  fileprivate var requestsJSON: JSON {
    let info = JSON.object([
      (
        "updateFormInfo",
        .object([
          ("info", .object([("title", .string(title)), ("description", .string(description))])),
          ("updateMask", .string("title,description")),
        ])
      )
    ])
    let settings = JSON.object([
      (
        "updateSettings",
        .object([
          (
            "settings",
            .object([
              ("quizSettings", .object([("isQuiz", .bool(hasKey))])),
              ("emailCollectionType", .string("VERIFIED")),
            ])
          ), ("updateMask", .string("quizSettings.isQuiz,emailCollectionType")),
        ])
      )
    ])
    let created = items.compactMap(members).enumerated().map { index, item -> JSON in
      .object([
        (
          "createItem",
          .object([
            ("item", .object(item)),
            ("location", .object([("index", .integer(index))])),
          ])
        )
      ])
    }
    return .object([("requests", .array([info, settings] + created))])
  }

  private static let nothing = JSON.object([JSON.Member]())

  /// Nil for a picture: the API wants a public address of it.
  private func members(of item: Item) -> [(String, JSON)]? {
    switch item {
    case .picture: nil
    case .section(let title): [("title", .string(title)), ("pageBreakItem", Self.nothing)]
    case .text(let title, let body):
      [("title", .string(title)), ("description", .string(body)), ("textItem", Self.nothing)]
    case .field(let field):
      [
        ("title", .string(field.title)), ("description", .string(field.help)),
        ("questionItem", .object([("question", .object(question(field)))])),
      ]
    }
  }

  private func question(_ field: Field) -> [(String, JSON)] {
    var members: [(String, JSON)] = [("required", .bool(field.isRequired))]
    if field.choices.isEmpty {
      members.append(("textQuestion", .object([("paragraph", .bool(false))])))
    } else {
      members.append(
        (
          "choiceQuestion",
          .object([
            ("type", .string(field.allowsSeveral ? "CHECKBOX" : "RADIO")),
            ("options", .array(field.choices.map { .object([("value", .string($0))]) })),
          ])
        ))
    }
    // Points without a right answer are refused.
    guard !field.right.isEmpty else { return members }
    var grading: [(String, JSON)] = [
      ("pointValue", wholePoints(field)),
      (
        "correctAnswers",
        .object([("answers", .array(field.right.map { .object([("value", .string($0))]) }))])
      ),
    ]
    if !field.feedback.isEmpty {
      let name = field.choices.isEmpty ? "generalFeedback" : "whenWrong"
      grading.append((name, .object([("text", .string(field.feedback))])))
    }
    members.append(("grading", .object(grading)))
    return members
  }
}
