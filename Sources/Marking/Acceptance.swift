package import ExamModel
package import QuestionBank

/// What counts as the same number, exactly.
package enum Acceptance {
  /// How far every boundary is widened, as a share of the bound.
  private static let guardShare = 1e-9

  /// Whether a number is within tolerance of the key.
  ///
  /// - `decimals(d)`: at most half of 10⁻ᵈ away from the key's rounding at d places, ends included;
  ///   where the key lies half-way between two roundings, from either.
  /// - `significant(s)`: the same with the unit of the key's s-th significant digit, as the key
  ///   stands before rounding: 9.996 to three digits rounds to 10.00, and 9.995 to 10.005 are right.
  ///   A key of 0 has no digits and accepts 0 only.
  /// - `absolute(a)`: |x − key| ≤ a. `relative(r)`: |x − key| ≤ r·|key|, so a key of 0 accepts 0 only.
  /// - `exact`: the same double.
  ///
  /// Each bound is widened by a billionth of itself and a few ulps of the key, so that 100.4 − 80.0
  /// is 20.4. Infinities and NaN are right only where the key is the same.
  package static func accepts(_ x: Double, key: Double, tolerance: Tolerance) -> Bool {
    guard x.isFinite, key.isFinite else { return x == key || (x.isNaN && key.isNaN) }
    switch tolerance {
    case .exact: return x == key
    case .absolute(let bound): return (x - key).magnitude <= widened(bound, around: key)
    case .relative(let share):
      return (x - key).magnitude <= widened(share * key.magnitude, around: key)
    case .decimals(let places): return isNear(x, key, unit: Double.powerOfTen(-places))
    case .significant(let digits):
      guard key != 0 else { return x == 0 }
      return isNear(x, key, unit: unit(ofSignificant: digits, in: key))
    }
  }

  /// The unit of the last of `digits` significant digits of a number.
  static func unit(ofSignificant digits: Int, in x: Double) -> Double {
    Double.powerOfTen(x.inPowersOfTen.exponent - digits + 1)
  }

  private static func widened(_ bound: Double, around key: Double) -> Double {
    bound * (1 + guardShare) + key.magnitude * 1e-15
  }

  private static func isNear(_ x: Double, _ key: Double, unit: Double) -> Bool {
    let (low, high) = key.roundings(to: unit)
    let bound = widened(unit / 2, around: key)
    return (x - low).magnitude <= bound || (x - high).magnitude <= bound
  }

  /// Whether a number is the key, rounded more coarsely than was asked.
  ///
  /// It must show two significant digits, or one where a single decimal is missing: `0.3` for 0.3451
  /// says too little, and a rounding to 0 says nothing.
  static func isCoarse(_ x: Double, typedPlaces: Int?, key: Double, tolerance: Tolerance) -> Bool {
    guard let places = typedPlaces, x != 0, x.isFinite, key.isFinite, key != 0 else { return false }
    let asked: Double
    switch tolerance {
    case .decimals(let places): asked = Double.powerOfTen(-places)
    case .significant(let digits): asked = unit(ofSignificant: digits, in: key)
    default: return false
    }
    var unit = Double.powerOfTen(-places)
    repeat {
      let hasTwoDigits = (x / unit).rounded().magnitude >= 10
      let lacksOneDecimal = places > 0 && unit < asked * 15
      let (low, high) = key.roundings(to: unit)
      if unit > asked * 1.5, hasTwoDigits || lacksOneDecimal,
        min((x - low).magnitude, (x - high).magnitude) <= unit * 1e-6
      {
        return true
      }
      unit *= 10
      // Zeros at the end of a whole number may be digits or roundings.
    } while places == 0 && unit < x.magnitude && (x / unit).rounded() * unit == x
    return false
  }
}

extension Acceptance {
  /// Whether a whole answer is within tolerance: same layout, every number near its key.
  package static func accepts(
    _ answer: AnswerValue, key: AnswerValue, tolerance: Tolerance,
    names: @autoclosure () -> NamedQuantities = .none
  ) -> Bool {
    if let x = answer.scalar, let y = key.scalar {
      return accepts(x, key: y, tolerance: tolerance)
    }
    switch (answer, key) {
    case (.shape, _), (_, .shape), (.symbolicShape, _), (_, .symbolicShape): return answer == key
    case (.expression(let a), .expression(let b)):
      return ExpressionScope(names()).areEqual(b, a)
    case (.text(let a), .text(let b)): return OptionReader.letters(a) == OptionReader.letters(b)
    case (.choice(let a), .choice(let b)):
      return a == b || OptionReader.folded(a) == OptionReader.folded(b)
    case (.choices(let a), .choices(let b)):
      return Set(a) == Set(b) || Set(a.map(OptionReader.folded)) == Set(b.map(OptionReader.folded))
    case (.ordering(let a), .ordering(let b)):
      if a == b { return true }
      // Capitals count only where they alone tell two items apart.
      let key = b.map(OptionReader.folded)
      return Set(key).count == Set(b).count && a.map(OptionReader.folded) == key
    default: break
    }
    guard key.isNumeric else { return answer == key }
    return answer.hasSameLayout(as: key)
      && answer.allPairs(with: key) { accepts($0, key: $1, tolerance: tolerance) }
  }

  /// Whether every number is within tolerance or rounded more coarsely, and at least one is coarse.
  static func isCoarse(
    _ answer: AnswerValue, places: TypedPlaces, key: AnswerValue, tolerance: Tolerance
  ) -> Bool {
    guard answer.isNumeric, answer.hasSameLayout(as: key) else { return false }
    var (index, hasCoarse) = (0, false)
    let isNear = answer.allPairs(with: key) { x, right in
      defer { index += 1 }
      if accepts(x, key: right, tolerance: tolerance) { return true }
      guard isCoarse(x, typedPlaces: places[index], key: right, tolerance: tolerance) else {
        return false
      }
      hasCoarse = true
      return true
    }
    return isNear && hasCoarse
  }

  /// The places, from 1, at which two answers of one layout differ.
  static func differences(
    _ answer: AnswerValue, key: AnswerValue, tolerance: Tolerance
  ) -> [Int] {
    zip(answer.entries, key.entries).enumerated().compactMap { index, pair in
      accepts(pair.0, key: pair.1, tolerance: tolerance) ? nil : index + 1
    }
  }
}
