/// Letters of Unicode and what they are in plain text.
enum ExpressionLetters {
  static let greek: [Unicode.Scalar: String] = [
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ℓ": "l",
  ]

  /// Letters that come with their mark as one sign.
  static let marked: [Unicode.Scalar: String] = [
    "ŷ": "yhat", "ŵ": "what", "â": "ahat", "ê": "ehat", "î": "ihat", "ô": "ohat", "û": "uhat",
    "ĉ": "chat", "ĝ": "ghat", "ĥ": "hhat", "ĵ": "jhat", "ŝ": "shat", "ẑ": "zhat", "ȳ": "ybar",
    "ā": "abar", "ē": "ebar", "ī": "ibar", "ō": "obar", "ū": "ubar", "Ŷ": "Yhat",
  ]

  static let combining: [Unicode.Scalar: String] = [
    "\u{302}": "hat", "\u{304}": "bar", "\u{305}": "bar", "\u{303}": "tilde",
  ]

  static let lowered: [Unicode.Scalar: String] = [
    "ₐ": "a", "ₑ": "e", "ₕ": "h", "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₗ": "l", "ₘ": "m", "ₙ": "n",
    "ₒ": "o", "ₚ": "p", "ᵣ": "r", "ₛ": "s", "ₜ": "t", "ᵤ": "u", "ᵥ": "v", "ₓ": "x",
  ]

  static let raised: [Unicode.Scalar: Unicode.Scalar] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-", "⁺": "+", "⁽": "(", "⁾": ")", "ⁿ": "n", "ᵏ": "k", "ᵐ": "m", "ˣ": "x",
    "ʸ": "y", "ᶻ": "z", "ᵘ": "u", "ᵛ": "v", "ʷ": "w", "ᵗ": "t", "ᵃ": "a", "ᵇ": "b", "ᵖ": "p",
    "ⁱ": "i", "ʲ": "j",
  ]
}
