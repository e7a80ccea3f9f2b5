import ExamModel
import Typesetting

extension PaperSheet {
  /// One self-contained page: no scripts, nothing fetched.
  package func html(_ view: View) throws(TemplateError) -> String {
    try Template(embedded: "paper.html").filled(with: [
      "title": title,
      "view": view.heading,
      "style": Self.style,
      "candidate": candidate.name,
      "code": code.description,
      "minutes": String(minutes),
      "total": total.words,
      "instructions": view.instructions,
      "body": sections.map { Self.html($0, view) }.joined(),
    ])
  }

  /// The style sheet that every page carries in itself.
  package static let style: String =
    EmbeddedTemplates.files.first { $0.path == "paper.css" }?.text ?? ""

  private static func html(_ section: Section, _ view: View) -> String {
    "<h2>\(escapedHTML(section.title))</h2>\n"
      + section.questions.map { html($0, view) }.joined()
  }

  private static func html(_ question: Question, _ view: View) -> String {
    var out = """
      <section class="question" aria-labelledby="q\(question.number)">
      <h3 id="q\(question.number)">Question \(question.number) \
      <span class="points">\(question.marks.words)</span></h3>

      """
    if view != .key { out += question.stem.html() }
    out += "<ol class=\"parts\">\n"
    for part in question.parts {
      out += "<li><span class=\"field\">\(escapedHTML(part.field))</span> "
      out += "<span class=\"prompt\">\(part.prompt.html())</span>"
      switch view {
      case .paper:
        out += " <span class=\"points\">\(part.points.words)</span>"
        if !part.options.isEmpty {
          let items = part.options.map { "<li>\(escapedHTML($0))</li>" }
          out += "<ol class=\"options\" type=\"A\">\(items.joined())</ol>"
        }
      case .key, .solution:
        out += " <output class=\"key\">\(escapedHTML(part.key))</output>"
        if view == .key {
          out +=
            " <span class=\"points\">\(escapedHTML(part.tolerance.isEmpty ? "" : part.tolerance + ", "))\(part.points.words)</span>"
        }
      }
      out += "</li>\n"
    }
    out += "</ol>\n"
    if view == .solution {
      out += "<div class=\"solution\"><h4>Worked solution</h4>\n\(question.solution.html())</div>\n"
    }
    return out + "</section>\n"
  }
}

extension PaperSheet.View {
  var heading: String {
    switch self {
    case .paper: "Paper"
    case .key: "Answer key"
    case .solution: "Worked solutions"
    }
  }

  var instructions: String {
    switch self {
    case .paper:
      "Type each answer into the field of the form that bears its name, and your paper code where it is asked for. The numbers on this paper are yours alone."
    case .key: "For examiners only, until the test is closed."
    case .solution: "The answers with their derivation, for the numbers of this paper."
    }
  }
}
