/// The shape of an answer: what a candidate is asked to type.
package enum AnswerKind: String, Sendable, Hashable, CaseIterable {
  case number, integer, shape, vector, matrix
  /// A formula in named quantities; equal where it agrees as a function.
  case expression
  /// One option of several, or any number of them.
  case choice, choices
  /// Items in a meaningful order.
  case ordering
  /// Words of a closed vocabulary.
  case text

  /// Whether the answer is a single number.
  package var isOneNumber: Bool { self == .number || self == .integer }
}

/// A canonical answer: a key, a mistake's value, or what was read from a cell.
package enum AnswerValue: Sendable, Hashable {
  case number(Double)
  case integer(Int)
  /// Sizes of the axes, in order.
  case shape([Int])
  /// Sizes of which some have names or are left open: `(N, 4)`, `(-1, 4)`, `(None, 4)`.
  case symbolicShape([String])
  case vector([Double])
  /// Rows; all of one length.
  case matrix([[Double]])
  /// In plain syntax: `w0*exp(u)/(1+exp(u))^2`.
  case expression(String)
  /// The option's text; letters depend on the paper.
  case choice(String)
  /// The texts of the chosen options, in the order of the family's list.
  case choices([String])
  /// The items, first to last.
  case ordering([String])
  case text(String)
  /// "There is none": the product that does not exist.
  case undefined

  /// Nil for `undefined`, which is an answer of any kind.
  package var kind: AnswerKind? {
    switch self {
    case .number: .number
    case .integer: .integer
    case .shape, .symbolicShape: .shape
    case .vector: .vector
    case .matrix: .matrix
    case .expression: .expression
    case .choice: .choice
    case .choices: .choices
    case .ordering: .ordering
    case .text: .text
    case .undefined: nil
    }
  }

  /// Every real number in the answer, row by row; empty where it consists of words.
  package var entries: [Double] {
    switch self {
    case .number(let x): [x]
    case .integer(let n): [Double(n)]
    case .shape(let sizes): sizes.map(Double.init)
    case .vector(let xs): xs
    case .matrix(let rows): rows.flatMap { $0 }
    case .expression, .choice, .choices, .ordering, .text, .symbolicShape, .undefined: []
    }
  }

  /// The answer where it is a single number.
  package var scalar: Double? {
    switch self {
    case .number(let x): x
    case .integer(let n): Double(n)
    default: nil
    }
  }

  /// The first of `entries`; nothing is allocated.
  package var firstEntry: Double? {
    switch self {
    case .number(let x): x
    case .integer(let n): Double(n)
    case .shape(let sizes): sizes.first.map(Double.init)
    case .vector(let xs): xs.first
    case .matrix(let rows): rows.first?.first
    case .expression, .choice, .choices, .ordering, .text, .symbolicShape, .undefined: nil
    }
  }

  /// Whether a test holds for every real number in the answer; nothing is allocated.
  package func allEntries(_ test: (Double) -> Bool) -> Bool {
    switch self {
    case .number(let x): test(x)
    case .integer(let n): test(Double(n))
    case .shape(let sizes): sizes.allSatisfy { test(Double($0)) }
    case .vector(let xs): xs.allSatisfy(test)
    case .matrix(let rows): rows.allSatisfy { $0.allSatisfy(test) }
    case .expression, .choice, .choices, .ordering, .text, .symbolicShape, .undefined: true
    }
  }

  /// Whether a test holds for each number and the one in its place in an answer of the same layout;
  /// nothing is allocated.
  package func allPairs(with other: AnswerValue, _ test: (Double, Double) -> Bool) -> Bool {
    switch (self, other) {
    case (.number(let x), .number(let y)): test(x, y)
    case (.integer(let m), .integer(let n)): test(Double(m), Double(n))
    case (.number(let x), .integer(let n)): test(x, Double(n))
    case (.integer(let n), .number(let x)): test(Double(n), x)
    case (.shape(let a), .shape(let b)): zip(a, b).allSatisfy { test(Double($0), Double($1)) }
    case (.vector(let a), .vector(let b)): zip(a, b).allSatisfy(test)
    case (.matrix(let a), .matrix(let b)):
      zip(a, b).allSatisfy { zip($0, $1).allSatisfy(test) }
    default: true
    }
  }

  /// Whether the answer consists of numbers, so that nearness means something.
  package var isNumeric: Bool {
    switch self {
    case .number, .integer, .shape, .vector, .matrix: true
    case .expression, .choice, .choices, .ordering, .text, .symbolicShape, .undefined: false
    }
  }

  /// The same answer with `change` made to every real number; shapes and integers stay.
  package func mapReals(_ change: (Double) -> Double) -> AnswerValue {
    switch self {
    case .number(let x): .number(change(x))
    case .vector(let xs): .vector(xs.map(change))
    case .matrix(let rows): .matrix(rows.map { $0.map(change) })
    default: self
    }
  }

  /// The same answer with every real number rounded to a multiple of `unit`.
  package func roundedReals(to unit: Double) -> AnswerValue {
    mapReals { ($0 / unit).rounded() * unit }
  }

  /// Whether two answers are of one kind with the same number of rows, columns and items.
  package func hasSameLayout(as other: AnswerValue) -> Bool {
    switch (self, other) {
    case (.number, .number), (.integer, .integer), (.undefined, .undefined): true
    case (.expression, .expression), (.choice, .choice), (.choices, .choices), (.text, .text): true
    case (.number, .integer), (.integer, .number): true
    case (.shape(let a), .shape(let b)): a.count == b.count
    case (.symbolicShape(let a), .symbolicShape(let b)): a.count == b.count
    case (.vector(let a), .vector(let b)): a.count == b.count
    case (.matrix(let a), .matrix(let b)): a.elementsEqual(b) { $0.count == $1.count }
    case (.ordering(let a), .ordering(let b)): a.count == b.count
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

  /// The answer as somebody writes it who gives what is asked for and little more.
  ///
  /// Decimals and significant digits are those asked for; whole numbers keep all of theirs.
  package func written(to tolerance: Tolerance) -> String {
    text { x in
      let shortest = JSON.number(x).text
      guard x != x.rounded() || x.magnitude >= 1e15 else { return shortest }
      switch tolerance {
      case .decimals(let places): return x.fixed(places)
      case .significant(let digits): return x.rounded(toSignificant: digits)
      // One digit more than decides; shares are a hundredth or so.
      case .relative, .absolute: return x.rounded(toSignificant: 4)
      case .exact: return shortest.count <= 8 ? shortest : x.fixed(4)
      }
    }
  }

  private func text(_ finite: (Double) -> String) -> String {
    func real(_ x: Double) -> String { x.isFinite ? finite(x) : Self.name(of: x) }
    func list(_ xs: [Double]) -> String { "[" + xs.map(real).joined(separator: ", ") + "]" }
    func shape(_ axes: [String]) -> String {
      "(" + axes.joined(separator: ", ") + (axes.count == 1 ? ",)" : ")")
    }
    switch self {
    case .number(let x): return real(x)
    case .integer(let n): return String(n)
    case .shape(let sizes): return shape(sizes.map(String.init))
    case .symbolicShape(let axes): return shape(axes)
    case .vector(let xs): return list(xs)
    case .matrix(let rows): return "[" + rows.map(list).joined(separator: ", ") + "]"
    case .expression(let text), .choice(let text), .text(let text): return text
    case .choices(let items): return items.isEmpty ? "none" : items.joined(separator: ", ")
    case .ordering(let items): return items.joined(separator: ", ")
    case .undefined: return "undefined"
    }
  }

  /// The answer as the command line's JSON shows it; `"undefined"` where nothing is, and `"inf"`,
  /// `"-inf"` and `"nan"` for what JSON has no number for.
  ///
  /// Items of an ordering that are whole numbers are JSON numbers.
  package var json: JSON {
    switch self {
    case .number(let x): Self.json(x)
    case .integer(let n): .integer(n)
    case .shape(let sizes): .array(sizes.map(JSON.integer))
    case .symbolicShape(let axes):
      .array(axes.map { axis in Int(axis).map(JSON.integer) ?? .string(axis) })
    case .vector(let xs): .array(xs.map(Self.json))
    case .matrix(let rows): .array(rows.map { .array($0.map(Self.json)) })
    case .expression(let text), .choice(let text), .text(let text): .string(text)
    case .choices(let items): .array(items.map(JSON.string))
    case .ordering(let items):
      .array(items.map { item in Int(item).map(JSON.integer) ?? .string(item) })
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
    case .number: guard let x = json.real else { return nil }; self = .number(x)
    case .integer:
      guard let x = json.double, let n = Int(exactly: x) else { return nil }
      self = .integer(n)
    case .shape:
      guard let axes = json.items else { return nil }
      let sizes = axes.compactMap { Int($0) }.filter { $0 >= 0 }
      self = sizes.count == axes.count ? .shape(sizes) : .symbolicShape(axes)
    case .vector: guard let xs = json.reals else { return nil }; self = .vector(xs)
    case .matrix:
      guard let rows = json.array?.map(\.reals), !rows.contains(nil), !rows.isEmpty
      else { return nil }
      let full = rows.compactMap { $0 }
      guard Set(full.map(\.count)).count == 1 else { return nil }
      self = .matrix(full)
    case .expression: guard let text = json.string else { return nil }; self = .expression(text)
    case .choice: guard let text = json.string else { return nil }; self = .choice(text)
    case .text: guard let text = json.string else { return nil }; self = .text(text)
    case .choices: guard let items = json.items else { return nil }; self = .choices(items)
    case .ordering: guard let items = json.items else { return nil }; self = .ordering(items)
    }
  }
}

extension AnswerValue {
  /// Infinities and NaN have names, since JSON has no numbers for them.
  private static func name(of x: Double) -> String {
    x.isNaN ? "nan" : x < 0 ? "-inf" : "inf"
  }

  private static func json(_ x: Double) -> JSON { x.isFinite ? .number(x) : .string(name(of: x)) }
}

extension JSON {
  /// A number, or the name of one that JSON cannot write.
  fileprivate var real: Double? {
    switch string {
    case "inf": .infinity
    case "-inf": -.infinity
    case "nan": .nan
    default: double
    }
  }

  /// The items as reals; nil unless this is an array of nothing else.
  fileprivate var reals: [Double]? {
    guard let array else { return nil }
    let reals = array.compactMap(\.real)
    return reals.count == array.count ? reals : nil
  }

  /// A list of words, of which whole numbers may be JSON numbers.
  fileprivate var items: [String]? {
    guard let array else { return nil }
    let items = array.map { $0.string ?? $0.int.map(String.init) }
    return items.contains(nil) ? nil : items.compactMap { $0 }
  }
}
