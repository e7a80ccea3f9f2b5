/// What became of one answer.
package enum Outcome: Sendable, Hashable {
  /// Within tolerance of the key.
  case correct
  /// The right value, rounded more coarsely than asked.
  case imprecise
  /// Right, given the candidate's own earlier answer.
  case followThrough
  /// Equals the value that a known mistake gives.
  case misconception(MisconceptionID)
  /// Read, and wrong.
  case incorrect
  /// Nothing typed.
  case blank
  /// Kept for a person to look at; never a silent zero.
  case unreadable

  /// The word that the command line, the store and webhooks use.
  package var word: String {
    switch self {
    case .correct: "correct"
    case .imprecise: "imprecise"
    case .followThrough: "followThrough"
    case .misconception: "misconception"
    case .incorrect: "incorrect"
    case .blank: "blank"
    case .unreadable: "unreadable"
    }
  }
}

/// The outcome of one part with its points and the reasons for them.
package struct Verdict: Sendable, Hashable {
  package var part: PartID
  package var outcome: Outcome
  /// The canonical reading of what was typed; nil where nothing could be read.
  package var reading: AnswerValue?
  package var awarded: Points
  package var possible: Points
  /// What a teacher would say; nil where there is nothing to add to the outcome.
  package var feedback: String?
  /// How the reading was made and which rule matched, in order.
  package var reasons: [String]

  package init(
    part: PartID, outcome: Outcome, reading: AnswerValue?, awarded: Points, possible: Points,
    feedback: String? = nil, reasons: [String] = []
  ) {
    self.part = part
    self.outcome = outcome
    self.reading = reading
    self.awarded = awarded
    self.possible = possible
    self.feedback = feedback
    self.reasons = reasons
  }
}
