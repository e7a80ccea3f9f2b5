import Calculus

/// Finds candidates whose wrong answers are other candidates' right ones more often than chance
/// explains.
///
/// Papers are unique, and which paper somebody got is chance. So, whatever a candidate answered, the
/// keys of all others are dealt to the others' papers by lot, question by question: a wrong answer
/// that `holders` of `n` other papers have as their key equals a given one's with chance holders/n.
/// If instead a share c of the wrong answers was taken from that paper, it is c + (1 − c)·holders/n.
/// The likelihood ratio of the two, over all wrong answers that are anybody's key, averaged over
/// several c, has expectation 1 where nothing was taken. By Markov's inequality it exceeds m with
/// chance 1/m at most, so that with a threshold of pairs/α the chance of any false alarm among all
/// ordered pairs is α at most (Bonferroni; Vovk and Wang 2021 on such e-values). No assumption about
/// abilities is made, nor about how hard questions are.
package struct Similarity: Sendable {
  /// What stands at one place of a paper, as a number: equal ones mean equal answers.
  package struct Entry: Sendable, Hashable {
    /// Index of the answer among all that the test asks.
    package var item: Int
    package var value: UInt64

    package init(item: Int, value: UInt64) {
      self.item = item
      self.value = value
    }

    /// One number for the place and what stands there (SplitMix64's finaliser).
    fileprivate var code: UInt64 {
      var z = value &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(item + 1)
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// A wrong answer that is somebody else's right one.
  package struct Match: Sendable, Hashable {
    package var item: Int
    /// Chance that it is by accident.
    package var chance: Double
  }

  /// Two candidates, the first of whom has right answers to the second's questions.
  package struct Pair: Sendable, Hashable {
    /// Places in the order in which candidates were added.
    package var answers: Int
    package var paper: Int
    /// How many times as likely the agreement is if answers were taken than by chance; natural
    /// logarithm.
    package var logRatio: Double
    package var matches: [Match]
    /// Questions with a wrong answer that is anybody's key, and so could have matched.
    package var eligible: Int
  }

  /// Shares of answers taken that are considered.
  private static let shares = [0.1, 0.3, 0.5, 0.7, 0.9]
  /// Keys that more papers than this have say too little to be looked up.
  private static let mostHolders = 200

  private struct Holder {
    var code: UInt64
    var paper: Int32
  }

  /// For each item, the question that it belongs to.
  private let questions: [Int]
  private var holders: [Holder] = []
  private var wrong: [[Entry]] = []

  /// - Parameter questions: for each item, the question that it belongs to.
  package init(questions: [Int]) { self.questions = questions }

  package var count: Int { wrong.count }

  /// The number of ordered pairs, by which the threshold is corrected.
  package var pairCount: Double { Double(count) * Double(max(0, count - 1)) }

  /// Takes a candidate's keys and those of their answers that are wrong and no known mistake.
  package mutating func add(keys: [Entry], wrong: [Entry]) {
    let paper = Int32(self.wrong.count)
    for key in keys { holders.append(Holder(code: key.code, paper: paper)) }
    self.wrong.append(wrong)
  }

  /// The logarithm of the ratio that a pair must reach where at most a share `level` of clean cohorts
  /// may have any pair named.
  package func threshold(level: Double) -> Double {
    Elementary.log(max(1, pairCount) / level)
  }

  /// Pairs beyond the threshold, most telling first.
  ///
  /// The keys are sorted, so that only papers that share a value are ever looked at together.
  package mutating func pairs(level: Double) -> [Pair] {
    holders.sort { ($0.code, $0.paper) < ($1.code, $1.paper) }
    let threshold = threshold(level: level)
    var found: [Pair] = []
    for index in wrong.indices { found += pairs(of: index, beyond: threshold) }
    return found.sorted {
      ($1.logRatio, $0.answers, $0.paper) < ($0.logRatio, $1.answers, $1.paper)
    }
  }

  private func pairs(of index: Int, beyond threshold: Double) -> [Pair] {
    let eligible = eligible(of: index)
    guard eligible.count > 1 else { return [] }
    var matches: [Int32: [Match]] = [:]
    for (match, papers) in eligible {
      for holder in holders[papers] { matches[holder.paper, default: []].append(match) }
    }
    return matches.compactMap { paper, matches in
      guard matches.count > 1 else { return nil }
      let ratio = Self.logRatio(matches, of: eligible.count)
      guard ratio >= threshold else { return nil }
      return Pair(
        answers: index, paper: Int(paper), logRatio: ratio, matches: matches,
        eligible: eligible.count)
    }
  }

  /// Of each question one wrong answer, as its parts' keys depend on one another: the one that fewest
  /// other papers have as their key, chosen before any of these papers is looked at.
  private func eligible(of index: Int) -> [(Match, Range<Int>)] {
    var best: [Int: (Match, Range<Int>)] = [:]
    for entry in wrong[index] {
      let papers = range(of: entry.code)
      let question = questions[entry.item]
      guard !papers.isEmpty, papers.count <= Self.mostHolders,
        papers.count * 2 < count, papers.count < best[question]?.1.count ?? .max
      else { continue }
      let chance = Double(papers.count) / Double(count - 1)
      best[question] = (Match(item: entry.item, chance: chance), papers)
    }
    return best.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The holders of a value, by bisection.
  private func range(of code: UInt64) -> Range<Int> {
    let start = firstHolder { $0 >= code }
    var end = start
    while end < holders.count, holders[end].code == code, end - start <= Self.mostHolders {
      end += 1
    }
    return start..<end
  }

  private func firstHolder(where isBeyond: (UInt64) -> Bool) -> Int {
    var (low, high) = (0, holders.count)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(holders[middle].code) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The mean over shares c of Π (c + (1−c)p)/p over matches and Π (1−c) over the others, where
  /// (1 − c)(1 − p)/(1 − p) = 1 − c.
  private static func logRatio(_ matches: [Match], of eligible: Int) -> Double {
    let logs = shares.map { share in
      matches.reduce(Double(eligible - matches.count) * Elementary.log(1 - share)) { sum, match in
        sum + Elementary.log((share + (1 - share) * match.chance) / match.chance)
      }
    }
    let most = logs.max() ?? 0
    let sum = logs.reduce(0) { $0 + Elementary.exp($1 - most) }
    return most + Elementary.log(sum / Double(shares.count))
  }
}
