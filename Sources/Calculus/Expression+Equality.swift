/// Whether two expressions are one function of their quantities.
package enum Equality: Sendable, Hashable {
  case equal
  case different
  /// Neither could be shown; the reason is for whoever looks at it.
  case undecided(String)
}

/// A right answer, prepared to be compared with many.
///
/// *Different* is proved by a point where both are defined and intervals around their values do not
/// meet, or where one of them is defined and the other is not. *Equal* is proved in a model in which
/// rational functions, exponentials, powers, magnitudes and circular functions have exact values
/// (see `Residue`): two functions of degree d in these that differ agree at one of its points by
/// chance in d of 2⁶⁰ cases (Schwartz 1980, Zippel 1979), and they must agree at two or more, and in
/// 31 digits at a real point too. The points come from the key, which whoever answers does not know.
/// What neither shows is undecided. Domains are compared at two dozen places.
package struct ExpressionKey: Sendable {
  package let expression: Expression
  private let names: [String]
  private let definitions: [(name: String, value: Expression)]
  private let seed: UInt64
  private let traits: Traits
  private let points: [ValuePoint]
  private let values: [Value]
  private let residuePoints: [ResiduePoint]
  private let residues: [Residue?]

  private static let pointCount = 24

  /// `definitions` say what derived names stand for, earlier ones first, so that x_d and
  /// x_c + x_b are one quantity where a network says so.
  package init(
    _ expression: Expression, over names: [String],
    given definitions: [(name: String, value: Expression)] = []
  ) {
    self.expression = expression
    self.names = names
    self.definitions = definitions
    let seed = expression.description.utf8.reduce(UInt64(0)) { Residue.mixed($0 ^ UInt64($1)) }
    self.seed = seed
    traits = definitions.reduce(Traits(expression)) { $0.union(Traits($1.value)) }
    let points = (0..<2).map { Self.point($0, seed, names, definitions) }
    self.points = points
    values = points.map { expression.value(at: $0) }
    let residuePoints = (0..<2).map { Self.residuePoint($0, seed, names, definitions) }
    self.residuePoints = residuePoints
    residues = residuePoints.map { expression.residue(at: $0) }
  }

  /// Whether an answer is the key, as a function.
  package func equality(with answer: Expression) -> Equality {
    if case .function(let order, let inner) = expression, order.isOrder {
      guard case .function(order, let other) = answer else { return .different }
      return ExpressionKey(inner, over: names, given: definitions).equality(with: other)
    }
    if case .function(let order, _) = answer, order.isOrder { return .different }
    guard expression.isSmall, answer.isSmall else {
      return answer == expression ? .equal : .undecided("its powers are too large to compare")
    }
    let all = traits.union(Traits(answer))
    // One point tells most wrong answers; two in the model confirm most right ones.
    var isNear = false
    for index in points.indices {
      switch Self.compare(values[index], answer.value(at: points[index])) {
      case .apart: return .different
      case .near: isNear = true
      case .nothing: break
      }
      if isNear { break }
    }
    if isNear, all.isEmpty, agreesInModel(answer, points: 0..<2, needed: 2) { return .equal }
    return thorough(answer, all)
  }

  /// All points, and the answer tidied.
  private func thorough(_ answer: Expression, _ traits: Traits) -> Equality {
    let answer = answer.simplified
    var (near, undefined, halfKnown) = (0, 0, 0)
    for index in 0..<Self.pointCount {
      let point = Self.point(index, seed, names, definitions)
      let (mine, theirs) = (expression.value(at: point), answer.value(at: point))
      switch Self.compare(mine, theirs) {
      case .apart: return .different
      case .near: near += 1
      case .nothing:
        switch (mine, theirs) {
        case (.undefined, .undefined): undefined += 1
        case (.unknown, .unknown): break
        default: halfKnown += 1
        }
      }
    }
    // Single points where functions of comparisons may differ: 0, and the numbers of both.
    for value in Self.landmarks(expression, answer) {
      var point = ValuePoint()
      for name in names { point.set(name, value) }
      for (name, value) in definitions { point.set(name, value.value(at: point)) }
      if case .number(let a) = expression.value(at: point),
        case .number(let b) = answer.value(at: point), a.isApart(from: b)
      {
        return .different
      }
    }
    guard near > 0 else {
      return .undecided(
        undefined == Self.pointCount
          ? "it is defined nowhere" : "its value is too large or defined nowhere")
    }
    if expression.simplified == answer { return .equal }
    guard halfKnown < near else { return .undecided("too little is known of where it is defined") }
    let needed = traits.isEmpty ? 2 : traits.contains(.kink) ? 20 : 4
    if agreesInModel(answer, points: 0..<128, needed: needed) { return .equal }
    return .undecided("it agrees with the key at \(near) points, which is no proof")
  }

  private enum Comparison { case apart, near, nothing }

  private static func compare(_ a: Value, _ b: Value) -> Comparison {
    switch (a, b) {
    case (.number(let x), .number(let y)): x.isApart(from: y) ? .apart : .near
    case (.number, .undefined), (.undefined, .number): .apart
    default: .nothing
    }
  }

  private func agreesInModel(_ answer: Expression, points: Range<Int>, needed: Int) -> Bool {
    var agreed = 0
    for index in points {
      let isPrepared = index < residuePoints.count
      let point =
        isPrepared
        ? residuePoints[index] : Self.residuePoint(index, seed, names, definitions)
      guard let mine = isPrepared ? residues[index] : expression.residue(at: point),
        let theirs = answer.residue(at: point)
      else { continue }
      guard mine.p == theirs.p else { return false }
      agreed += 1
      if agreed == needed { return true }
    }
    return false
  }
}

