import CSV
package import ExamModel
import Glibc
package import PaperPress

/// The folder that holds one test: blueprint, roster, secret, and what is made of them.
package struct Workspace: Sendable {
  package let folder: String
  package let blueprintFile: String
  package let rosterFile: String

  /// - Parameters: `blueprint` and `roster` name files that are not in the folder.
  package init(folder: String, blueprint: String? = nil, roster: String? = nil) {
    self.folder = folder
    blueprintFile = blueprint ?? Self.path("blueprint.json5", in: folder)
    rosterFile = roster ?? Self.path("roster.csv", in: folder)
  }

  package var manifestFile: String { path("manifest.json") }
  package var defaultSecretFile: String { path("secret") }
  package var defaultStore: String { "sqlite:" + path("gradus.sqlite") }

  package func path(_ name: String) -> String { Self.path(name, in: folder) }

  private static func path(_ name: String, in folder: String) -> String {
    folder == "." ? name : folder + "/" + name
  }

  /// - Throws: `SourceError` with line and column of a typing error.
  package func blueprint() throws(SourceError) -> Blueprint {
    guard Files.exists(blueprintFile) else {
      throw SourceError(
        file: blueprintFile,
        "there is no workspace here; make one with \"gradus new\", or name it with --workspace")
    }
    return try Blueprint(parsing: try Files.text(blueprintFile), file: blueprintFile)
  }

  /// A CSV with a header of `id`, `name`, `email` in any order; `id` may be left out. It may be in
  /// any encoding that exports of responses may be in.
  package func roster() throws -> Roster {
    let file = try Files.source(rosterFile)
    var survey = EncodingSurvey()
    let surveyed = try file.open()
    while let piece = try surveyed() { survey.note(piece) }
    let encoding = survey.verdict.encoding
    guard let source = file.decoded(from: encoding, foreign: ForeignEncoding.transcoder) else {
      throw SourceError(
        file: rosterFile, "\(encoding.rawValue) cannot be read on this machine; save it as UTF-8")
    }
    let pieces = try source.open()
    var start: [UInt8] = []
    while start.count < CSVReader.delimiterBytes, let piece = try pieces() { start += piece }
    var rows = CSVReader(delimiter: CSVReader.delimiter(of: start))
    var reader = RosterReader(file: rosterFile)
    rows.feed(start)
    try reader.read(&rows)
    while let piece = try pieces() {
      rows.feed(piece)
      try reader.read(&rows)
    }
    rows.finish()
    try reader.read(&rows)
    return try reader.roster()
  }

  /// The secret, from `file` or the workspace's own.
  ///
  /// - Throws: `SecretError` where it is missing, no secret, or others may read it.
  package func secret(file: String?) throws -> ExamSecret {
    let file = file ?? defaultSecretFile
    var status = stat()
    guard stat(file, &status) == 0 else {
      throw SecretError(
        file: file,
        problem: "there is no such file; put the copy that you kept there, or name it with "
          + "--secret-file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw SecretError(
        file: file, problem: "others can read the secret; run \"chmod 600 \(file)\"")
    }
    let text = String(decoding: try Files.read(file), as: UTF8.self)
    guard let secret = ExamSecret(text: text) else {
      throw SecretError(
        file: file,
        problem: "this is no secret: it should hold 64 hexadecimal digits; restore it")
    }
    return secret
  }

  /// What the papers were made of; nil before the first `generate`.
  package func manifest() throws(SourceError) -> Manifest? {
    guard Files.exists(manifestFile) else { return nil }
    return try Manifest(parsing: try Files.text(manifestFile), file: manifestFile)
  }

  /// The manifest without its list of papers, which may be a million: all that grading checks.
  package func commitment() throws(SourceError) -> Manifest? {
    guard Files.exists(manifestFile) else { return nil }
    guard let head = Manifest.head(of: try Files.beginning(of: manifestFile, bytes: 65_536)) else {
      return try manifest()
    }
    return try Manifest(parsing: head, file: manifestFile)
  }
}

/// A secret that cannot be used.
package struct SecretError: Error, CustomStringConvertible {
  let file: String
  let problem: String

  package var description: String { "\(file): \(problem)" }
}
