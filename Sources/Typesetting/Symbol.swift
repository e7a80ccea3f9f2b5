/// A sign of mathematics with its place in a row and its LaTeX name.
package struct Symbol: Sendable, Hashable {
  /// How a sign stands to its neighbours.
  package enum Role: Sendable, Hashable {
    /// Close to what stands before and after: % ! …
    case ordinary
    /// Between two operands that it joins without space: /
    case slash
    /// Before a term that it gathers: ∑
    case large
    /// Between two operands, or as a sign before one.
    case binary
    /// Between two sides.
    case relation
    /// After an item of a list.
    case punctuation
    /// An empty place as wide as a letter.
    case space
  }

  /// The sign in Unicode.
  package let text: String
  /// How it stands to its neighbours.
  package let role: Role
  /// What LaTeX calls it.
  let latex: String

  static let minus = Symbol(text: "−", role: .binary, latex: "-")

  /// One prime or several, which hang on their base like a superscript.
  static func primes(_ count: Int) -> Symbol {
    let text = String(repeating: "′", count: count)
    return Symbol(text: text, role: .ordinary, latex: String(repeating: "'", count: count))
  }

  var isPrime: Bool { latex.hasPrefix("'") }

  /// The sign that a command such as `cdot` stands for.
  static func named(_ command: String) -> Symbol? { byCommand[command] }

  /// The sign that an author typed as itself.
  static func typed(_ sign: Unicode.Scalar) -> Symbol? {
    sign.isASCII ? byASCII[Int(sign.value)] : byScalar[sign]
  }

  private static let byASCII = (0..<128).map { byScalar[Unicode.Scalar(UInt8($0))] }

  private static let byCommand: [String: Symbol] = {
    var table: [String: Symbol] = [:]
    for (role, rows) in commands {
      for row in rows.split(separator: "|") {
        let words = row.split(separator: " ").map(String.init)
        for word in words.dropFirst() {
          table[word] = Symbol(text: words[0], role: role, latex: "\\" + words[1])
        }
      }
    }
    table["quad"] = Symbol(text: "\u{2003}", role: .space, latex: #"\quad"#)
    return table
  }()

  private static let byScalar: [Unicode.Scalar: Symbol] = {
    var table: [Unicode.Scalar: Symbol] = [:]
    for symbol in byCommand.values where symbol.text.unicodeScalars.count == 1 {
      table[symbol.text.unicodeScalars[symbol.text.startIndex]] = symbol
    }
    let plain: [(Role, String)] = [
      (.binary, "+"), (.relation, "=<>"), (.punctuation, ",;:"), (.ordinary, "!.?"),
      (.slash, "/"),
    ]
    for (role, characters) in plain {
      for sign in characters.unicodeScalars {
        let text = String(sign)
        table[sign] = Symbol(text: text, role: role, latex: text)
      }
    }
    table["-"] = minus
    table["−"] = minus
    table["*"] = table["∗"]
    return table
  }()

  /// Each row: the sign, its LaTeX name, and further names that an author may use.
  private static let commands: [(Role, String)] = [
    (
      .binary,
      "· cdot|× times|÷ div|± pm|∓ mp|⊙ odot|∘ circ|⊕ oplus|⊗ otimes|∗ ast|∪ cup|∩ cap|∧ land|∨ lor"
        + "|∖ setminus"
    ),
    (
      .relation,
      "≤ le leq|≥ ge geq|≠ ne neq|≈ approx|∈ in|∉ notin|→ to rightarrow|← gets leftarrow|⇒ Rightarrow"
        + " implies|⇔ Leftrightarrow iff|↦ mapsto|∼ sim|≡ equiv|∝ propto|∣ mid|∥ parallel|⊂ subset"
        + "|⊆ subseteq|≪ ll|≫ gg"
    ),
    (.large, "∑ sum|∏ prod|∫ int"),
    (.ordinary, "… dots ldots|⋯ cdots|¬ neg lnot|∀ forall|∃ exists|% %|$ $|# #|& &|_ _"),
  ]
}
