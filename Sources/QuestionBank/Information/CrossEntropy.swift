import Calculus
import ExamModel
import Typesetting

/// Cross-entropy, entropy and divergence in bits: H(p, q) = −Σ p log₂ q, KL(p‖q) = H(p, q) − H(p).
enum CrossEntropy: QuestionFamily {
  static let heading = Heading("info.cross-entropy", "Cross-entropy in bits", difficulty: 3)

  /// q has powers of two only; p may have other shares, and zeros.
  struct Parameters: Codable, Sendable, Equatable {
    let p, q: [Rational]
    var base: Int? = 2

    /// Whether log₂ p is a whole number wherever p is not 0.
    var isDyadic: Bool { p.allSatisfy { $0 == 0 || $0.bits != nil } }
    var hasZeros: Bool { p.contains(0) }
  }

  static let leavesPartsOut = true
  /// Distributions of powers of two have entropies of few eighths; 1 and ½ are among the common ones.
  static let parts = [
    Part.fraction("Hpq", weight: 2, mayBeObvious: true),
    Part.fraction("Hp", mayBeObvious: true),
    Part.fraction("KL", mayBeObvious: true, dependsOn: ["Hpq", "Hp"]),
    Part.fraction("KLrev", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "swapped",
      "The true distribution weighs, the model's probability stands in the logarithm: −Σ p log₂ q."),
    .core("unweighted", "Weigh each code length −log₂ q by the true probability p."),
    .core("no-minus", "Logarithms of probabilities are negative: put the minus sign."),
    .core("nats", "The answer is asked in bits: use log₂, not ln."),
    .optional("log10", "The answer is asked in bits: use log₂, not log₁₀."),
    .optional(
      "mean-of-classes", "The weights p already sum to 1; do not divide by the number of classes."),
    .optional("entropy-of-q", "That is the entropy of q; weigh the code lengths by p."),
    .optional("entropy-of-p", "That is the entropy of p; the code lengths come from q."),
    .core("kl-is-cross-entropy", "Subtract the entropy H(p) from the cross-entropy."),
    .core("kl-sign", "The divergence is H(p, q) − H(p), which is never negative."),
    .optional("kl-reversed", "That is KL(q‖p); the divergence is not symmetric."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "Hpq", "Hp", "KL", "KLrev",
      because:
        "probabilities are powers of ½ so that logarithms are whole, which leaves few eighths of a bit"
    )
  ]

  private static let dyadic: [[Rational]] = [
    [2, 4, 4], [2, 4, 8, 8], [4, 4, 4, 4], [2, 4, 8, 16, 16], [4, 4, 4, 8, 8], [2, 8, 8, 8, 8],
  ].map { $0.map { Rational(1, $0) } }
  private static let others: [[Rational]] = [
    [Rational(1, 8), Rational(1, 8), Rational(3, 4)], [Rational(1, 2), Rational(1, 2), 0],
    [Rational(5, 8), Rational(1, 4), Rational(1, 8)],
    [Rational(5, 8), Rational(1, 8), Rational(1, 8), Rational(1, 8)],
    [Rational(3, 8), Rational(1, 4), Rational(1, 4), Rational(1, 16), Rational(1, 16)],
    [Rational(1, 2), Rational(1, 4), Rational(3, 16), Rational(1, 16)],
    [1, 0, 0], [1, 0, 0, 0],
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let q = dice.shuffled(dice.pick(dyadic))
    let fitting = (dyadic + others).filter { $0.count == q.count }
    let p = dice.shuffled(dice.pick(fitting))
    // A permutation of q with two entries swapped makes both divergences equal.
    guard p != q, zip(p, q).count(where: { $0 != $1 }) > 2 || p.sorted() != q.sorted() else {
      return nil
    }
    return Parameters(p: p, q: q)
  }

  static func objection(to x: Parameters) -> String? {
    guard (2...16).contains(x.q.count), x.p.count == x.q.count else {
      return "p and q have the same number of entries, from 2 to 16"
    }
    guard x.q.allSatisfy({ $0 > 0 && $0.bits != nil }) else { return "q holds powers of 1/2 only" }
    guard x.p.allSatisfy({ $0 >= 0 && $0.denominator <= 1024 }) else {
      return "p holds fractions of 0 or more with denominators up to 1024"
    }
    guard x.p.sum == 1, x.q.sum == 1 else { return "p and q each sum to 1" }
    return x.base == nil || x.base == 2 ? nil : "base is 2"
  }

  /// Σ a_i · bits of b_i; nil where a logarithm is no whole number.
  private static func bits(_ a: [Rational], _ b: [Rational]) -> Rational? {
    var sum: Rational = 0
    for (weight, share) in zip(a, b) where weight != 0 {
      guard let bits = share.bits else { return nil }
      sum = sum + weight * Rational(bits)
    }
    return sum
  }

  private static func exactKey(_ x: Parameters) -> [Rational?] {
    let cross = bits(x.p, x.q)
    let own = x.isDyadic ? bits(x.p, x.p) : nil
    // A one-hot p has no entropy, so KL would only repeat the cross-entropy.
    let asksKL = own != nil && own != 0
    let divergence = asksKL ? cross.flatMap { c in own.map { c - $0 } } : nil
    let reversed =
      asksKL && !x.hasZeros ? bits(x.q, x.p).flatMap { r in bits(x.q, x.q).map { r - $0 } } : nil
    return [cross, own, divergence, reversed]
  }

