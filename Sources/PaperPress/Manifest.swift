import Cryptography
package import ExamModel
import QuestionBank

/// What a generated set of papers was made of, so that grading with anything else is refused.
package struct Manifest: Sendable, Hashable {
  package var test: TestID
  package var title: String
  /// SHA-256 of the blueprint's canonical JSON.
  package var blueprint: String
  /// SHA-256 of what the papers take from the blueprint; nil in manifests from before it was kept,
  /// whose whole blueprint must stay as it was.
  package var questions: String?
  /// The secret's fingerprint.
  package var secret: String
  /// Version of each family on the papers, by id.
  package var families: [String: Int]
  /// Merkle root over all papers and keys; may be published before the exam.
  package var root: String
  /// SHA-256 of the list of the set's files with their digests; nil where no files were written.
  package var files: String?
  package var papers: [Entry]

  package struct Entry: Sendable, Hashable {
    package var candidate: CandidateID
    package var code: String
    /// The paper's leaf of the Merkle tree in hexadecimal; nil in manifests from before it was kept.
    package var leaf: String?

    package init(candidate: CandidateID, code: String, leaf: String?) {
      self.candidate = candidate
      self.code = code
      self.leaf = leaf
    }
  }

  /// Commits to papers that `press` made.
  package init(_ press: PaperPress, secret: ExamSecret, papers: [Paper]) {
    self.init(press, secret: secret, entries: papers.map(\.entry), files: nil)
  }

  /// Commits to papers of which the leaves are known.
  package init(_ press: PaperPress, secret: ExamSecret, entries: [Entry], files: String?) {
    test = press.blueprint.id
    title = press.blueprint.title
    blueprint = Self.digest(of: press.blueprint.canonicalJSON)
    questions = Self.digest(of: press.blueprint.paperJSON)
    self.secret = secret.fingerprint
    families = Self.versions(of: press)
    root = Self.root(of: entries) ?? ""
    self.files = files
    papers = entries
  }

  /// Refuses a blueprint, secret or family that is not the one the papers were made of.
  ///
  /// How answers are marked may have changed since, as no paper depends on it; a press's
  /// `keyVersion` tells the difference.
  ///
  /// - Throws: `SourceError` that names everything that differs.
  package func check(_ press: PaperPress, secret: ExamSecret, file: String) throws(SourceError) {
    var differences: [String] = []
    if press.blueprint.id != test {
      differences.append("the test's id is \"\(press.blueprint.id)\" and was \"\(test)\"")
    }
    let isSame =
      questions.map { Self.digest(of: press.blueprint.paperJSON) == $0 }
      ?? (Self.digest(of: press.blueprint.canonicalJSON) == blueprint)
    if !isSame {
      differences.append("the blueprint was changed since")
    }
    if secret.fingerprint != self.secret {
      differences.append("the secret is another one (\(secret.fingerprint), not \(self.secret))")
    }
    for (family, version) in Self.versions(of: press).sorted(by: { $0.key < $1.key }) {
      if let old = families[family], old != version {
        differences.append("\(family) has version \(version) and had \(old)")
      }
    }
    guard differences.isEmpty else {
      throw SourceError(
        file: file,
        "the papers were made of something else: " + differences.joined(separator: "; ")
          + ". Restore what was used, or generate the papers anew")
    }
  }

  /// The press's `keyVersion` when the papers were made.
  package var keyVersion: String {
    Self.keyVersion(test: test, blueprint: blueprint, secret: secret, families: families)
  }

  fileprivate static func keyVersion(
    test: TestID, blueprint: String, secret: String, families: [String: Int]
  ) -> String {
    let families = families.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value)" }
    let text =
      [test.rawValue, blueprint, secret].joined(separator: "\n") + "\n"
      + families.joined(separator: "\n")
    return Hex.encode(SHA256.hash(Array(text.utf8)))
  }

  fileprivate static func digest(of json: JSON) -> String {
    Hex.encode(SHA256.hash(Array(json.text.utf8)))
  }

  fileprivate static func versions(of press: PaperPress) -> [String: Int] {
    Dictionary(
      press.slots.map { ($0.family.id.rawValue, $0.family.version) },
      uniquingKeysWith: { a, _ in a })
  }

}

extension PaperPress {
  /// What all verdicts depend on, marking and corrections included: equal where equal answers get
  /// equal marks.
  package var keyVersion: String {
    Manifest.keyVersion(
      test: blueprint.id, blueprint: Manifest.digest(of: blueprint.canonicalJSON),
      secret: fingerprint, families: Manifest.versions(of: self))
  }
}

extension Manifest {
  package var json: JSON {
    .object([
      ("format", .integer(1)), ("test", .string(test.rawValue)), ("title", .string(title)),
      ("blueprint", .string(blueprint)), ("questions", .optional(questions)),
      ("secret", .string(secret)),
      (
        "families",
        .object(families.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
      ("root", .string(root)), ("files", .optional(files)),
      (
        "papers",
        .array(
          papers.map {
            .object([
              ("candidate", .string($0.candidate.rawValue)), ("code", .string($0.code)),
              ("leaf", .optional($0.leaf)),
            ])
          })
      ),
    ])
  }

  /// The beginning of a manifest's text made whole, with no papers; nil where it does not reach as
  /// far as them, or was written by other hands.
  package static func head(of beginning: [UInt8]) -> String? {
    let text = String(decoding: beginning, as: UTF8.self)
    guard let papers = text.firstRange(of: "\n  \"papers\": [") else { return nil }
    return text[..<papers.lowerBound] + "\n  \"papers\": []\n}\n"
  }

  /// Reads what `json` writes.
  ///
  /// - Throws: `SourceError` where the file is no manifest or of a later format.
  package init(parsing text: String, file: String) throws(SourceError) {
    let json = try JSON(parsing: text, file: file)
    guard json["format"]?.int == 1 else {
      throw SourceError(
        file: file, "this is no manifest of format 1; run \"gradus generate\" again")
    }
    guard let test = json["test"]?.string, let title = json["title"]?.string,
      let blueprint = json["blueprint"]?.string, let secret = json["secret"]?.string,
      let families = json["families"]?.members, let root = json["root"]?.string,
      let papers = json["papers"]?.array
    else { throw SourceError(file: file, "the manifest is damaged; run \"gradus generate\" again") }
    self.test = TestID(test)
    self.title = title
    self.blueprint = blueprint
    questions = json["questions"]?.string
    self.secret = secret
    self.families = Dictionary(
      families.map { ($0.key, $0.value.int ?? 0) }, uniquingKeysWith: { a, _ in a })
    self.root = root
    files = json["files"]?.string
    self.papers = papers.compactMap { paper in
      guard let candidate = paper["candidate"]?.string, let code = paper["code"]?.string else {
        return nil
      }
      return Entry(candidate: CandidateID(candidate), code: code, leaf: paper["leaf"]?.string)
    }
  }
}
