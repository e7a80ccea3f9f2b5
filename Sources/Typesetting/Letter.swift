/// The letters that LaTeX writes as commands, and the functions it sets upright.
enum Letter {
  /// The letter that a command such as `sigma` stands for.
  static func named(_ command: String) -> String? { byCommand[command] }

  /// LaTeX for a letter, which is the letter itself for a to z.
  static func latex(_ letter: String) -> String { byLetter[letter] ?? letter }

  /// Functions that have a LaTeX command of their own.
  static let standardFunctions: Set<String> = [
    "exp", "ln", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "sup", "inf",
    "lim", "det", "dim", "ker", "arg", "deg", "gcd",
  ]

  /// Functions that an author may write as commands although LaTeX does not know them.
  static let ownFunctions: Set<String> = [
    "softmax", "sigmoid", "ReLU", "relu", "argmax", "argmin", "diag", "tr", "rank", "sign",
    "Var", "Cov", "KL", "concat", "LayerNorm",
  ]

  /// Functions that carry their subscript below them in a displayed formula.
  static let functionsWithLimits: Set<String> = [
    "max", "min", "sup", "inf", "lim", "argmax", "argmin",
  ]

  /// The double-struck capitals, as `\mathbb` makes them.
  static let doubleStruck: [String: String] = [
    "R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "E": "𝔼", "P": "ℙ",
  ]

  private static let byCommand: [String: String] = {
    var table: [String: String] = [:]
    for row in commands.split(separator: "|") {
      let words = row.split(separator: " ").map(String.init)
      for word in words.dropFirst() { table[word] = words[0] }
    }
    return table
  }()

  private static let byLetter: [String: String] = {
    var table: [String: String] = [:]
    for row in commands.split(separator: "|") {
      let words = row.split(separator: " ").map(String.init)
      table[words[0]] = "\\" + words[1]
    }
    for (plain, struck) in doubleStruck { table[struck] = "\\mathbb{\(plain)}" }
    return table
  }()

  /// Each row: the letter, its LaTeX name, and further names that an author may use.
  private static let commands =
    "α alpha|β beta|γ gamma|δ delta|ε varepsilon epsilon|ζ zeta|η eta|θ theta|ι iota|κ kappa"
    + "|λ lambda|μ mu|ν nu|ξ xi|π pi|ρ rho|σ sigma|τ tau|υ upsilon|φ varphi phi|χ chi|ψ psi"
    + "|ω omega|Γ Gamma|Δ Delta|Θ Theta|Λ Lambda|Ξ Xi|Π Pi|Σ Sigma|Φ Phi|Ψ Psi|Ω Omega"
    + "|∂ partial|∇ nabla|∞ infty|∅ emptyset|⊤ top|⊥ bot|ℓ ell"
}
