/// The shape of an answer: what a candidate is asked to type.
package enum AnswerKind: String, Sendable, Hashable, CaseIterable {
  case number, integer, shape, vector, matrix
}

/// A canonical answer: a key, a mistake's value, or what was read from a cell.
package enum AnswerValue: Sendable, Hashable {
  case number(Double)
  case integer(Int)
  /// Sizes of the axes, in order.
  case shape([Int])
  case vector([Double])
  /// Rows; all of one length.
  case matrix([[Double]])
  /// "There is none": the product that does not exist.
  case undefined

  /// Nil for `undefined`, which is an answer of any kind.
  package var kind: AnswerKind? {
    switch self {
    case .number: .number
    case .integer: .integer
    case .shape: .shape
    case .vector: .vector
    case .matrix: .matrix
    case .undefined: nil
    }
  }

  /// Every real number in the answer, row by row; empty for `undefined`.
  package var entries: [Double] {
    switch self {
    case .number(let x): [x]
    case .integer(let n): [Double(n)]
    case .shape(let sizes): sizes.map(Double.init)
    case .vector(let xs): xs
    case .matrix(let rows): rows.flatMap { $0 }
    case .undefined: []
    }
  }

  /// The same answer with `change` made to every real number; shapes and integers stay.
  package func mapReals(_ change: (Double) -> Double) -> AnswerValue {
    switch self {
    case .number(let x): .number(change(x))
    case .vector(let xs): .vector(xs.map(change))
    case .matrix(let rows): .matrix(rows.map { $0.map(change) })
    case .integer, .shape, .undefined: self
    }
  }

  /// Whether two answers have the same number of rows and columns.
  package func hasSameLayout(as other: AnswerValue) -> Bool {
    switch (self, other) {
    case (.number, .number), (.integer, .integer), (.undefined, .undefined): true
    case (.number, .integer), (.integer, .number): true
    case (.shape(let a), .shape(let b)): a.count == b.count
    case (.vector(let a), .vector(let b)): a.count == b.count
    case (.matrix(let a), .matrix(let b)): a.map(\.count) == b.map(\.count)
    default: false
    }
  }
}

extension AnswerValue {
  /// The answer as a candidate might type it, in full precision: `(3, 4)`, `[0.5, 0.25]`.
  package var plainText: String { text { JSON.number($0).text } }

  /// The answer with reals rounded to `decimals` places; whole numbers keep none.
  package func rounded(to decimals: Int) -> String {
    text { $0 == $0.rounded() && $0.magnitude < 1e15 ? JSON.number($0).text : $0.fixed(decimals) }
  }

  private func text(_ real: (Double) -> String) -> String {
    func list(_ xs: [Double]) -> String { "[" + xs.map(real).joined(separator: ", ") + "]" }
    switch self {
    case .number(let x): return real(x)
    case .integer(let n): return String(n)
    case .shape(let sizes):
      let inner = sizes.map(String.init).joined(separator: ", ")
      return sizes.count == 1 ? "(\(inner),)" : "(\(inner))"
    case .vector(let xs): return list(xs)
    case .matrix(let rows): return "[" + rows.map(list).joined(separator: ", ") + "]"
    case .undefined: return "undefined"
    }
  }

  /// Numbers and arrays as the command line's JSON shows them; `"undefined"` where nothing is.
  package var json: JSON {
    switch self {
    case .number(let x): .number(x)
    case .integer(let n): .integer(n)
    case .shape(let sizes): .array(sizes.map(JSON.integer))
    case .vector(let xs): .array(xs.map(JSON.number))
    case .matrix(let rows): .array(rows.map { .array($0.map(JSON.number)) })
    case .undefined: .string("undefined")
    }
  }

  /// Reads what `json` writes; nil where the JSON does not fit the kind.
  package init?(_ json: JSON, as kind: AnswerKind) {
    if json.string == "undefined" {
      self = .undefined
      return
    }
    switch kind {
    case .number: guard let x = json.double else { return nil }; self = .number(x)
    case .integer:
      guard let x = json.double, let n = Int(exactly: x) else { return nil }
      self = .integer(n)
    case .shape:
      guard let sizes = json.doubles?.map({ Int(exactly: $0) }), !sizes.contains(nil)
      else { return nil }
      self = .shape(sizes.compactMap { $0 })
    case .vector: guard let xs = json.doubles else { return nil }; self = .vector(xs)
    case .matrix:
      guard let rows = json.array?.map(\.doubles), !rows.contains(nil), !rows.isEmpty
      else { return nil }
      let full = rows.compactMap { $0 }
      guard Set(full.map(\.count)).count == 1 else { return nil }
      self = .matrix(full)
    }
  }
}
