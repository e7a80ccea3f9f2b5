/// One thing that was looked at, in a sentence for an operator.
package struct Finding: Sendable, Hashable {
  package enum Weight: String, Sendable, Hashable {
    case good
    /// Works, and could be better, or waits for somebody.
    case advice
    /// Something that was promised does not hold, or will not.
    case bad
  }

  /// `server`, `settings`, `role`, `rights`, ….
  package var subject: String
  package var weight: Weight
  /// What is so and, where it is not good, why that matters and what to do.
  package var sentence: String

  package init(_ subject: String, _ weight: Weight, _ sentence: String) {
    self.subject = subject
    self.weight = weight
    self.sentence = sentence
  }
}
