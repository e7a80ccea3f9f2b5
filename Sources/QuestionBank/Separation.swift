import Calculus
package import ExamModel

/// The certificate of a draw: its answers can be told from one another, from its mistakes, and from
/// what a guesser tries first.
package struct Separation: Sendable {
  /// What a part says about nearness; copying it counts no references.
  private struct Measure {
    let kind: AnswerKind
    let tolerance: Tolerance
    /// The last place that is asked, where decimals are.
    let unit: Double?
    let isFraction: Bool
    let mayBeObvious: Bool
    /// Whether a paper usually asks the part.
    let isUsual: Bool
  }

  private let parts: [PartID]
  private let measures: [Measure]
  private let misconceptions: [MisconceptionID]
  /// For each misconception, whether it is a core one.
  private let isCore: [Bool]

  /// - Parameter usual: the parts that a paper usually asks.
  package init(of parts: [Part], usual: Set<PartID>, misconceptions: [Misconception]) {
    self.parts = parts.map(\.id)
    measures = parts.map {
      let unit: Double? =
        if case .decimals(let d) = $0.tolerance { Double.powerOfTen(-d) } else { nil }
      return Measure(
        kind: $0.kind, tolerance: $0.tolerance, unit: unit, isFraction: $0.isFraction,
        mayBeObvious: $0.mayBeObvious, isUsual: usual.contains($0.id))
    }
    self.misconceptions = misconceptions.map(\.id)
    isCore = misconceptions.map(\.isCore)
  }

  /// How far apart two answers of one part must lie, around numbers of a magnitude.
  ///
  /// To decimals: five times 2 in the last place asked, since two in the last place is what rounding
  /// on the way can add up to. Estimates must be three tolerances apart.
  private static func margin(of part: Measure, around magnitude: Double) -> Double {
    switch part.tolerance {
    case .exact: 0
    case .decimals: 10 * (part.unit ?? 0)
    case .absolute(let x): 5 * x
    case .relative(let x): 3 * x * magnitude
    case .significant(let s): 10 * Double.powerOfTen(-s) * magnitude
    }
  }

  /// Whether a reader with the part's tolerance can tell the answers apart.
  ///
  /// Fractions, with which nothing is rounded on the way, need only round to different numbers.
  private static func areApart(_ a: AnswerValue, _ b: AnswerValue, in part: Measure) -> Bool {
    guard a.hasSameLayout(as: b) else { return true }
    guard a.isNumeric else { return a != b }
    if let unit = fractionUnit(of: part) { return !roundAlike(a, b, to: unit) }
    var magnitude = 0.0
    switch part.tolerance {
    case .relative, .significant:
      _ = a.allPairs(with: b) { x, y in
        magnitude = max(magnitude, x.magnitude, y.magnitude)
        return true
      }
    default: break
    }
    let margin = margin(of: part, around: magnitude)
    return !a.allPairs(with: b) { !(($0 - $1).magnitude > margin) }
  }

  /// The last place that a fraction is asked to; nil for a part of another kind.
  private static func fractionUnit(of part: Measure) -> Double? {
    part.isFraction ? part.unit : nil
  }

  /// Whether one text may be the rounding of both answers; half-way, both neighbours are roundings.
  private static func roundAlike(_ a: AnswerValue, _ b: AnswerValue, to unit: Double) -> Bool {
    a.allPairs(with: b) { x, y in
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
  package func standsAlone(
    _ key: AnswerKey, twins: @autoclosure () -> [Set<PartID>]
  ) -> Bool {
    for (index, measure) in measures.enumerated() {
      guard let value = key.values[index], value.isNumeric else { continue }
      if Self.isUndecided(value, in: measure) { return false }
      guard measure.isUsual else { continue }
      if Self.isObvious(value, in: measure) { return false }
      if measure.kind == .shape { continue }
      for earlier in 0..<index where measures[earlier].isUsual {
        guard measures[earlier].kind == measure.kind, let other = key.values[earlier],
          Self.areSame(value, other, in: measure)
        else { continue }
        let areTwins = twins().contains { $0.contains(parts[index]) && $0.contains(parts[earlier]) }
        if !areTwins { return false }
      }
    }
    return true
  }

  /// Whether one text may answer two parts of a kind.
  private static func areSame(_ a: AnswerValue, _ b: AnswerValue, in part: Measure) -> Bool {
    guard a.hasSameLayout(as: b), let unit = fractionUnit(of: part) else { return a == b }
    return roundAlike(a, b, to: unit)
  }

  /// Whether a number is accepted where 0, 1 or, of the reals, ½ is typed.
  private static func isObvious(_ value: AnswerValue, in part: Measure) -> Bool {
    guard !part.mayBeObvious else { return false }
    switch value {
    case .integer(let n): return n == 0 || n == 1
    case .number(let x):
      guard let unit = part.unit else { return x == 0 || x == 1 }
      return [0, 0.5, 1].contains { (x - $0).magnitude <= unit }
    default: return false
    }
  }

  /// Whether a real lies within the error of single precision of the border between two roundings,
  /// and not on it: there both roundings are right.
  private static func isUndecided(_ value: AnswerValue, in part: Measure) -> Bool {
    guard let unit = part.unit else { return false }
    return !value.allEntries { x in
      let scaled = (x / unit).magnitude
      let distance = (scaled - scaled.rounded(.down) - 0.5).magnitude
      // More digits were asked for than single precision has: it is no route to the answer.
      let error = scaled * 1e-6 < 0.25 ? max(1e-4, scaled * 1e-6) : 0
      return distance <= 1e-9 || distance >= error
    }
  }

  /// The mistakes that can be told apart, and whether the draw may be used.
  ///
  /// A mistake that is no number is dropped. Core mistakes come first; one too near the key or
  /// another core one spoils the draw. An optional one too near anything before it is dropped.
  ///
  /// - Parameter onlySound: whether mistakes are wanted of a sound draw only.
  package func certify(
    _ mistakes: [Mistake], key: AnswerKey, names: @autoclosure () -> NamedQuantities = .none,
    onlySound: Bool = false
  ) -> (live: [Mistake], isSound: Bool) {
    if measures.contains(where: { $0.kind == .expression }) {
      return certifyExpressions(mistakes, key: key, scope: ExpressionScope(names()))
    }
    var isSound = key.values.allSatisfy { $0?.allEntries(\.isFinite) ?? true }
    var fates = fates(of: mistakes, key: key)
    for wanted in [true, false] {
      for index in fates.indices where fates[index].isCore == wanted {
        guard isSound || !onlySound else { return ([], false) }
        let (part, value) = (fates[index].part, mistakes[index].value)
        guard part >= 0, let right = key.values[part] else { continue }
        let measure = measures[part]
        fates[index].isLive =
          Self.areApart(value, right, in: measure)
          && fates.indices.allSatisfy {
            !fates[$0].isLive || fates[$0].part != part
              || Self.areApart(mistakes[$0].value, value, in: measure)
          }
        if wanted, !fates[index].isLive { isSound = false }
      }
    }
    var live: [Mistake] = []
    live.reserveCapacity(mistakes.count)
    for wanted in [true, false] {
      for (index, fate) in fates.enumerated() where fate.isLive && fate.isCore == wanted {
        live.append(mistakes[index])
      }
    }
    return (live, isSound)
  }

  /// What is found out about a mistake.
  private struct Fate {
    /// The part it is about; -1 where there is none, or the mistake is no number.
    let part: Int
    let isCore: Bool
    var isLive = false
  }

  private func fates(of mistakes: [Mistake], key: AnswerKey) -> [Fate] {
    // Mistakes come mostly in the order of parts and misconceptions: look from the last one on.
    var (part, misconception) = (0, 0)
    return mistakes.map { mistake in
      let known = misconceptions.index(of: mistake.id, from: misconception)
      misconception = known ?? misconception
      let about = parts.index(of: mistake.part, from: part)
      part = about ?? part
      let isNumber = mistake.value.allEntries(\.isFinite)
      return Fate(
        part: isNumber ? about ?? -1 : -1, isCore: known.map { isCore[$0] } ?? false)
    }
  }

  /// As for numbers; all parts of a family are expressions or none is. A mistake that is the key or
  /// another mistake in disguise is dropped, core or not: there are no other numbers to draw.
  private func certifyExpressions(
    _ mistakes: [Mistake], key: AnswerKey, scope: ExpressionScope
  ) -> (live: [Mistake], isSound: Bool) {
    func prepared(_ value: AnswerValue?) -> ExpressionKey? {
      if case .expression(let text)? = value { scope.key(text) } else { nil }
    }
    var live: [Mistake] = []
    var seen = zip(parts, key.values).map { (part: $0, key: prepared($1)) }
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

extension Array where Element: Equatable {
  /// The index of the first such element, looking from `start` to the end and then before it.
  fileprivate func index(of element: Element, from start: Int) -> Int? {
    for index in start..<count where self[index] == element { return index }
    for index in 0..<start where self[index] == element { return index }
    return nil
  }
}
