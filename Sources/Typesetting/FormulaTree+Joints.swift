/// What two neighbours in a row mean to one another.
enum Joint: Sendable, Hashable {
  /// Nothing: they belong together, or the first one starts the row.
  case tight
  /// A sign with room on both sides.
  case spaced
  /// A gathered term, or an item after a comma.
  case apart
  /// A product without a sign.
  case times
  /// A function and what it is applied to.
  case application
}

extension FormulaTree {
  /// The joint before each item of a row; all renderers read a row through this.
  static func joints(of items: [FormulaTree]) -> [Joint] {
    var joints: [Joint] = []
    var before: Role = .start
    for (i, item) in items.enumerated() {
      let role = Role(of: item, after: before)
      let joint = joint(before, role)
      let hasOwnSpace = joint == .times && (items[i - 1].endsInSpace || item.startsWithSpace)
      joints.append(hasOwnSpace ? .tight : joint)
      before = role
    }
    return joints
  }

  /// Whether the first sign of a row, or one after another sign, is a sign before a term.
  static func prefixes(of items: [FormulaTree]) -> [Bool] {
    var before: Role = .start
    return items.map { item in
      before = Role(of: item, after: before)
      return before == .prefix
    }
  }

  /// ∂, ∇ or ∂², which stand close to what they are applied to.
  var isDifferentialSign: Bool {
    switch self {
    case .identifier("∂"), .identifier("∇"), .script(.identifier("∂"), below: nil, _),
      .script(.identifier("∇"), below: nil, _):
      true
    default: false
    }
  }

  /// Words such as `if ` bring their own space, and are no factor.
  private var startsWithSpace: Bool {
    if case .text(let words) = self { words.first?.isWhitespace == true } else { false }
  }

  private var endsInSpace: Bool {
    if case .text(let words) = self { words.last?.isWhitespace == true } else { false }
  }

  /// How an item of a row stands to its neighbours.
  private enum Role {
    case start, prefix, infix, relation, punctuation, large, function, operand, fence, slash
    case differential, postfix, ellipsis, space

    init(of item: FormulaTree, after before: Role) {
      switch item {
      case .symbol(let symbol):
        switch symbol.role {
        case .binary: self = before.takesOperand ? .prefix : .infix
        case .relation: self = .relation
        case .punctuation: self = .punctuation
        case .large: self = .large
        case .slash: self = .slash
        case .ordinary:
          switch symbol.text {
          case "…", "⋯": self = .ellipsis
          case "¬", "∀", "∃", "#", "$": self = before.takesOperand ? .prefix : .postfix
          default: self = .postfix
          }
        case .space: self = .space
        }
      case .function: self = .function
      case .script(.function, _, _): self = .function
      case .script(.symbol(let symbol), _, _) where symbol.role == .large: self = .large
      case .fenced, .matrix: self = .fence
      case _ where item.isDifferentialSign: self = .differential
      case .script(.identifier("∇"), _, _): self = .large
      default: self = .operand
      }
    }

    /// Whether an operand must follow, so that a sign here can only stand before a term.
    var takesOperand: Bool {
      switch self {
      case .start, .prefix, .infix, .relation, .punctuation, .large, .function, .slash, .space:
        true
      case .operand, .fence, .differential, .postfix, .ellipsis: false
      }
    }
  }

  private static func joint(_ before: Role, _ after: Role) -> Joint {
    switch (before, after) {
    case (.start, _), (_, .punctuation), (.space, _), (_, .space): .tight
    case (_, .relation), (_, .infix), (.relation, _), (.infix, _): .spaced
    case (.prefix, _), (.slash, _), (_, .slash), (.differential, _): .tight
    case (.punctuation, _), (.large, _), (.ellipsis, _), (_, .ellipsis): .apart
    case (_, .postfix): .tight
    case (.function, _): .application
    case (.postfix, .fence): .tight
    case (.postfix, _): .apart
    default: .times
    }
  }
}
