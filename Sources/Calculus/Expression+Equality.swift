/// What tells functions of the same free quantities apart: their values at fixed places.
///
/// Rational functions are looked at in three points of a prime field of 2⁶¹ − 1 elements, where two
/// different ones of degree d agree by chance in d of 2⁶¹ cases (Schwartz 1980, Zippel 1979); all
/// functions at sixteen real points, of which those are left out where either is undefined.
package struct Fingerprint: Sendable {
  /// Nil where the function is not rational; an entry is nil where it divides by 0.
  fileprivate let residues: [UInt64?]?
  fileprivate let values: [Double]

  /// Whether two fingerprints are of one function: exactly, or to nine digits.
  package func agrees(with other: Fingerprint) -> Bool {
    if let mine = residues, let theirs = other.residues {
      let shared = zip(mine, theirs).filter { $0.0 != nil && $0.1 != nil }
      return !shared.isEmpty && shared.allSatisfy { $0.0 == $0.1 }
    }
    var usable = 0
    for (x, y) in zip(values, other.values) where x.isFinite && y.isFinite {
      usable += 1
      if (x - y).magnitude > 1e-9 * max(x.magnitude, y.magnitude) + 1e-12 { return false }
    }
    return usable >= 5
  }
}

extension Expression {
  /// The fingerprint as a function of the free quantities `names`.
  ///
  /// `definitions` say what derived names stand for, earlier ones first; they are put in before
  /// anything is looked at, so that x_d and x_c + x_b are one quantity where a network says so.
  package func fingerprint(
    over names: [String], given definitions: [(name: String, value: Expression)] = []
  ) -> Fingerprint {
    let isRational =
      isRational
      && (definitions.allSatisfy(\.value.isRational)
        || variables.isDisjoint(with: definitions.map(\.name)))
    var residues: [UInt64?] = []
    var source = PointSource()
    if isRational {
      for _ in 0..<3 {
        var point: [String: UInt64] = [:]
        for name in names { point[name] = source.next() % Field.prime }
        for (name, value) in definitions { point[name] = value.residue(at: point) }
        residues.append(residue(at: point))
      }
    }
    source = PointSource()
    let values = (0..<16).map { round in
      var point: [String: Double] = [:]
      for name in names {
        let share = Double(source.next() >> 11) * 0x1p-53
        point[name] = round < 11 ? 3 * share - 1.5 : 0.2 + 1.8 * share
      }
      for (name, value) in definitions { point[name] = value.value(at: point) }
      return value(at: point)
    }
    return Fingerprint(residues: isRational ? residues : nil, values: values)
  }

  /// Whether two expressions agree as functions of the free quantities.
  package static func areEqual(
    _ a: Expression, _ b: Expression, given definitions: [(name: String, value: Expression)] = []
  ) -> Bool {
    let derived = definitions.map(\.name)
    let all = definitions.reduce(a.variables.union(b.variables)) { $0.union($1.value.variables) }
    let names = all.filter { !derived.contains($0) }.sorted()
    return a.fingerprint(over: names, given: definitions)
      .agrees(with: b.fingerprint(over: names, given: definitions))
  }

  /// The value modulo the prime; nil where it divides by 0.
  private func residue(at point: [String: UInt64]) -> UInt64? {
    switch self {
    case .constant(let c):
      let above = Field.element(c.numerator)
      return Field.inverse(Field.element(c.denominator)).map { Field.product(above, $0) }
    case .variable(let name): return point[name]
    case .sum(let terms):
      var sum: UInt64 = 0
      for term in terms {
        guard let value = term.residue(at: point) else { return nil }
        sum = (sum + value) % Field.prime
      }
      return sum
    case .product(let factors):
      var product: UInt64 = 1
      for factor in factors {
        guard let value = factor.residue(at: point) else { return nil }
        product = Field.product(product, value)
      }
      return product
    case .power(let base, .constant(let exponent)):
      guard let n = exponent.integer, let x = base.residue(at: point) else { return nil }
      let power = Field.power(x, UInt64(n.magnitude))
      return n < 0 ? Field.inverse(power) : power
    case .power, .function: return nil
    }
  }
}

/// The whole numbers modulo the Mersenne prime 2⁶¹ − 1.
private enum Field {
  static let prime: UInt64 = (1 << 61) - 1

  static func element(_ n: Int) -> UInt64 {
    let rest = UInt64(n.magnitude) % prime
    return n < 0 && rest > 0 ? prime - rest : rest
  }

  static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return prime.dividingFullWidth((high, low)).remainder
  }

  static func power(_ x: UInt64, _ exponent: UInt64) -> UInt64 {
    var (result, square, rest): (UInt64, UInt64, UInt64) = (1, x, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, square) }
      square = product(square, square)
      rest >>= 1
    }
    return result
  }

  /// Nil for 0.
  static func inverse(_ x: UInt64) -> UInt64? { x == 0 ? nil : power(x, prime - 2) }
}

/// Fixed points that look like chance: SplitMix64 from a constant.
private struct PointSource {
  private var state: UInt64 = 0x5EED_0F_6D5
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
