import Analysis
package import ExamModel
import Storage

extension ExamReport {
  /// Everything that the page shows, in numbers. Points are marks, shares are of 1.
  package var json: JSON {
    var members: [(String, JSON)] = [
      ("test", .string(progress.run.test.rawValue)), ("title", .string(title)),
      ("run", .integer(Int(progress.run.run))), ("file", .string(progress.fileName)),
      ("candidates", .integer(candidates)), ("possible", possible.json),
      ("findings", .array(findings.map { .string($0) })), ("scores", scoresJSON),
      ("reliability", reliabilityJSON), ("items", .array(items.map(\.json))),
      ("misconceptions", .array(mistakes.map(\.json))), ("sampled", .integer(sampled)),
      ("nearMisses", .array(nearMisses.map(\.json))), ("fairness", .array(fairness.map(\.json))),
      (
        "rasch",
        .object([
          ("questions", .array(difficulties.map(\.json))),
          ("families", .array(families.map(\.json))),
        ])
      ),
      ("minutes", minutesJSON),
    ]
    if let comparison { members.append(("comparison", comparison.json)) }
    if !suppositions.isEmpty {
      members.append(("suppositions", .array(suppositions.map(\.json))))
    }
    return .object(members)
  }

  private var scoresJSON: JSON {
    .object([
      ("mean", .marks(questions.mean)), ("deviation", .marks(questions.variance?.squareRoot())),
      ("quartiles", .array([0.25, 0.5, 0.75].map { .marks(quantile($0)) })),
      ("twentieths", .array(histogram.map { .integer($0) })),
    ])
  }

  private var reliabilityJSON: JSON {
    guard let reliability else { return .null }
    let ends = { (range: ClosedRange<Double>) in [range.lowerBound, range.upperBound] }
    return .object([
      ("questions", .integer(reliability.items)), ("alpha", .number(reliability.alpha)),
      ("alphaInterval", .array(ends(reliability.interval).map { .number($0) })),
      ("kr20", .optional(rightOrNot)), ("standardError", .marks(reliability.error)),
      ("standardErrorInterval", .array(ends(reliability.errorInterval).map { .marks($0) })),
    ])
  }

  private var minutesJSON: JSON {
    guard !minutes.isEmpty else { return .null }
    return .object([
      ("known", .integer(minutes.count)),
      ("quartiles", .array([0.25, 0.5, 0.75].map { .optional(minutes(at: $0)) })),
    ])
  }
}

extension JSON {
  fileprivate static func optional(_ x: Double?) -> JSON { x.map { .number($0) } ?? .null }
  /// Marks, of hundredths.
  fileprivate static func marks(_ hundredths: Double?) -> JSON {
    .optional(hundredths.map { $0 / 100 })
  }
}

extension ExamReport.Item {
  fileprivate var json: JSON {
    .object([
      ("field", .string(title)), ("family", .string(family.rawValue)),
      ("possible", Points(hundredths: most).json), ("asked", .integer(asked)),
      ("facility", .optional(statistics.facility)),
      ("deviation", .marks(statistics.deviation)),
      ("discrimination", .optional(statistics.discrimination)),
      ("discriminativeEfficiency", .optional(statistics.efficiency)),
      ("effectiveWeight", .optional(statistics.weight)),
      (
        "outcomes",
        .object(outcomes.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
    ])
  }
}

extension ExamReport.FrequentMistake {
  fileprivate var json: JSON {
    .object([
      ("field", .string(title)), ("family", .string(family.rawValue)),
      ("id", .string(id.rawValue)), ("count", .integer(count)), ("share", .number(share)),
      ("feedback", .string(feedback)),
    ])
  }
}

extension ExamReport.NearMisses {
  fileprivate var json: JSON {
    .object([
      ("field", .string(title)), ("near", .integer(near)), ("far", .integer(far)),
      ("restOfRight", .optional(restOfRight)), ("restOfNear", .optional(restOfNear)),
      ("restOfFar", .optional(restOfFar)), ("cause", .string(cause.rawValue)),
    ])
  }
}

extension ExamReport.Fairness {
  fileprivate var json: JSON {
    .object([
      ("field", .string(title)), ("chiSquared", .number(test.chiSquared)),
      ("degrees", .integer(test.degrees)), ("chance", .number(test.chance)),
      ("corrected", .number(corrected)),
      (
        "draws",
        .array(
          test.groups.map {
            .object([
              ("key", .string($0.name)), ("right", .integer($0.right)),
              ("count", .integer($0.count)),
            ])
          })
      ),
    ])
  }
}

extension ExamReport.Difficulty {
  fileprivate var json: JSON {
    .object([
      ("name", .string(name)), ("family", .string(family.rawValue)), ("logits", .number(logits)),
      ("standardError", .number(error)),
    ])
  }
}

extension RunComparison {
  fileprivate var json: JSON {
    let shifts = { (shifts: [Shift]) -> JSON in
      .array(
        shifts.map {
          .object([
            ("name", .string($0.name)), ("before", .number($0.before)),
            ("after", .number($0.after)),
          ])
        })
    }
    return .object([
      ("run", .integer(Int(other.run.run))), ("candidates", .integer(otherCandidates)),
      ("mean", .marks(otherMean)), ("alpha", .optional(otherAlpha)),
      ("facilities", shifts(facilities)), ("linkedDifficulties", shifts(difficulties)),
      ("moves", moves.map(\.json) ?? .null),
    ])
  }
}

extension MoveCount {
  fileprivate var json: JSON {
    .object([
      ("compared", .integer(compared)), ("changed", .integer(changed)), ("up", .integer(up)),
      ("down", .integer(down)), ("points", points.json),
    ])
  }
}

extension Supposition {
  fileprivate var json: JSON {
    .object([
      ("correction", .string(name)), ("compared", .integer(compared)),
      ("gain", .integer(gain)), ("lose", .integer(lose)),
      (
        "candidates",
        .array(
          movers.map {
            .object([
              ("candidate", .string($0.candidate.rawValue)), ("before", $0.before.json),
              ("after", $0.after.json), ("percentChange", .number($0.change)),
            ])
          })
      ),
    ])
  }
}
