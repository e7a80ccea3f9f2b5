package import ExamModel
import Typesetting

/// An online form that takes the answers to one paper, or to any paper of a set.
///
/// Only the one for one paper can show a key: what is right differs from paper to paper.
struct AnswerForm {
  enum Item {
    case section(title: String)
    /// A question's text above its fields.
    case text(title: String, body: String)
    /// The question once more with its formulas set, a PNG in Base64.
    case picture(title: String, image: String)
    case field(Field)
  }

  struct Field {
    /// Begins with the field's name, by which the export is read back.
    let title: String
    let help: String
    /// A pattern of RE2 that an answer which can be read matches.
    let pattern: String
    let isRequired: Bool
    /// Empty for a text field.
    let choices: [String]
    let allowsSeveral: Bool
    let points: Points
    /// What is right, as texts that may be typed or chosen; empty in a form that shows no key.
    let right: [String]
    let feedback: String
  }

  let title: String
  let description: String
  let items: [Item]
  /// What points are multiplied with to be whole.
  let pointScale: Int

  static let codeTitle = "Paper code"

  /// A form with the questions of one paper, or one with fields only for the papers of a set.
  init(_ papers: [PaperSheet], showsKey: Bool) {
    let first = papers[0]
    let isOne = papers.count == 1
    let person = first.person.replacingBytes("\n", with: " ")
    title = isOne ? "\(first.title): \(person)" : first.title
    var items: [Item] = [.field(isOne ? .code(of: first) : .anyCode)]
    for section in first.sections.indices {
      items.append(.section(title: first.sections[section].title))
      for question in first.sections[section].questions.indices {
        // Papers may show their questions in orders of their own; a form for all goes by number.
        let alike = papers.map { paper in
          let own = paper.sections[section].questions
          return isOne ? own[question] : own.sorted { $0.number < $1.number }[question]
        }
        if alike.count == 1 {
          items.append(
            .text(
              title: "Question \(alike[0].number) (\(alike[0].marks.words))",
              body: alike[0].stem.plainText(width: 200)))
          if let image = alike[0].picture {
            items.append(
              .picture(
                title: "Question \(alike[0].number) as a picture; the text above says the same",
                image: image))
          }
        }
        items += Self.fields(of: alike, showsKey: showsKey && isOne)
      }
    }
    self.items = items
    let extent = "\(first.minutes) minutes, \(first.total.words)."
    let stakes = first.marking.stakes
    let sentences =
      isOne
      ? [
        "For \(person), paper code \(first.code).", extent,
        stakes ?? "Answer every field that you can; an empty one costs nothing.",
      ]
      : [
        extent, "The questions and their numbers are on your paper.",
        "Leave a field empty that your paper does not have.", stakes,
      ]
    description = sentences.compactMap(\.self).joined(separator: " ")
    pointScale = first.pointScale
  }

  /// Every field that one of the papers has, each once, in the order of the papers.
  private static func fields(of alike: [PaperSheet.Question], showsKey: Bool) -> [Item] {
    var seen: Set<String> = []
    return alike.flatMap(\.parts).filter { seen.insert($0.field).inserted }.map { part in
      let isOne = alike.count == 1
      return .field(Field(part, isOne: isOne, showsKey: showsKey))
    }
  }
}

extension AnswerForm.Field {
  /// The only code that a form of one paper takes, to be picked, so that nobody mistypes it.
  fileprivate static func code(of paper: PaperSheet) -> Self {
    Self(
      title: AnswerForm.codeTitle, help: "It says whose answers these are.", pattern: "",
      isRequired: true, choices: [paper.code.description], allowsSeveral: false, points: .zero,
      right: [], feedback: "")
  }

  fileprivate static let anyCode = Self(
    title: AnswerForm.codeTitle, help: "It stands at the top of your paper, such as 7K2M-Q9XD-4.",
    pattern: #"^\s*(\S\s*){9,40}$"#, isRequired: true, choices: [], allowsSeveral: false,
    points: .zero, right: [], feedback: "")

  fileprivate init(_ part: PaperSheet.Part, isOne: Bool, showsKey: Bool) {
    // A line break in a title would tear the export's header.
    let prompt = part.prompt.plainText().replacingBytes("\n", with: " ")
    title = isOne ? "\(part.field): \(prompt)" : part.field
    choices = isOne && part.kind.isChosen ? part.offered : []
    allowsSeveral = part.kind == .choices
    let options = part.options.lettered.map { "(\($0.letter)) \($0.text)" }
    let offered =
      choices.isEmpty && isOne && !options.isEmpty ? options.joined(separator: "   ") + "   " : ""
    help = offered + (choices.isEmpty ? part.howToType : part.kind.howToPick)
    pattern = part.kind.formPattern
    isRequired = false
    points = part.points
    right = showsKey ? part.rightTexts : []
    feedback = showsKey ? part.mistakes.map(\.feedback).joined(separator: "\n") : ""
  }
}

extension PaperSheet.Part {
  /// How to type an answer, in a few words.
  var howToType: String {
    switch kind {
    case .number: "A number such as 0.25, -1/4 or 2.5e-3"
    case .integer: "A whole number"
    case .shape: "A shape such as (3, 4), or undefined"
    case .vector: "Numbers in brackets, such as [0.5, -1, 2]"
    case .matrix: "Rows in brackets, such as [[1, 2], [3, 4]]"
    case .expression: "A formula such as w0*exp(-u)/(1+exp(-u))^2"
    case .choice: "The letter or the words of your choice"
    case .choices: "The letters of all that apply, with commas, or none"
    case .ordering: "The \(options.isEmpty ? "items" : "letters") in order, with commas"
    case .text: "A word or two"
    }
  }
}

extension AnswerKind {
  /// How to pick an answer from a list of options.
  fileprivate var howToPick: String {
    self == .choices ? "Tick all that apply, or \(PaperSheet.Part.noneOfThese)" : "Choose one"
  }

  /// A pattern of RE2 and JavaScript that every answer of the kind matches which can be read, and
  /// whatever says that there is none.
  package var formPattern: String {
    switch self {
    case .number, .integer, .vector, .matrix:
      // A figure, a sign of another script, a name of one letter or π, or one of the words.
      #"^[\s\S]*([0-9]|[^\x00-\x7F]|(^|[^A-Za-z])([EIJKeijk]|[Pp][Ii])([^A-Za-z]|$)|"#
        + Self.wordsWithoutFigures.map(Self.inAnyCase).joined(separator: "|") + #")[\s\S]*$"#
    default: #"^[\s\S]*\S[\s\S]*$"#
    }
  }

  /// What the answers have in common that hold no figure: infinity, and the ways of saying that
  /// there is no such thing.
  private static let wordsWithoutFigures = [
    "inf", "nan", "undef", "not", "exist", "dne", "imposs", "invalid", "error", "no product",
    "no such", "compatible", "conformable", "mismatch", "multipl",
  ]

  /// The letters' capitals beside them: not every form knows a pattern without case.
  private static func inAnyCase(_ word: String) -> String {
    word.map { $0.isLetter ? "[\($0.uppercased())\($0)]" : String($0) }.joined()
  }
}
