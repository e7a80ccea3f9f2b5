import Calculus
package import ExamModel

/// The certificate of a draw: its answers can be told from one another, from its mistakes, and from
/// what a guesser tries first.
package enum Separation {
  /// What a part says about nearness. Copying it counts no references, as copying parts does, and
  /// each draw makes hundreds of comparisons.
  private struct Measure {
    let tolerance: Tolerance
    let isFraction: Bool
    let mayBeObvious: Bool

    init(_ parts: [Part], _ index: Int) {
      tolerance = parts[index].tolerance
      isFraction = parts[index].isFraction
      mayBeObvious = parts[index].mayBeObvious
    }
  }

  /// How far apart two answers of one part must lie, around numbers of a magnitude.
  ///
  /// To decimals: five times 2 in the last place asked, since two in the last place is what rounding
  /// on the way can add up to. Fractions, with which nothing is rounded on the way, need only round
  /// to different numbers. Estimates must be three tolerances apart.
  private static func margin(of part: Measure, around magnitude: Double) -> Double {
    switch part.tolerance {
    case .exact: 0
    case .decimals(let d): (part.isFraction ? 0.999 : 10) * Double.powerOfTen(-d)
    case .absolute(let x): 5 * x
    case .relative(let x): 3 * x * magnitude
    case .significant(let s): 10 * Double.powerOfTen(-s) * magnitude
    }
  }

  /// Whether a reader with the part's tolerance can tell the answers apart.
  private static func areApart(_ a: AnswerValue, _ b: AnswerValue, in part: Measure) -> Bool {
    guard a.hasSameLayout(as: b) else { return true }
    guard a.isNumeric else { return a != b }
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
    guard let unit = fractionUnit(of: part) else {
      return !a.allPairs(with: b) { !(($0 - $1).magnitude > margin) }
    }
    return !a.allPairs(with: b) { x, y in
      !(((x / unit).rounded() * unit - (y / unit).rounded() * unit).magnitude > margin)
    }
  }

  /// What fractions are rounded to before they are compared; nil for all else, compared in full.
  private static func fractionUnit(of part: Measure) -> Double? {
    guard part.isFraction, case .decimals(let d) = part.tolerance else { return nil }
    return Double.powerOfTen(-d)
  }

  /// Whether two answers are one as they are compared.
  private static func areOne(_ a: AnswerValue, _ b: AnswerValue, in part: Measure) -> Bool {
    guard let unit = fractionUnit(of: part), a.isNumeric else { return a == b }
    let round = { (x: Double) in (x / unit).rounded() * unit }
    return a.mapReals(round) == b.mapReals(round)
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
  ///
  /// - Parameter isUsual: for each part, whether a paper usually asks it.
  package static func standsAlone(
    _ key: AnswerKey, parts: [Part], isUsual: [Bool], twins: @autoclosure () -> [Set<PartID>]
  ) -> Bool {
    for index in parts.indices {
      guard let value = key[index], value.isNumeric else { continue }
      let measure = Measure(parts, index)
      if isUndecided(value, in: measure) { return false }
      guard isUsual[index] else { continue }
      if isObvious(value, in: measure) { return false }
      let kind = parts[index].kind
      if kind == .shape { continue }
      for earlier in 0..<index where isUsual[earlier] && parts[earlier].kind == kind {
        guard let other = key[earlier], areOne(value, other, in: measure) else { continue }
        let pair: Set = [parts[index].id, parts[earlier].id]
        if !twins().contains(where: { $0.isSuperset(of: pair) }) { return false }
      }
    }
    return true
  }

  /// Whether a number is accepted where 0, 1 or, of the reals, ½ is typed.
  private static func isObvious(_ value: AnswerValue, in part: Measure) -> Bool {
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
  private static func isUndecided(_ value: AnswerValue, in part: Measure) -> Bool {
    guard case .decimals(let d) = part.tolerance else { return false }
    let unit = Double.powerOfTen(-d)
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
  package static func certify(
    _ mistakes: [Mistake], key: AnswerKey, parts: [Part], misconceptions: [Misconception],
    names: @autoclosure () -> NamedQuantities = .none, onlySound: Bool = false
  ) -> (live: [Mistake], isSound: Bool) {
    if parts.contains(where: { $0.kind == .expression }) {
      return certifyExpressions(mistakes, key: key, parts: parts, scope: ExpressionScope(names()))
    }
    var isSound = key.values.allSatisfy { $0?.allEntries(\.isFinite) ?? true }
    var live: [Mistake] = []
    live.reserveCapacity(mistakes.count)
    // For each live mistake, which part it is about.
    var places: [Int] = []
    places.reserveCapacity(mistakes.count)
    func admit(core isWanted: Bool) {
      // Mistakes come mostly in the order of parts and misconceptions: look from the last one on.
      var (place, misconception) = (0, 0)
      for mistake in mistakes where isSound || !onlySound {
        let known = misconceptions.index(from: misconception) { $0.id == mistake.id }
        misconception = known ?? misconception
        guard isWanted == known.map({ misconceptions[$0].isCore }) ?? false,
          mistake.value.allEntries(\.isFinite),
          let index = parts.index(from: place, where: { $0.id == mistake.part }),
          let right = key[index]
        else { continue }
        place = index
        let measure = Measure(parts, index)
        let isApart =
          areApart(mistake.value, right, in: measure)
          && live.indices.allSatisfy {
            places[$0] != index || areApart(live[$0].value, mistake.value, in: measure)
          }
        if isApart {
          live.append(mistake)
          places.append(index)
        } else if isWanted {
          isSound = false
        }
      }
    }
    admit(core: true)
    admit(core: false)
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

extension Array {
  /// The index of the first element that fits, looking from `start` to the end and then before it.
  fileprivate func index(from start: Int, where fits: (Element) -> Bool) -> Int? {
    for index in start..<count where fits(self[index]) { return index }
    for index in 0..<start where fits(self[index]) { return index }
    return nil
  }
}
