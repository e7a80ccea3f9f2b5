import ExamModel
package import Typesetting

/// What a draw costs the candidate, measured on its worked solution and its key.
package struct Effort: Sendable, Hashable {
  /// Lines of the solution's derivations.
  package var steps = 0
  /// Products and quotients of numbers in these lines.
  package var multiplications = 0
  /// Digits of the answers that are to be typed.
  package var digits = 0

  package init() {}

  package static func + (a: Effort, b: Effort) -> Effort {
    var sum = a
    sum.steps += b.steps
    sum.multiplications += b.multiplications
    sum.digits += b.digits
    return sum
  }
}

extension Effort {
  /// The steps of a worked solution.
  package init(of solution: Document) {
    for block in solution.blocks {
      switch block {
      case .formula(let formula): count(formula)
      case .steps(let steps): for step in steps { count(step.formula) }
      case .paragraph(let prose):
        for case .formula(let formula) in prose.pieces where formula.structure.hasRelation {
          count(formula)
        }
      default: break
      }
    }
  }
}

extension Question {
  /// Measures the draw. The solution is written for it, so this is no fast path.
  package func effort() -> Effort { Effort(of: solution()) + typing }

  /// The part of the effort that goes into the fields.
  package var typing: Effort {
    var effort = Effort()
    for index in asked {
      guard let key = key[index], key.isNumeric else { continue }
      let places: Int = if case .decimals(let d) = parts[index].tolerance { d } else { 3 }
      effort.digits += key.rounded(to: places).count { $0.isNumber }
    }
    return effort
  }
}

extension Effort {
  fileprivate mutating func count(_ line: Formula) {
    steps += 1
    multiplications += line.structure.products
  }
}

extension FormulaTree {
  fileprivate var hasRelation: Bool {
    guard case .row(let items) = self else { return false }
    return items.contains { if case .symbol(let symbol) = $0 { symbol.text == "=" } else { false } }
  }

  /// Products and quotients with a number on both sides.
  fileprivate var products: Int {
    switch self {
    case .row(let items):
      items.indices.reduce(0) { count, i in
        count + items[i].products + (Self.isProduct(of: items, at: i) ? 1 : 0)
      }
    case .fraction(let above, let below):
      above.products + below.products + (above.hasNumber && below.hasNumber ? 1 : 0)
    case .fenced(_, let inner, _), .root(let inner), .accent(_, let inner): inner.products
    case .script(let base, _, let above): base.products + (above?.products ?? 0)
    case .matrix(let rows): rows.joined().reduce(0) { $0 + $1.products }
    default: 0
    }
  }

  private static func isProduct(of items: [FormulaTree], at place: Int) -> Bool {
    guard case .symbol(let sign) = items[place], sign.text == "·" || sign.text == "×", place > 0,
      place + 1 < items.count
    else { return false }
    return items[place - 1].hasNumber && items[place + 1].hasNumber
  }

  private var hasNumber: Bool {
    switch self {
    case .number: true
    case .row(let items): items.contains(where: \.hasNumber)
    case .fraction(let above, let below): above.hasNumber || below.hasNumber
    case .fenced(_, let inner, _), .root(let inner): inner.hasNumber
    case .script(let base, _, _): base.hasNumber
    default: false
    }
  }
}
