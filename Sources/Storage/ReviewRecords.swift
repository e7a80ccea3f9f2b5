package import ExamModel

/// One answer of one row: what a person's decision is about, whatever run graded it.
package struct AnswerPlace: Sendable, Hashable {
  package var batch: BatchKey
  package var line: Int
  package var item: FormItem

  package init(batch: BatchKey, line: Int, item: FormItem) {
    self.batch = batch
    self.line = line
    self.item = item
  }
}

/// What a person decided about one answer, and stands in every run over its row.
package struct Overrule: Sendable, Hashable {
  package var place: AnswerPlace
  package var candidate: CandidateID
  /// An `OutcomeCode`; nil where only the points were set.
  package var outcome: Int16?
  package var awarded: Points
  package var reason: String
  package var decidedBy: String
  /// Microseconds since 1970 in UTC; the store's clock when it is written.
  package var decidedMicroseconds: Int64

  package init(
    place: AnswerPlace, candidate: CandidateID, outcome: Int16?, awarded: Points,
    reason: String, decidedBy: String, decidedMicroseconds: Int64 = 0
  ) {
    self.place = place
    self.candidate = candidate
    self.outcome = outcome
    self.awarded = awarded
    self.reason = reason
    self.decidedBy = decidedBy
    self.decidedMicroseconds = decidedMicroseconds
  }
}

extension ResultRecord {
  /// The verdicts that count: the machine's, and a person's where there is one.
  ///
  /// A void answer stays void, and nobody gets more than what is possible by then.
  package func overruled(by overrules: [Overrule], legend: RunLegend) -> ResultRecord {
    guard !overrules.isEmpty else { return self }
    var standing = self
    for overrule in overrules where overrule.place.line == line {
      let item = overrule.place.item
      let index = legend.items.firstIndex { $0.isField(item) }
      guard let index, outcomes[index] != OutcomeCode.notAsked, outcomes[index] != OutcomeCode.void
      else { continue }
      let points = min(Int32(overrule.awarded.hundredths), possibleEach[index])
      standing.awarded.hundredths += Int(points - standing.awardedEach[index])
      standing.awardedEach[index] = points
      if let outcome = overrule.outcome { standing.outcomes[index] = outcome }
    }
    return standing
  }
}

extension RunLegend.Item {
  package func isField(_ item: FormItem) -> Bool {
    question == item.question && part == item.field
  }
}
