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

extension Formula {
  /// The joint before each item of a row; all renderers read a row through this.
  static func joints(of items: [Formula]) -> [Joint] {
    var joints: [Joint] = []
    var before: Role = .start
    for item in items {
      let role = Role(of: item, after: before)
      joints.append(joint(before, role))
      before = role
    }
    return joints
  }

  /// Whether the first sign of a row, or one after another sign, is a sign before a term.
  static func prefixes(of items: [Formula]) -> [Bool] {
    var before: Role = .start
    return items.map { item in
      before = Role(of: item, after: before)
      return before == .prefix
    }
  }

  /// How an item of a row stands to its neighbours.
  private enum Role {
    case start, prefix, infix, relation, punctuation, large, function, operand, fence, slash
    case differential, postfix, space

    init(of item: Formula, after before: Role) {
      switch item {
      case .symbol(let symbol):
        switch symbol.role {
        case .binary: self = before.takesOperand ? .prefix : .infix
        case .relation: self = .relation
        case .punctuation: self = .punctuation
        case .large: self = .large
        case .slash: self = .slash
        case .ordinary: self = .postfix
        case .space: self = .space
        }
      case .function: self = .function
      case .script(.function, _, _): self = .function
      case .script(.symbol(let symbol), _, _) where symbol.role == .large: self = .large
      case .fenced, .matrix: self = .fence
      case .identifier("∂"), .identifier("∇"), .script(.identifier("∇"), _, _):
        self = .differential
      default: self = .operand
      }
    }

    /// Whether an operand must follow, so that a sign here can only stand before a term.
    var takesOperand: Bool {
      switch self {
      case .start, .prefix, .infix, .relation, .punctuation, .large, .function, .slash, .space:
        true
      case .operand, .fence, .differential, .postfix: false
      }
    }
  }

  private static func joint(_ before: Role, _ after: Role) -> Joint {
    switch (before, after) {
    case (.start, _), (_, .punctuation), (_, .postfix), (.space, _), (_, .space): .tight
    case (_, .relation), (_, .infix), (.relation, _), (.infix, _): .spaced
    case (.prefix, _), (.slash, _), (_, .slash), (.differential, _): .tight
    case (.punctuation, _), (.large, _): .apart
    case (.function, _): .application
    case (.postfix, .fence): .tight
    case (.postfix, _): .apart
    default: .times
    }
  }
}
