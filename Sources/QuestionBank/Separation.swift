import Calculus
package import ExamModel

/// The certificate of a draw: its answers can be told from one another, from its mistakes, and from
/// what a guesser tries first.
package enum Separation {
  /// How far apart two answers of one part must lie, around numbers of a magnitude.
  ///
  /// To decimals: five times 2 in the last place asked, since two in the last place is what rounding
  /// on the way can add up to. Estimates must be three tolerances apart.
  static func margin(of part: Part, around magnitude: Double) -> Double {
    switch part.tolerance {
    case .exact: 0
    case .decimals(let d): 10 * Double.powerOfTen(-d)
    case .absolute(let x): 5 * x
    case .relative(let x): 3 * x * magnitude
    case .significant(let s): 10 * Double.powerOfTen(-s) * magnitude
    }
  }

  /// Whether a reader with the part's tolerance can tell the answers apart.
  ///
  /// Fractions, with which nothing is rounded on the way, need only round to different numbers.
  static func areApart(_ a: AnswerValue, _ b: AnswerValue, in part: Part) -> Bool {
    guard a.hasSameLayout(as: b) else { return true }
    guard a.isNumeric else { return a != b }
    if let unit = fractionUnit(of: part) { return !roundAlike(a, b, to: unit) }
    let margin = margin(
      of: part, around: (a.entries + b.entries).reduce(0) { max($0, $1.magnitude) })
    return zip(a.entries, b.entries).contains { ($0 - $1).magnitude > margin }
  }

  /// The last place that a fraction is asked to; nil for a part of another kind.
  private static func fractionUnit(of part: Part) -> Double? {
    guard part.isFraction, case .decimals(let d) = part.tolerance else { return nil }
    return Double.powerOfTen(-d)
  }

  /// Whether one text may be the rounding of both answers; half-way, both neighbours are roundings.
  private static func roundAlike(_ a: AnswerValue, _ b: AnswerValue, to unit: Double) -> Bool {
    zip(a.entries, b.entries).allSatisfy { x, y in
      let (x, y) = (x.roundings(to: unit), y.roundings(to: unit))
      return x.low <= y.high && y.low <= x.high
    }
  }

  /// How far apart two answers of one layout are where they differ most; nil for words.
  static func distance(_ a: AnswerValue, _ b: AnswerValue) -> Double? {
    guard a.isNumeric, a.hasSameLayout(as: b) else { return nil }
    return zip(a.entries, b.entries).map { ($0 - $1).magnitude }.max()
  }

  /// Whether every key would be reached by whoever computes it, and by nobody by accident.
  ///
  /// No key lies so near the border between two roundings that single precision would decide. Of
  /// the parts that a paper usually asks, no number is 0, 1 or ½ unless its part says so, and no two
  /// of one layout have the same key unless they are twins.
  package static func standsAlone(
    _ key: AnswerKey, parts: [Part], usual: [PartID], twins: [Set<PartID>]
  ) -> Bool {
    for (index, part) in parts.enumerated() {
      guard let value = key[index], value.isNumeric else { continue }
      if isUndecided(value, in: part) { return false }
      guard usual.contains(part.id) else { continue }
      if isObvious(value, in: part) { return false }
      for earlier in 0..<index where usual.contains(parts[earlier].id) {
        guard let other = key[earlier], part.kind == parts[earlier].kind,
          part.kind != .shape, areSame(value, other, in: part)
        else { continue }
        let pair: Set = [part.id, parts[earlier].id]
        if !twins.contains(where: { $0.isSuperset(of: pair) }) { return false }
      }
    }
    return true
  }

  /// Whether one text may answer two parts of a kind.
  private static func areSame(_ a: AnswerValue, _ b: AnswerValue, in part: Part) -> Bool {
    guard a.hasSameLayout(as: b), let unit = fractionUnit(of: part) else { return a == b }
    return roundAlike(a, b, to: unit)
  }

  /// Whether a number is accepted where 0, 1 or, of the reals, ½ is typed.
  private static func isObvious(_ value: AnswerValue, in part: Part) -> Bool {
    guard !part.mayBeObvious else { return false }
    switch value {
    case .integer(let n): return n == 0 || n == 1
    case .number(let x):
      guard case .decimals(let d) = part.tolerance else { return x == 0 || x == 1 }
      let unit = Double.powerOfTen(-d)
      return [0, 0.5, 1].contains { (x - $0).magnitude <= unit }
    default: return false
    }
  }

  /// Whether a real lies within the error of single precision of the border between two roundings,
  /// and not on it: there both roundings are right.
  private static func isUndecided(_ value: AnswerValue, in part: Part) -> Bool {
    guard case .decimals(let d) = part.tolerance else { return false }
    let unit = Double.powerOfTen(-d)
    return value.entries.contains { x in
      let scaled = (x / unit).magnitude
      let distance = (scaled - scaled.rounded(.down) - 0.5).magnitude
      // More digits were asked for than single precision has: it is no route to the answer.
      let error = scaled * 1e-6 < 0.25 ? max(1e-4, scaled * 1e-6) : 0
      return distance > 1e-9 && distance < error
    }
  }

  /// The mistakes that can be told apart, and whether the draw may be used.
  ///
  /// A mistake that is no number is dropped. Core mistakes come first; one too near the key or
  /// another core one spoils the draw. An optional one too near anything before it is dropped.
  package static func certify(
    _ mistakes: [Mistake], key: AnswerKey, parts: [Part], misconceptions: [Misconception],
    names: NamedQuantities = .none
  ) -> (live: [Mistake], isSound: Bool) {
    if parts.contains(where: { $0.kind == .expression }) {
      return certifyExpressions(mistakes, key: key, parts: parts, scope: ExpressionScope(names))
    }
    var isSound = key.values.allSatisfy { $0?.entries.allSatisfy(\.isFinite) ?? true }
    var live: [Mistake] = []
    let core = Set(misconceptions.filter(\.isCore).map(\.id))
    for pass in [true, false] {
      for mistake in mistakes where core.contains(mistake.id) == pass {
        guard mistake.value.entries.allSatisfy(\.isFinite),
          let index = parts.firstIndex(where: { $0.id == mistake.part }), let right = key[index]
        else { continue }
        let part = parts[index]
        let isApart =
          areApart(mistake.value, right, in: part)
          && live.allSatisfy {
            $0.part != mistake.part || areApart($0.value, mistake.value, in: part)
          }
        if isApart { live.append(mistake) } else if pass { isSound = false }
      }
    }
    return (live, isSound)
  }

  /// As for numbers; all parts of a family are expressions or none is. A mistake that is the key or
  /// another mistake in disguise is dropped, core or not: there are no other numbers to draw.
  private static func certifyExpressions(
    _ mistakes: [Mistake], key: AnswerKey, parts: [Part], scope: ExpressionScope
  ) -> (live: [Mistake], isSound: Bool) {
    func prepared(_ value: AnswerValue?) -> ExpressionKey? {
      if case .expression(let text)? = value { scope.key(text) } else { nil }
    }
    var live: [Mistake] = []
    var seen = zip(parts, key.values).map { (part: $0.id, key: prepared($1)) }
    for mistake in mistakes {
      guard let own = prepared(mistake.value) else { continue }
      let isKnown = seen.contains { entry in
        entry.part == mistake.part
          && entry.key.map { $0.equality(with: own.expression) != .different } == true
      }
      if !isKnown {
        live.append(mistake)
        seen.append((mistake.part, own))
      }
    }
    return (live, seen.prefix(parts.count).allSatisfy { $0.key != nil })
  }
}
