extension FormulaTree {
  /// Whether an equals sign stands in it that no brackets enclose.
  var isEquation: Bool {
    guard case .row(let items) = self else { return false }
    return items.contains { if case .symbol(let symbol) = $0 { symbol.text == "=" } else { false } }
  }

  /// Products and quotients with a number on both sides.
  var products: Int {
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
