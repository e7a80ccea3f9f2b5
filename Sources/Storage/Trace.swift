package import ExamModel

/// What a message is about: an imported file and, where there is one by then, the run that grades
/// it.
package struct Trace: Sendable, Hashable {
  /// The first 32 digits of the file's digest: the same from import to webhook, in every run.
  package var id: String
  package var test: TestID
  package var run: Int64?
  package init(id: String, test: TestID, run: Int64?) {
    self.id = id
    self.test = test
    self.run = run
  }

  /// - Parameter digest: lowercase hexadecimal SHA-256 of the file that the run grades.
  init(of run: RunKey, in digest: String) {
    self.init(id: Self.id(of: digest), test: run.test, run: run.run)
  }

  /// - Parameter digest: lowercase hexadecimal SHA-256 of a file.
  package static func id(of digest: String) -> String { String(digest.prefix(32)) }
}
