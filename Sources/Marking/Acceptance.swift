package import ExamModel
package import QuestionBank

/// What counts as the same number, exactly.
package enum Acceptance {
  /// A guard on every boundary, so that 100.4 − 80.0 equals 20.4.
  private static let guardShare = 1e-9

  /// Whether a number is within tolerance of the key.
  ///
  /// `decimals` and `significant` accept what lies within half a unit of the key's rounding; where
  /// the key lies half-way between two roundings, both hold. Infinities and NaN are right only
  /// where the key is the same.
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
    var exponent = 0
    var leading = x.magnitude
    while leading >= 10 { (leading, exponent) = (leading / 10, exponent + 1) }
    while leading < 1, exponent > -400 { (leading, exponent) = (leading * 10, exponent - 1) }
    return Double.powerOfTen(exponent - digits + 1)
  }

  private static func widened(_ bound: Double, around key: Double) -> Double {
    bound * (1 + guardShare) + key.magnitude * 1e-15
  }

  private static func isNear(_ x: Double, _ key: Double, unit: Double) -> Bool {
    roundings(of: key, unit: unit).contains { rounding in
      (x - rounding).magnitude <= widened(unit / 2, around: key)
    }
  }

  /// The multiples of `unit` that a key rounds to: two where it lies half-way.
  static func roundings(of key: Double, unit: Double) -> [Double] {
    let scaled = key / unit
    let below = scaled.rounded(.down)
    let rest = scaled - below
    let slack = max(guardShare, scaled.magnitude * 1e-15)
    if (rest - 0.5).magnitude <= slack { return [below * unit, (below + 1) * unit] }
    return [(rest < 0.5 ? below : below + 1) * unit]
  }

  /// Whether a number is the key rounded to the fewer places that were typed.
  ///
  /// At least one place, and two significant digits unless only one place is missing: `0.3` for
  /// 0.3451 says too little, and a rounding to 0 says nothing.
  static func isCoarse(_ x: Double, typedPlaces: Int?, key: Double, tolerance: Tolerance) -> Bool {
    guard let typed = typedPlaces, typed >= 1, x != 0, x.isFinite, key.isFinite else {
      return false
    }
    let asked: Int
    switch tolerance {
    case .decimals(let places): asked = places
    case .significant(let digits):
      guard key != 0 else { return false }
      let unit = unit(ofSignificant: digits, in: key)
      asked = (0...30).first { Double.powerOfTen(-$0) <= unit * 1.000_001 } ?? 30
    default: return false
    }
    guard typed < asked else { return false }
    let unit = Double.powerOfTen(-typed)
    let hasTwoDigits = (x / unit).rounded().magnitude >= 10
    guard typed == asked - 1 || hasTwoDigits else { return false }
    return roundings(of: key, unit: unit).contains { ($0 - x).magnitude <= unit * 1e-6 }
  }
}

extension Acceptance {
  /// Whether a whole answer is within tolerance: same layout, every number near its key.
  package static func accepts(
    _ answer: AnswerValue, key: AnswerValue, tolerance: Tolerance,
    names: @autoclosure () -> NamedQuantities = .none
  ) -> Bool {
    switch (answer, key) {
    case (.shape, _), (_, .shape), (.symbolicShape, _), (_, .symbolicShape): return answer == key
    case (.expression(let a), .expression(let b)):
      return ExpressionScope(names()).areEqual(a, b)
    case (.text(let a), .text(let b)): return OptionReader.letters(a) == OptionReader.letters(b)
    case (.choices(let a), .choices(let b)): return Set(a) == Set(b)
    default: break
    }
    guard key.isNumeric else { return answer == key }
    guard answer.hasSameLayout(as: key) else { return false }
    return zip(answer.entries, key.entries).allSatisfy {
      accepts($0, key: $1, tolerance: tolerance)
    }
  }

  /// Whether every number is within tolerance or rounded more coarsely, and at least one is coarse.
  static func isCoarse(
    _ answer: AnswerValue, places: [Int?], key: AnswerValue, tolerance: Tolerance
  ) -> Bool {
    guard answer.hasSameLayout(as: key), places.count == key.entries.count else { return false }
    var hasCoarse = false
    for (index, (x, right)) in zip(answer.entries, key.entries).enumerated() {
      if accepts(x, key: right, tolerance: tolerance) { continue }
      guard isCoarse(x, typedPlaces: places[index], key: right, tolerance: tolerance) else {
        return false
      }
      hasCoarse = true
    }
    return hasCoarse
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
