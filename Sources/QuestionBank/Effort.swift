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
        for case .formula(let formula) in prose.pieces where formula.isEquation {
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
      effort.type(key.written(to: parts[index].tolerance))
    }
    return effort
  }
}

extension Effort {
  /// Counts the digits of a number that is to be typed.
  package mutating func type(_ number: String) {
    digits += number.utf8.count { (0x30...0x39).contains($0) }
  }

  fileprivate mutating func count(_ line: Formula) {
    steps += 1
    multiplications += line.products
  }
}
