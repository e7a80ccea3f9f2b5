/// How a regrade's verdicts meet those of the run before it.
package enum RegradePolicy: Int16, Sendable, Hashable {
  /// What comes out counts, be it more or less.
  case exact = 0
  /// Of each answer, the better of both verdicts.
  case neverLower = 1

  package var word: String {
    switch self {
    case .exact: "exact"
    case .neverLower: "never-lower"
    }
  }
}

/// A regrade that is about to begin.
package struct NewRegrade: Sendable {
  /// The run whose verdicts it is compared with, and whose rows it grades.
  package var earlier: RunKey
  package var policy: RegradePolicy
  package var keyVersion: String
  package var legend: RunLegend
  package var reason: String
  package var begunBy: String

  package init(
    earlier: RunKey, policy: RegradePolicy, keyVersion: String, legend: RunLegend, reason: String,
    begunBy: String
  ) {
    self.earlier = earlier
    self.policy = policy
    self.keyVersion = keyVersion
    self.legend = legend
    self.reason = reason
    self.begunBy = begunBy
  }
}

/// What makes a run a regrade.
package struct RegradeRecord: Sendable, Hashable {
  package var run: RunKey
  package var earlier: RunKey
  package var policy: RegradePolicy
  package var reason: String
  package var begunBy: String
}

/// A candidate's verdicts with the raw cells that they are about.
package struct GradedAnswers: Sendable, Hashable {
  package var result: ResultRecord
  package var cells: [String]
}