extension Expression {
  /// Whether its degree is so small that chance agreement in the model is out of the question.
  fileprivate var isSmall: Bool { degree < 0x1p20 }

  /// A bound of the degree, as a rational function of names, exponentials and the like.
  private var degree: Double {
    switch self {
    case .constant: 0
    case .variable: 1
    case .sum(let list), .product(let list): list.reduce(0) { $0 + $1.degree }
    case .power(let base, .constant(let n)): max(1, base.degree) * max(1, n.value.magnitude)
    case .power(let base, let exponent): base.degree + exponent.degree + 1
    case .function(_, let argument): 2 * argument.degree + 1
    case .choice(let a, let b, let c): a.degree + b.degree + c.degree
    }
  }
}

// MARK: Where functions are looked at

extension ExpressionKey {
  private static func point(
    _ index: Int, _ seed: UInt64, _ names: [String],
    _ definitions: [(name: String, value: Expression)]
  ) -> ValuePoint {
    var point = ValuePoint()
    var state = seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
    for name in names {
      state &+= 0xD1B5_4A32_D192_ED03
      // A multiple of 2⁻³⁰, so that products of two are exact doubles.
      let share = Double(Residue.mixed(state) >> 34) * 0x1p-30
      let value =
        switch index % 8 {
        case 1, 5: 0.2 + 1.8 * share
        case 3: share
        case 6: 12 * share - 6
        case 7: 60 * share - 30
        default: 3 * share - 1.5
        }
      point.set(name, .number(Ball(exactly: value)))
    }
    for (name, value) in definitions { point.set(name, value.value(at: point)) }
    return point
  }

  private static func residuePoint(
    _ index: Int, _ seed: UInt64, _ names: [String],
    _ definitions: [(name: String, value: Expression)]
  ) -> ResiduePoint {
    var point = ResiduePoint()
    for (place, name) in names.enumerated() {
      point.set(name, Residue(arbitrary: 8, seed, UInt64(index), UInt64(place)))
    }
    for (name, value) in definitions { point.set(name, value.residue(at: point)) }
    return point
  }

  /// 0, ±1, 2 and up to eight numbers of two expressions, with both signs.
  private static func landmarks(_ a: Expression, _ b: Expression) -> [Value] {
    var numbers: [Rational] = [0, 1, -1, 2]
    func collect(_ expression: Expression) {
      guard numbers.count < 20 else { return }
      switch expression {
      case .constant(let c):
        for number in [c, -c] where !numbers.contains(number) {
          numbers.append(number)
        }
      case .variable: break
      case .sum(let list), .product(let list): list.forEach(collect)
      case .power(let base, let exponent):
        collect(base)
        collect(exponent)
      case .function(_, let argument): collect(argument)
      case .choice(let a, let b, let c): [a, b, c].forEach(collect)
      }
    }
    collect(a)
    collect(b)
    return numbers.map { Expression.constant($0).value(at: ValuePoint()) }
  }
}

/// What makes more points necessary.
private struct Traits: OptionSet {
  let rawValue: Int
  /// Undefined for some values, as a logarithm.
  static let partial = Traits(rawValue: 1)
  /// Made of pieces, as a magnitude.
  static let kink = Traits(rawValue: 2)

  init(rawValue: Int) { self.rawValue = rawValue }

  init(_ expression: Expression) {
    switch expression {
    case .constant, .variable: self = []
    case .sum(let list), .product(let list):
      self = []
      for operand in list { formUnion(Traits(operand)) }
    case .power(let base, let exponent):
      self = Traits(base)
      if case .constant(let n) = exponent, n.integer != nil { return }
      formUnion(Traits(exponent).union(.partial))
    case .function(let function, let argument):
      self = Traits(argument)
      switch function {
      case .ln, .sqrt: if !argument.isPositive { formUnion(.partial) }
      case .tan: formUnion(.partial)
      case .abs, .relu, .positive, .nonnegative: formUnion(.kink)
      default: break
      }
    case .choice(let a, let b, let c):
      self = [.partial, .kink]
      for part in [a, b, c] { formUnion(Traits(part)) }
    }
  }
}

extension Expression {
  /// Whether two expressions are one function of the quantities that they name.
  package static func equality(
    _ a: Expression, _ b: Expression, given definitions: [(name: String, value: Expression)] = []
  ) -> Equality {
    let derived = definitions.map(\.name)
    let all = definitions.reduce(a.variables.union(b.variables)) { $0.union($1.value.variables) }
    let names = all.filter { !derived.contains($0) }.sorted()
    return ExpressionKey(a, over: names, given: definitions).equality(with: b)
  }

  /// Whether two expressions are one function for sure.
  package static func areEqual(
    _ a: Expression, _ b: Expression, given definitions: [(name: String, value: Expression)] = []
  ) -> Bool { equality(a, b, given: definitions) == .equal }
}
