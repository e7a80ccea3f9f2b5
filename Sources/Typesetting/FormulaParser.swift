/// Reads the authors' notation: a small part of LaTeX in which Unicode is welcome.
///
/// `x_d = w_d x_c + w_{d2} x_b`, `\frac{∂L}{∂w_0}`, `e^{-u}`, `\sqrt{d_k}`, `\text{loss}`,
/// `\exp`, `\ln`, `\softmax`, `\sum_j`, `\top`, Greek commands, and
/// `\matrix{1 & 2 \\ 3 & 4}` for a matrix in brackets. Letters side by side are a product.
struct FormulaParser {
  private let source: [Character]
  private var next = 0

  init(_ source: String) { self.source = Array(source) }

  mutating func parse() throws(FormulaError) -> Formula {
    let formula = try row(until: [])
    guard next == source.count else { throw error("\"\(source[next])\" closes nothing") }
    return formula
  }

  private func error(_ message: String) -> FormulaError {
    FormulaError(message: "\(message), at character \(next + 1)")
  }

  private var peek: Character? { next < source.count ? source[next] : nil }

  private mutating func row(until closers: Set<Character>) throws(FormulaError) -> Formula {
    var items: [Formula] = []
    while let character = peek, !closers.contains(character), character != "}" {
      if character == " " || character == "\n" {
        next += 1
        continue
      }
      if character == "\\", next + 1 < source.count, source[next + 1] == "\\" { break }
      if character == "&" { break }
      var item = try atom()
      while let mark = peek, mark == "_" || mark == "^" {
        next += 1
        let script = try argument()
        item = mark == "_" ? .subscripted(item, script) : .raised(item, script)
      }
      items.append(item)
    }
    return items.count == 1 ? items[0] : .row(items)
  }

  /// One character, or a group in braces.
  private mutating func argument() throws(FormulaError) -> Formula {
    guard peek == "{" else {
      guard peek != nil else { throw error("something is missing at the end") }
      return try atom()
    }
    next += 1
    let group = try row(until: ["}"])
    guard peek == "}" else { throw error("a brace is never closed") }
    next += 1
    return group
  }

  private mutating func atom() throws(FormulaError) -> Formula {
    guard let character = peek else { throw error("something is missing at the end") }
    if character.isASCII, character.isNumber { return .number(digits()) }
    next += 1
    switch character {
    case "(", "[": return try fenced(character)
    case ")", "]": throw error("\"\(character)\" closes nothing")
    case "{":
      next -= 1
      return try argument()
    case "\\": return try command()
    case "-": return .sign("−")
    case "'": return .sign("′")
    case "*": return .sign("·")
    case _ where character.isLetter || character == "∂" || character == "∇" || character == "∞":
      return .symbol(String(character))
    default: return .sign(String(character))
    }
  }

  private mutating func digits() -> String {
    var text = ""
    while let character = peek,
      character.isASCII && character.isNumber
        || (character == "." && next + 1 < source.count && source[next + 1].isNumber)
    {
      text.append(character)
      next += 1
    }
    return text
  }

  private mutating func fenced(_ open: Character) throws(FormulaError) -> Formula {
    let close: Character = open == "(" ? ")" : "]"
    let inside = try row(until: [close])
    guard peek == close else { throw error("\"\(open)\" is never closed") }
    next += 1
    return .fenced(String(open), inside, String(close))
  }

  private mutating func command() throws(FormulaError) -> Formula {
    var name = ""
    while let character = peek, character.isASCII, character.isLetter {
      name.append(character)
      next += 1
    }
    switch name {
    case "frac":
      let numerator = try argument()
      return .fraction(numerator, try argument())
    case "sqrt": return .root(try argument())
    case "text": return .name(try words())
    case "matrix": return try matrix()
    case "exp", "ln", "log", "softmax", "max", "min", "tanh": return .name(name)
    default:
      if let symbol = Self.symbols[name] { return .symbol(symbol) }
      if let sign = Self.signs[name] { return .sign(sign) }
      throw error("\"\\\(name)\" is not known")
    }
  }

  private mutating func words() throws(FormulaError) -> String {
    guard peek == "{" else { throw error("\\text needs braces") }
    next += 1
    var text = ""
    while let character = peek, character != "}" {
      text.append(character)
      next += 1
    }
    guard peek == "}" else { throw error("a brace is never closed") }
    next += 1
    return text
  }

  private mutating func matrix() throws(FormulaError) -> Formula {
    guard peek == "{" else { throw error("\\matrix needs braces") }
    next += 1
    var rows: [[Formula]] = [[]]
    while true {
      rows[rows.count - 1].append(try row(until: ["}"]))
      switch peek {
      case "&": next += 1
      case "\\":
        next += 2
        rows.append([])
      case "}":
        next += 1
        guard Set(rows.map(\.count)).count == 1 else { throw error("the rows differ in length") }
        return .matrix(rows)
      default: throw error("a brace is never closed")
      }
    }
  }

  static let symbols: [String: String] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η",
    "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ", "tau": "τ", "phi": "φ",
    "partial": "∂", "nabla": "∇", "infty": "∞", "top": "⊤",
  ]
  static let signs: [String: String] = [
    "sum": "∑", "cdot": "·", "times": "×", "ne": "≠", "le": "≤", "ge": "≥", "approx": "≈",
    "to": "→", "in": "∈",
  ]
}
