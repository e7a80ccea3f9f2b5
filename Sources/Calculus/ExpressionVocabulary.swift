/// The names that an expression may use, each under all its spellings.
///
/// `x_0`, `x₀`, `x_{0}` and `x[0]` are `x0`; `λ` and `\lambda` are `lambda`; `ŷ`, `\hat{y}` and
/// `y_hat` are `yhat`. Where no other name differs in capitals only, capitals do not matter.
package struct ExpressionVocabulary: Sendable {
  package let names: [String]
  private var tokens: [String: ExpressionToken]
  private var small: [String: ExpressionToken] = [:]

  package init(_ names: [String]) {
    self.names = names
    tokens = Self.words
    var seen: Set<String> = []
    for name in names {
      let plain = ExpressionLexer.plainName(name)
      tokens[plain] = .name(name)
      let lowered = plain.lowercased()
      small[lowered] = seen.insert(lowered).inserted ? .name(name) : nil
    }
  }

  /// What a word means: a name before all else, then a function or another known word.
  func token(_ word: String) -> ExpressionToken? {
    if let token = tokens[word] { return token }
    return small[word.lowercased()]
  }

  func isName(_ word: Substring) -> Bool {
    if case .name? = tokens[String(word)] { true } else { false }
  }

  /// The quantities that a text in plain syntax names; a function is what stands before a bracket.
  package static func names(in text: String) -> [String] {
    var names: [String] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: \.isLetter) {
      rest = rest[start...]
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      rest = rest.dropFirst(word.count)
      let name = word.filter { $0 != "_" }
      switch words[name] {
      case .e, .word, .name: continue
      case .some where rest.first == "(": continue
      default: if !names.contains(name) { names.append(name) }
      }
    }
    return names
  }

  /// The words of the language, without any names.
  static let words: [String: ExpressionToken] = {
    var table: [String: ExpressionToken] = [
      "e": .e, "pi": .name(Expression.piName), "log2": .logarithm(.constant(2)),
      "log10": .logarithm(.constant(10)), "sqrt": .function(.sqrt), "if": .word(.if),
      "else": .word(.else), "or": .word(.or), "and": .word(.or), "oder": .word(.or),
    ]
    for function in Expression.Function.allCases where function.isWord {
      table[function.rawValue] = .function(function)
    }
    for (other, function) in [
      ("log", Expression.Function.ln), ("sigma", .sigmoid), ("ReLU", .relu), ("Relu", .relu),
      ("RELU", .relu), ("logistic", .sigmoid), ("Abs", .abs), ("fabs", .abs), ("Exp", .exp),
      ("expit", .sigmoid), ("sig", .sigmoid), ("Ln", .ln), ("Log", .ln), ("absolute", .abs),
      ("tg", .tan), ("Softplus", .softplus), ("Sigmoid", .sigmoid), ("th", .tanh),
    ] { table[other] = .function(function) }
    for (word, many) in [
      ("max", ExpressionToken.Many.max), ("maximum", .max), ("min", .min), ("minimum", .min),
      ("where", .choice), ("piecewise", .choice), ("pow", .power), ("power", .power),
      ("indicator", .indicator), ("I", .indicator),
    ] { table[word] = .many(many) }
    return table
  }()
}

/// A sign, a number or a word of an expression.
enum ExpressionToken: Hashable, Sendable {
  case number(Rational)
  case name(String)
  /// Euler's number.
  case e
  case function(Expression.Function)
  case logarithm(Expression)
  case many(Many)
  /// The quotient of the two groups that follow.
  case fraction
  /// A root whose index stands in brackets before its argument.
  case root
  case word(Word)
  /// One of `+-*/^()[]{}|,<>`, with `l` for ≤ and `g` for ≥.
  case sign(UInt8)

  /// Functions of several arguments, or of a condition.
  enum Many { case max, min, choice, power, indicator }
  enum Word { case `if`, `else`, or }

  static func sign(_ scalar: Unicode.Scalar) -> Self { .sign(UInt8(ascii: scalar)) }

  /// Whether a factor can begin here, so that a multiplication sign was left out.
  var beginsFactor: Bool {
    switch self {
    case .name, .e, .function, .logarithm, .many, .fraction, .root: true
    case .sign(let sign):
      sign == UInt8(ascii: "(") || sign == UInt8(ascii: "[")
        || sign == UInt8(ascii: "{")
    case .number, .word: false
    }
  }
}
