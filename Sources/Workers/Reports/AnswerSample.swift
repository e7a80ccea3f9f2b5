import Analysis
import ExamModel
import Marking
import ResponseSheets
import Storage

/// What the papers and typed answers of a sample say.
struct AnswerSample {
  /// Sums of one answer over those who were right, nearly right and wrong otherwise.
  private struct Nearness {
    var counts = [0, 0, 0]
    var rests = [0.0, 0.0, 0.0]

    func rest(_ group: Int) -> Double? {
      counts[group] > 0 ? rests[group] / Double(counts[group]) : nil
    }
  }

  private var nearness: [Nearness]
  private var draws: [DrawGroups]
  private let timeTaken: TimeTaken?
  private(set) var minutes: [Double] = []

  init(_ legend: RunLegend, titles: [String]) {
    nearness = legend.items.map { _ in Nearness() }
    draws = legend.items.map { _ in DrawGroups() }
    timeTaken = TimeTaken(titles: titles)
  }

  mutating func add(_ marks: [KeyedMark], _ result: ResultRecord, cells: [String]) {
    if let seconds = timeTaken?.seconds(in: cells) { minutes.append(seconds / 60) }
    for keyed in marks {
      let item = keyed.item
      let possible = Int(result.possibleEach[item])
      guard possible > 0, result.outcomes[item] != OutcomeCode.void else { continue }
      let awarded = Int(result.awardedEach[item])
      draws[item].add(keyed.key, isRight: awarded == possible)
      guard keyed.key.isNumeric, keyed.mark.part.tolerance != .exact else { continue }
      let others = result.possible.hundredths - possible
      guard others > 0 else { continue }
      let rest = Double(result.awarded.hundredths - awarded) / Double(others)
      let group: Int
      switch result.outcomes[item] {
      case OutcomeCode.correct: group = 0
      case OutcomeCode.incorrect:
        let isNear = keyed.mark.reading.value.map {
          keyed.mark.part.tolerance.nearlyAccepts($0, key: keyed.key)
        }
        group = isNear == true ? 1 : 2
      default: continue
      }
      nearness[item].counts[group] += 1
      nearness[item].rests[group] += rest
    }
  }

  /// Answers that have wrong numbers near the key, most first.
  func nearMisses(_ legend: RunLegend) -> [ExamReport.NearMisses] {
    zip(legend.items, nearness).compactMap { item, found in
      guard found.counts[1] > 0 else { return nil }
      return ExamReport.NearMisses(
        title: FormItem(question: item.question, field: item.part).title, near: found.counts[1],
        far: found.counts[2], restOfRight: found.rest(0), restOfNear: found.rest(1),
        restOfFar: found.rest(2))
    }.sorted { ($1.near, $0.title) < ($0.near, $1.title) }
  }

  /// Tests of draws, least likely first.
  func fairness(_ legend: RunLegend) -> [ExamReport.Fairness] {
    let tests = zip(legend.items, draws).compactMap { item, groups in
      Homogeneity(groups.groups).map {
        (FormItem(question: item.question, field: item.part).title, $0)
      }
    }
    let corrected = Distributions.holm(tests.map(\.1.chance))
    return zip(tests, corrected)
      .map { ExamReport.Fairness(title: $0.0, test: $0.1, corrected: $1) }
      .sorted { ($0.test.chance, $0.title) < ($1.test.chance, $1.title) }
  }
}

/// Candidates counted by what their draw's key is: by the key where there are few, else by its size.
/// Sizes are kept to three digits, 900 to a power of ten, so that any number of candidates fits.
private struct DrawGroups {
  private struct Tally {
    var right = 0
    var count = 0

    mutating func add(_ isRight: Bool) {
      count += 1
      if isRight { right += 1 }
    }
  }

  private static let mostKeys = 12

  /// Nil once there are too many different keys.
  private var byKey: [String: Tally]? = [:]
  private var bySize: [Double: Tally] = [:]

  mutating func add(_ key: AnswerValue, isRight: Bool) {
    if byKey != nil {
      byKey?[key.plainText, default: Tally()].add(isRight)
      if let count = byKey?.count, count > Self.mostKeys { byKey = nil }
    }
    let size: Double
    switch key {
    case .number(let x) where x.isFinite: size = x.magnitude
    case .integer(let n): size = Double(n.magnitude)
    default: return
    }
    bySize[size.rounded(significant: 3), default: Tally()].add(isRight)
  }

  var groups: [Homogeneity.Group] {
    if let byKey {
      return byKey.sorted { $0.key < $1.key }.map {
        .init(name: $0.key, right: $0.value.right, count: $0.value.count)
      }
    }
    // Quarters by size; equal sizes stay together.
    let total = bySize.values.reduce(0) { $0 + $1.count }
    var groups: [Homogeneity.Group] = []
    var (group, seen, quarter) = (Tally(), 0, 1)
    for (size, tally) in bySize.sorted(by: { $0.key < $1.key }) {
      group.right += tally.right
      group.count += tally.count
      seen += tally.count
      guard 4 * seen >= quarter * total else { continue }
      groups.append(
        .init(name: "size up to \(JSON.number(size).text)", right: group.right, count: group.count))
      group = Tally()
      quarter = 4 * seen / total + 1
    }
    return groups
  }
}

extension Double {
  fileprivate func rounded(significant digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    var exponent = 0
    var leading = magnitude
    while leading >= 10 { (leading, exponent) = (leading / 10, exponent + 1) }
    while leading < 1 { (leading, exponent) = (leading * 10, exponent - 1) }
    let unit = Double.powerOfTen(exponent - digits + 1)
    let scaled = (self / unit).rounded()
    return exponent < digits ? scaled / Double.powerOfTen(digits - 1 - exponent) : scaled * unit
  }
}

extension Tolerance {
  /// How many times the tolerance a near miss may be off.
  private static let stretch = 5.0

  /// Whether an answer that is not within the tolerance is within a few times of it.
  func nearlyAccepts(_ answer: AnswerValue, key: AnswerValue) -> Bool {
    guard key.isNumeric, answer.hasSameLayout(as: key) else { return false }
    return zip(answer.entries, key.entries).allSatisfy { x, right in
      let bound: Double
      switch self {
      case .exact: bound = 0
      case .decimals(let places): bound = Double.powerOfTen(-places) / 2
      case .absolute(let most): bound = most
      case .relative(let share): bound = share * right.magnitude
      case .significant(let digits): bound = Double.powerOfTen(1 - digits) / 2 * right.magnitude
      }
      return (x - right).magnitude <= Self.stretch * bound
    }
  }
}
