/// One thing that was looked at in a store, in a sentence for its operator.
package struct StoreFinding: Sendable, Hashable {
  package enum Weight: Sendable, Hashable {
    case good
    /// Works, and could be better.
    case advice
    /// Something that was promised does not hold.
    case bad
  }

  /// `server`, `settings`, `role`, `rights`, ….
  package var subject: String
  package var weight: Weight
  /// What is so, and where it is not good, what to do.
  package var sentence: String

  package init(_ subject: String, _ weight: Weight, _ sentence: String) {
    self.subject = subject
    self.weight = weight
    self.sentence = sentence
  }
}