  static func key(_ x: Parameters, into key: inout KeyWriter) {
    let exact = exactKey(x)
    let cross = exact[0].map { key.number($0.value) } ?? 0
    var entropy = 0.0
    if let h = exact[1] { entropy = key.number(h.value) } else { key.skip() }
    key.write(exact[2].map { _ in .number(cross - entropy) })
    key.write(exact[3].map { .number($0.value) })
  }

  static func secondKey(_ x: Parameters) -> AnswerKey? {
    let (p, q) = (x.p.map(\.value), x.q.map(\.value))
    func h(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $1.0 == 0 ? $0 : $0 - $1.0 * Elementary.log($1.1) / Elementary.log(2) }
    }
    let own = x.isDyadic ? h(p, p) : nil
    let asksKL = x.p.count { $0 != 0 } > 1
    return AnswerKey([
      .number(h(p, q)), own.map(AnswerValue.number),
      asksKL ? own.map { .number(h(p, q) - $0) } : nil,
      asksKL && !x.hasZeros ? own.map { _ in .number(h(q, p) - h(q, q)) } : nil,
    ])
  }

  static func mistakes(_ x: Parameters) -> [Mistake] {
    guard let cross = bits(x.p, x.q)?.value, let ownQ = bits(x.q, x.q)?.value else { return [] }
    let lengths = x.q.compactMap(\.bits).sum
    let exact = exactKey(x)
    var mistakes = [
      Mistake("unweighted", "Hpq", .number(Double(lengths))),
      Mistake("no-minus", "Hpq", .number(-cross)),
      Mistake("nats", "Hpq", .number(cross * Elementary.log(2))),
      Mistake("log10", "Hpq", .number(cross * Elementary.log(2) / Elementary.log(10))),
      Mistake("mean-of-classes", "Hpq", .number(cross / Double(x.p.count))),
      Mistake("entropy-of-q", "Hpq", .number(ownQ)),
    ]
    if x.isDyadic, !x.hasZeros, let swapped = bits(x.q, x.p)?.value {
      mistakes.insert(Mistake("swapped", "Hpq", .number(swapped)), at: 0)
    }
    if let own = exact[1]?.value { mistakes.append(Mistake("entropy-of-p", "Hpq", .number(own))) }
    if let divergence = exact[2]?.value {
      mistakes += [
        Mistake("kl-is-cross-entropy", "KL", .number(cross)),
        Mistake("kl-sign", "KL", .number(-divergence)),
      ]
    }
    if let reversed = exact[3]?.value {
      mistakes.append(Mistake("kl-reversed", "KL", .number(reversed)))
    }
    return mistakes
  }

  static func exact(_ x: Parameters) -> [PartID: String] {
    var exact: [PartID: String] = [:]
    for (part, value) in zip(parts, exactKey(x)) { exact[part.id] = value?.description }
    return exact
  }

  static func pose(_ x: Parameters) -> Prompt {
    """
    The true distribution is $p = \(fractions(x.p))$, a model predicts $q = \(fractions(x.q))$. \
    Answer in bits, with a fraction or a decimal to 3 places. $0 · \\log_2 0$ counts as 0.
    """
    ask("Hpq", "the cross-entropy $H(p, q)$")
    ask("Hp", "the entropy $H(p)$")
    ask("KL", "the divergence $KL(p \\parallel q)$")
    ask("KLrev", "the divergence $KL(q \\parallel p)$")
  }

  static func solve(_ x: Parameters) -> Document {
    let exact = exactKey(x)
    func sum(_ a: [Rational], _ b: [Rational]) -> String {
      zip(a, b).filter { $0.0 != 0 }.map { "\(fraction($0)) · \($1.bits ?? 0)" }
        .joined(separator: " + ")
    }
    var blocks: [Block] = [
      .paragraph(
        "An event that the model gives probability $q_i$ costs $-\\log_2 q_i$ bits: \(x.q.map { "\($0.bits ?? 0)" }.joined(separator: ", ")). Average these with the true weights:"
      ),
      .steps([Step("H(p, q) = \(sum(x.p, x.q)) = \(exact[0].map { shown($0) } ?? "")")]),
    ]
    if let own = exact[1] {
      blocks.append(.paragraph("The entropy uses the lengths that $p$ itself would give:"))
      blocks.append(.steps([Step("H(p) = \(sum(x.p, x.p)) = \(shown(own))")]))
    }
    if let cross = exact[0], let own = exact[1], let divergence = exact[2] {
      blocks.append(.paragraph("The divergence is what the wrong code costs on top:"))
      blocks.append(
        .steps([
          Step(
            "KL(p \\parallel q) = H(p, q) - H(p) = \(fraction(cross)) - \(fraction(own)) = \(shown(divergence))"
          )
        ]))
    }
    if let reversed = exact[3], let back = bits(x.q, x.p), let ownQ = bits(x.q, x.q) {
      blocks.append(
        .steps([
          Step(
            "KL(q \\parallel p) = H(q, p) - H(q) = \(fraction(back)) - \(fraction(ownQ)) = \(shown(reversed))"
          )
        ]))
    }
    return Document(blocks: blocks)
  }
}

extension Rational {
  /// −log₂ of a power of 1/2; nil for anything else.
  var bits: Int? {
    guard numerator == 1, denominator & (denominator - 1) == 0 else { return nil }
    return denominator.trailingZeroBitCount
  }
}
