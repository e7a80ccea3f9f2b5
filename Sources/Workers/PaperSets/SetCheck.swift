import Cryptography
package import ExamModel
package import PaperPress

/// Whether a set is still what its manifest commits to.
package struct SetCheck: Sendable {
  package let manifest: Manifest
  package let set: PaperSet
  private let file: String

  /// - Throws: `SourceError` where the folder holds no set.
  package init(_ set: PaperSet) throws(SourceError) {
    self.set = set
    file = set.path("manifest.json")
    manifest = try Manifest(parsing: try Files.text(file), file: file)
  }

  /// What differs, in sentences; empty where the set is as it was made.
  ///
  /// - Parameters:
  ///   - root: the root that was published before the exam, in small letters; nil compares with the manifest's own.
  ///   - source: computes every paper anew, where the secret is at hand.
  package func findings(
    root: String?, source: (press: PaperPress, secret: ExamSecret)?,
    progress: (_ done: Int, _ of: Int) -> Void
  ) throws -> [String] {
    var findings: [String] = []
    if let root, root != manifest.root {
      findings.append("the manifest's root is \(manifest.root), not the one that was published")
    }
    if Manifest.root(of: manifest.papers, in: manifest.test) != manifest.root {
      findings.append("the manifest's papers do not lead to its root")
    }
    if let (press, secret) = source {
      findings += manifest.differences(from: press, secret: secret)
      for (index, entry) in manifest.papers.enumerated() {
        if press.paper(for: entry.candidate).entry != entry {
          findings.append("the paper of \(entry.candidate) is another one")
        }
        progress(index + 1, manifest.papers.count)
      }
    }
    return findings + fileFindings()
  }

  private func fileFindings() -> [String] {
    guard let committed = manifest.files else {
      return ["the manifest commits to no files; it does when \"gradus generate\" writes it"]
    }
    guard let list = try? Files.read(set.path("SHA256SUMS")) else {
      return ["SHA256SUMS is missing, so that no file can be checked"]
    }
    // Whoever changed the list may have changed little else.
    let forgery =
      Hex.encode(SHA256.hash(list)) == committed
      ? [] : ["SHA256SUMS is not the list that the manifest commits to"]
    let lines = String(decoding: list, as: UTF8.self).split(separator: "\n").map {
      (digest: String($0.prefix(64)), path: String($0.dropFirst(66)))
    }
    let altered = lines.compactMap { line -> String? in
      guard let bytes = try? Files.read(set.path(line.path)) else {
        return "\(line.path) is missing"
      }
      return Hex.encode(SHA256.hash(bytes)) == line.digest ? nil : "\(line.path) was changed"
    }
    let known = Set(lines.map(\.path))
    let strangers = set.pageFiles.filter { !known.contains($0) }
    return forgery + altered + strangers.map { "\($0) is no file of the set" }
  }
}
