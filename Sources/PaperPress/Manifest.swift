import Cryptography
package import ExamModel
import QuestionBank

/// What a generated set of papers was made of, so that grading with anything else is refused.
package struct Manifest: Sendable, Hashable {
  /// Of the manifest and of the proofs that lead to its root. In format 1, the root did not bind a
  /// paper to its candidate.
  static let format = 2

  package var test: TestID
  package var title: String
  /// SHA-256 of the blueprint's canonical JSON.
  package var blueprint: String
  /// SHA-256 of what the papers take from the blueprint.
  package var questions: String
  /// The secret's fingerprint.
  package var secret: String
  /// Version of each family on the papers, by id.
  package var families: [String: Int]
  /// Merkle root over all papers and keys; may be published before the exam.
  package var root: String
  /// SHA-256 of the list of the set's files with their digests; nil where no files were written.
  package var files: String?
  /// The candidates' `fingerprint`; nil in a manifest of an earlier version.
  package var people: String?
  package var papers: [Entry]

  package struct Entry: Sendable, Hashable {
    package var candidate: CandidateID
    package var code: String
    /// SHA-256 of questions, key and a nonce in hexadecimal, which tells nobody what they are.
    package var seal: String

    package init(candidate: CandidateID, code: String, seal: String) {
      self.candidate = candidate
      self.code = code
      self.seal = seal
    }
  }

  /// Commits to papers that `press` made.
  package init(_ press: PaperPress, secret: ExamSecret, papers: [Paper]) {
    self.init(press, secret: secret, entries: papers.map(\.entry), files: nil)
  }

  /// Commits to papers of which the seals are known.
  package init(_ press: PaperPress, secret: ExamSecret, entries: [Entry], files: String?) {
    test = press.blueprint.id
    title = press.blueprint.title
    blueprint = Self.digest(of: press.blueprint.canonicalJSON)
    questions = Self.digest(of: press.blueprint.paperJSON)
    self.secret = secret.fingerprint
    families = Self.versions(of: press)
    root = Self.root(of: entries, in: test)
    people = Self.fingerprint(of: entries.map(\.candidate))
    self.files = files
    papers = entries
  }

  /// Tells a list of candidates from others, whatever its order: how many they are, and the sum of
  /// their ids' hashes. By the ids' bytes, as papers are drawn: `é` can be written in two ways.
  package static func fingerprint(of candidates: [CandidateID]) -> String {
    let sum = candidates.reduce(UInt64(0)) { $0 &+ $1.rawValue.stableHash }
    return "\(candidates.count)-\(String(sum, radix: 16))"
  }

  /// In which ways blueprint, secret and families are not those that the papers were made of.
  ///
  /// How answers are marked may have changed since, as no paper depends on it; a press's
  /// `keyVersion` tells the difference.
  package func differences(from press: PaperPress, secret: ExamSecret) -> [String] {
    var differences: [String] = []
    if press.blueprint.id != test {
      differences.append("the test's id is \"\(press.blueprint.id)\" and was \"\(test)\"")
    }
    if Self.digest(of: press.blueprint.paperJSON) != questions {
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
    return differences
  }

  /// Refuses a blueprint, secret or family that is not the one the papers were made of.
  ///
  /// - Throws: `SourceError` that names everything that differs.
  package func check(_ press: PaperPress, secret: ExamSecret, file: String) throws(SourceError) {
    let differences = differences(from: press, secret: secret)
    guard differences.isEmpty else {
      throw SourceError(
        file: file,
        "the papers were made of something else: " + differences.joined(separator: "; ")
          + ". Restore what was used, or generate the papers anew")
    }
  }

  /// What becomes of the papers where others take their place that the same press makes; nil where
  /// those are the same ones in the same order, and so have the same root.
  package func losses(to candidates: [CandidateID]) -> String? {
    let before = papers.map(\.candidate)
    // By their bytes, as papers are drawn: letters with accents can be written in two ways.
    let bytes = { (ids: [CandidateID]) in ids.map { Array($0.rawValue.utf8) } }
    guard bytes(before) != bytes(candidates) else { return nil }
    let (old, new) = (Set(bytes(before)), Set(bytes(candidates)))
    let (lost, added) = (
      before.filter { !new.contains(Array($0.rawValue.utf8)) },
      candidates.filter { !old.contains(Array($0.rawValue.utf8)) }
    )
    let changes = [("lost", lost), ("new", added)].filter { !$0.1.isEmpty }.map { what, names in
      "\(counted(names.count, "paper")) \(what) (\(listed(names.map(\.rawValue))))"
    }
    if changes.isEmpty { return "the same papers in another order" }
    return changes.joined(separator: " and ")
      + (lost.count < before.count ? "; everybody else's paper stays the same" : "")
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
      ("format", .integer(Self.format)), ("test", .string(test.rawValue)),
      ("title", .string(title)),
      ("blueprint", .string(blueprint)), ("questions", .string(questions)),
      ("secret", .string(secret)),
      (
        "families",
        .object(families.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
      ("root", .string(root)), ("files", .optional(files)),
      ("people", .optional(people)),
      (
        "papers",
        .array(
          papers.map {
            .object([
              ("candidate", .string($0.candidate.rawValue)), ("code", .string($0.code)),
              ("seal", .string($0.seal)),
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
    let damaged = SourceError(
      file: file, "the manifest is damaged; make it again with \"gradus generate --force\"")
    guard let json = try? JSON(parsing: text, file: file) else { throw damaged }
    guard let format = json["format"]?.int, format == Self.format else {
      let found = json["format"]?.int.map { "of format \($0), not \(Self.format)" } ?? "no manifest"
      throw SourceError(
        file: file,
        "this is \(found); make the set again with \"gradus generate --force\", whose papers are "
          + "the same for the same blueprint and secret")
    }
    guard let test = json["test"]?.string, let title = json["title"]?.string,
      let blueprint = json["blueprint"]?.string, let questions = json["questions"]?.string,
      let secret = json["secret"]?.string, let families = json["families"]?.members,
      let root = json["root"]?.string, let listed = json["papers"]?.array,
      case let papers = listed.compactMap(Entry.init), papers.count == listed.count
    else { throw damaged }
    self.test = TestID(test)
    self.title = title
    self.blueprint = blueprint
    self.questions = questions
    self.secret = secret
    self.families = Dictionary(
      families.map { ($0.key, $0.value.int ?? 0) }, uniquingKeysWith: { a, _ in a })
    self.root = root
    files = json["files"]?.string
    people = json["people"]?.string
    self.papers = papers
  }
}

extension Manifest.Entry {
  fileprivate init?(_ json: JSON) {
    guard let candidate = json["candidate"]?.string, let code = json["code"]?.string,
      let seal = json["seal"]?.string
    else { return nil }
    self.init(candidate: CandidateID(candidate), code: code, seal: seal)
  }
}
