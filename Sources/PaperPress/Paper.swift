import Cryptography
package import ExamModel
package import QuestionBank

/// One candidate's questions with their numbers, in the order of the press's slots.
package struct Paper: Sendable {
  package let test: TestID
  package let candidate: CandidateID
  package let code: PaperCode
  package let questions: [any Question]
  /// In which order the paper shows them, by index.
  package let order: [Int]
  /// Keeps the digest of a paper from telling its key to whoever tries all papers.
  let nonce: [UInt8]

  init(
    test: TestID, candidate: CandidateID, code: PaperCode, questions: [any Question],
    order: [Int], nonce: [UInt8]
  ) {
    self.test = test
    self.candidate = candidate
    self.code = code
    self.questions = questions
    self.order = order
    self.nonce = nonce
  }

  /// Numbers and keys of all questions, the same bytes on every machine.
  package var content: JSON {
    .array(
      questions.map { question in
        .object([
          ("family", .string(question.family.id.rawValue)),
          ("version", .integer(question.family.version)),
          ("parameters", question.parametersJSON()),
          ("key", .array(question.key.values.map { $0?.json ?? .null })),
        ])
      })
  }

  /// SHA-256 of `content`, in lowercase hexadecimal.
  package var digest: String { Hex.encode(SHA256.hash(Array(content.text.utf8))) }

  /// The paper's line of the manifest.
  package var entry: Manifest.Entry {
    Manifest.Entry(
      candidate: candidate, code: code.description,
      seal: Hex.encode(Commitment.seal(nonce: nonce, content: content)))
  }
}
