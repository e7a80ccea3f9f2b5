import Calculus
import ExamModel
import Typesetting

/// Naive Bayes over a vocabulary of three words, with add-one smoothing.
enum NaiveBayes: QuestionFamily {
  static let heading = Heading("ml.naive-bayes", "Naive Bayes with smoothing", difficulty: 3)

  /// Word counts of two classes, their documents, and the words of a new one, numbered from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let countsA, countsB: [Int]
    let docsA, docsB: Int
    let doc: [Int]

    /// ∏ (c + above) / (C + below).
    func likelihood(_ counts: [Int], above: Int = 1, below: Int? = nil) -> Rational {
      let total = counts.sum + (below ?? counts.count)
      return doc.reduce(1) { $0 * Rational(counts[$1] + above, total) }
    }
    var prior: Rational { Rational(docsA, docsA + docsB) }
    func posterior(_ likelihoodA: Double, prior: Double) -> Double {
      let a = prior * likelihoodA
      return a / (a + (1 - prior) * likelihood(countsB).value)
    }
  }

  static let parts = [
    Part.fraction("likelihoodA", to: 4),
    Part.fraction("posterior", to: 4, weight: 2, dependsOn: ["likelihoodA"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-prior", "The classes are not equally frequent: weigh by their priors."),
    .core("no-smoothing", "Add one to every count, as the smoothing says."),
    .core("denominator-not-smoothed", "Each of the V words gains one, so the total gains V."),
    .optional("plus-1-only", "The total gains V, one for each word, not 1."),
    .core("not-normalised", "Divide by the sum over both classes."),
    .optional("added", "The words are independent given the class: multiply."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      countsA: dice.integers(3, in: 0...5),
      countsB: dice.integers(3, in: 0...5), docsA: dice.integer(in: 2...6),
      docsB: dice.integer(in: 2...6), doc: dice.draw(2, from: [0, 1, 2]))
    return p.docsA == p.docsB || p.countsA.sum < 2 || p.countsB.sum < 2 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(0...1000, "countsA", p.countsA, count: 2...5)
      ?? within(0...1000, "countsB", p.countsB, count: p.countsA.count)
      ?? within(1...1000, "docsA and docsB", p.docsA, p.docsB)
      ?? within(0...p.countsA.count - 1, "doc", p.doc, count: 1...2)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let likelihood = key.fraction(p.likelihood(p.countsA).value)
    key.fraction(p.posterior(likelihood, prior: p.prior.value))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By odds: the prior odds times a factor for each word.
    func share(_ counts: [Int], _ word: Int) -> Double {
      Double(counts[word] + 1) / Double(counts.map { $0 + 1 }.sum)
    }
    let odds = p.doc.reduce(Double(p.docsA) / Double(p.docsB)) {
      $0 * share(p.countsA, $1) / share(p.countsB, $1)
    }
    return AnswerKey(p.doc.map { share(p.countsA, $0) }.reduce(1, *), odds / (1 + odds))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let a = p.likelihood(p.countsA)
    let total = p.countsA.sum
    Mistake("no-prior", "posterior", p.posterior(a.value, prior: 0.5))
    if total > 0 {
      Mistake("no-smoothing", "likelihoodA", p.likelihood(p.countsA, above: 0, below: 0))
      Mistake("denominator-not-smoothed", "likelihoodA", p.likelihood(p.countsA, below: 0))
    }
    Mistake("plus-1-only", "likelihoodA", p.likelihood(p.countsA, below: 1))
    Mistake("not-normalised", "posterior", p.prior * a)
    Mistake(
      "added", "likelihoodA",
      p.doc.reduce(Rational(0)) { $0 + Rational(p.countsA[$1] + 1, total + p.countsA.count) })
  }

  static func pose(_ p: Parameters) -> Prompt {
    let names = ["u", "v", "w", "x", "y"]
    let words = p.doc.map { "\"\(names[$0])\"" }.joined(separator: " and ")
    let header: [Prose] = ["class", "documents"] + p.countsA.indices.map { "\"\(names[$0])\"" }
    let rows: [[Prose]] = [("A", p.docsA, p.countsA), ("B", p.docsB, p.countsB)].map { row in
      ["\(row.0)", "\(row.1)"] + row.2.map { "\($0)" }
    }
    "Naive Bayes with add-one smoothing was trained on documents with these word counts; the vocabulary has \(p.countsA.count) words:"
    Block.table(header: header, rows: rows)
    "A new document consists of the words \(words). Give fractions or decimals."
    ask("likelihoodA", "the probability of these words in class A")
    ask("posterior", "the probability of class A given these words")
  }

  static func solve(_ p: Parameters) -> Document {
    func product(_ counts: [Int]) -> String {
      p.doc.map { "\\frac{\(counts[$0] + 1)}{\(counts.sum) + \(counts.count)}" }
        .joined(separator: " · ")
    }
    let (a, b) = (p.likelihood(p.countsA), p.likelihood(p.countsB))
    return Document {
      "Every count gains one, and each total the size of the vocabulary:"
      steps(
        "P(d \\mid A) = \(product(p.countsA)) = \(shown(a, decimals: 4))",
        "P(d \\mid B) = \(product(p.countsB)) = \(shown(b, decimals: 4))")
      "The priors are $\(fraction(p.prior))$ and $\(fraction(1 - p.prior))$:"
      steps(
        "P(A \\mid d) = \\frac{\(fraction(p.prior)) · \(fraction(a))}{\(fraction(p.prior)) · \(fraction(a)) + \(fraction(1 - p.prior)) · \(fraction(b))}",
        "= \(plainNumber(p.posterior(a.value, prior: p.prior.value), decimals: 4))")
    }
  }
}
