package import Analysis
package import ExamModel
package import Storage

/// Whether a test was any good: what its results say about its questions.
package struct ExamReport: Sendable {
  /// One answer of the form.
  package struct Item: Sendable {
    package var title: String
    package var question: Int
    package var family: FamilyID
    /// Points to be had, in hundredths; 0 where it does not count any more.
    package var most: Int
    package var statistics: ItemStatistics
    /// Answers by outcome, as `OutcomeCode` tells them apart; a misconception counts as one outcome.
    package var outcomes: [String: Int]
    /// How many were asked.
    package var asked: Int

    package func share(of outcome: String) -> Double {
      asked > 0 ? Double(outcomes[outcome] ?? 0) / Double(asked) : 0
    }
  }

  /// A known mistake, and how many made it.
  package struct FrequentMistake: Sendable {
    package var title: String
    package var family: FamilyID
    package var id: MisconceptionID
    package var feedback: String
    package var count: Int
    /// Of those who were asked.
    package var share: Double
  }

  /// Wrong numbers just outside the tolerance beside all other wrong ones.
  package struct NearMisses: Sendable {
    package var title: String
    package var near: Int
    package var far: Int
    /// Mean share of the rest's points of those who were right, nearly right and wrong otherwise.
    package var restOfRight: Double?
    package var restOfNear: Double?
    package var restOfFar: Double?

    package enum Cause: String, Sendable {
      case tolerance, knowledge
      case unclear
    }

    /// Who was nearly right is like those who were right, or like those who were not.
    package var cause: Cause {
      guard near >= 10, let restOfRight, let restOfNear, let restOfFar, restOfRight > restOfFar
      else { return .unclear }
      return restOfNear > (restOfRight + restOfFar) / 2 ? .tolerance : .knowledge
    }
  }

  /// Whether draws of an answer differ in difficulty.
  package struct Fairness: Sendable {
    package var title: String
    package var test: Homogeneity
    /// The chance, corrected for all answers that were tested (Holm).
    package var corrected: Double
  }

  /// A question or family in Rasch's model.
  package struct Difficulty: Sendable {
    package var name: String
    package var family: FamilyID
    package var logits: Double
    package var error: Double
  }

  package var progress: RunProgress
  package var title: String
  package var possible: Points
  /// Sums over questions; parts of one question depend on one another, so that reliability counts
  /// questions.
  package var questions: ItemSums
  package var items: [Item]
  package var mistakes: [FrequentMistake]
  package var nearMisses: [NearMisses]
  package var fairness: [Fairness]
  package var difficulties: [Difficulty]
  /// KR-20: every question taken as right or not.
  package var rightOrNot: Double?
  /// Of how many candidates papers and typed answers were looked at again.
  package var sampled: Int
  /// Minutes that candidates of the sample took; empty where the export does not tell.
  package var minutes: [Double]
  package var comparison: RunComparison?
  package var suppositions: [Supposition] = []

  package var reliability: Reliability? { Reliability(questions) }
  package var candidates: Int { questions.count }

  /// The total below which a share of the candidates lies, in hundredths, as `Quantile` has it; 0
  /// where there are no candidates.
  package func quantile(_ share: Double) -> Double { questions.totals.quantile(share) ?? 0 }

  /// The minutes below which a share of the sample lies; nil where the export does not tell.
  package func minutes(at share: Double) -> Double? {
    let sorted = minutes.sorted()
    return Quantile.of(sorted.count, at: share) { sorted[$0] }
  }

  /// How many candidates got each twentieth of the points: up to 5 %, …, 95 to 100 %.
  package var histogram: [Int] {
    var bins = [Int](repeating: 0, count: 20)
    let most = max(1, possible.hundredths)
    for (total, count) in questions.totals.ascending {
      bins[min(max(0, total * 20 / most), 19)] += count
    }
    return bins
  }

  /// Difficulties of families: the mean of the questions that ask them.
  package var families: [Difficulty] {
    let groups = Dictionary(grouping: difficulties, by: \.family)
    return groups.map { family, members in
      let count = Double(members.count)
      return Difficulty(
        name: family.rawValue, family: family,
        logits: members.reduce(0) { $0 + $1.logits } / count,
        error: members.reduce(0) { $0 + $1.error * $1.error }.squareRoot() / count)
    }.sorted { ($0.logits, $0.name) < ($1.logits, $1.name) }
  }
}

/// What another run of the same test, or of another import, says beside this one.
package struct RunComparison: Sendable {
  package struct Shift: Sendable {
    package var name: String
    package var before: Double
    package var after: Double
  }

  package var other: RunProgress
  package var otherMean: Double?
  package var otherAlpha: Double?
  package var otherCandidates: Int
  /// Facilities of the answers that both have.
  package var facilities: [Shift]
  /// Difficulties of the families that both ask, on one scale: the other run's are moved so that
  /// these families have the same mean in both (mean linking).
  package var difficulties: [Shift]
  /// Who moved, where both graded the same answers.
  package var moves: MoveCount?
}

/// What a correction would do.
package struct Supposition: Sendable {
  package struct Mover: Sendable {
    package var candidate: CandidateID
    package var before: Points
    package var after: Points
    /// By how many percent of the points to be had; these may be fewer afterwards.
    package var change: Double
  }

  package var name: String
  package var compared: Int
  /// How many would have more, and fewer, of what is to be had.
  package var gain: Int
  package var lose: Int
  /// Those who would move most, at most a hundred.
  package var movers: [Mover]
}

// MARK: - What to look at

extension ExamReport {
  /// What an exam maker should look at, most telling first.
  package var findings: [String] {
    var found: [String] = []
    for item in items {
      let statistics = item.statistics
      guard statistics.count >= 20, let facility = statistics.facility else { continue }
      // A correlation's standard error is about 1/√n; what may be chance is not pointed out.
      let slack = 1.64 / Double(statistics.count).squareRoot()
      if let discrimination = statistics.discrimination, discrimination < -slack {
        found.append(
          "\(item.title): those who did well elsewhere did worse here (item–rest correlation "
            + "\(discrimination.fixed(2))); check the question and its key.")
      } else if let discrimination = statistics.discrimination, discrimination + slack < 0.15,
        facility > 0.05, facility < 0.95
      {
        found.append(
          "\(item.title): hardly tells those who know from those who do not (item–rest correlation "
            + "\(discrimination.fixed(2))).")
      }
      if facility < 0.1 {
        found.append("\(item.title): \((100 * facility).fixed(0)) % of its points were had.")
      }
      if facility > 0.97 {
        found.append("\(item.title): nearly everybody was right, so it told nothing.")
      }
      if item.share(of: "unreadable") > 0.05 {
        found.append(
          "\(item.title): \((100 * item.share(of: "unreadable")).fixed(0)) % could not be read; say "
            + "in the form how to type it.")
      }
      if item.share(of: "blank") > 0.25 {
        found.append("\(item.title): \((100 * item.share(of: "blank")).fixed(0)) % left it out.")
      }
    }
    for near in nearMisses where near.cause == .tolerance {
      found.append(
        "\(near.title): \(near.near) wrong answers lie just outside the tolerance and come from "
          + "people like those who were right; it may be too narrow.")
    }
    for unfair in fairness where unfair.corrected < 0.05 {
      found.append("\(unfair.title): some draws are harder than others.")
    }
    if let reliability, reliability.alpha < 0.7, candidates >= 30 {
      found.append(
        "Reliability is \(reliability.alpha.fixed(2)): too low to tell single candidates apart by a "
          + "few points.")
    }
    return found
  }
}
