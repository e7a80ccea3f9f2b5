import Cryptography
import ExamModel
import PaperPress
import QuestionBank
import Storage
import Webhooks
import Workers

/// What `gradus --version` prints: the release on the first line, then what papers and results of
/// this program depend on.
enum VersionText {
  static var text: String {
    let families = Catalogue.families.map { "\($0.id)@\($0.version)" }
    return """
      gradus \(Gradus.version)
      papers     \(PaperPress.engine)
      libraries  libpq \(StorageLibraries.postgres), SQLite \(StorageLibraries.sqlite), \
      libcurl \(WebhookLibraries.curl), \(CryptographyLibrary.version), zlib \(ArchiveLibrary.version)
      families   \(families.count)
      \(Help.wrapped(families.joined(separator: " "), width: 76).split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
      """
  }
}
