import Calculus
import ExamModel
import Typesetting

/// tf–idf with a raw count and ln(N / df).
enum TermWeighting: QuestionFamily {
  static let heading = Heading("nlp.tfidf", "tf–idf", difficulty: 1, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let documents, df, tf, docLength: Int
    var idf: Double { Elementary.log(Double(documents) / Double(df)) }
  }

  static let parts = [Part.real("idf"), Part.real("tfidf", dependsOn: ["idf"])]

  static let misconceptions: [Misconception] = [
    .core("inverse-df", "Rare words weigh more: N over df."),
    .core("log10", "The logarithm is natural here."),
    .optional("log2", "The logarithm is natural here."),
    .core("no-log", "Take the logarithm of N / df."),
    .optional("smoothed", "That is the smoothed variant; here idf is ln(N / df)."),
    .optional("idf-only", "Multiply by how often the word occurs in the document."),
    .core("normalised-tf", "Here tf is the raw count, not divided by the document's length."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      documents: dice.pick([12, 20, 50, 80, 100, 300, 1000]),
      df: dice.pick([2, 3, 4, 5, 6, 8, 10, 15, 25]),
      tf: dice.integer(in: 1...6), docLength: dice.pick([20, 40, 50, 100]))
    return p.df >= p.documents ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1_000_000_000, "documents", p.documents) ?? within(1...p.documents, "df", p.df)
      ?? within(1...1_000_000, "docLength", p.docLength) ?? within(1...p.docLength, "tf", p.tf)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(Double(p.tf) * key.number(p.idf))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let idf = Elementary.log(Double(p.documents)) - Elementary.log(Double(p.df))
    return AnswerKey(idf, (0..<p.tf).map { _ in idf }.sum)
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] { p.tf == 1 ? [["idf", "tfidf"]] : [] }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (n, df, tf) = (Double(p.documents), Double(p.df), Double(p.tf))
    Mistake("inverse-df", "idf", -p.idf)
    Mistake("log10", "idf", p.idf / Elementary.log(10))
    Mistake("log2", "idf", p.idf / Elementary.log(2))
    Mistake("no-log", "idf", n / df)
    Mistake("smoothed", "idf", Elementary.log((1 + n) / (1 + df)) + 1)
    if p.tf > 1 { Mistake("idf-only", "tfidf", p.idf) }
    Mistake("normalised-tf", "tfidf", tf / Double(p.docLength) * p.idf)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Of \(p.documents) documents, \(p.df) contain a word. In one of them, \(p.docLength) words long, it \
    occurs \(p.tf == 1 ? "once" : "\(p.tf) times"). Let idf be $\\ln \\frac{N}{\\text{df}}$, and tf the \
    raw count.
    """
    ask("idf", "the idf of the word")
    ask("tfidf", "its tf–idf in this document")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\ln \\frac{\(p.documents)}{\(p.df)} = \(p.idf, decimals: 3)",
      "\(p.tf) · \(p.idf, decimals: 4) = \(Double(p.tf) * p.idf, decimals: 3)")
  }
}
