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
  ///   - root: the root that was published before the exam; nil compares with the manifest's own.
  ///   - press: computes every paper anew, where the secret is at hand.
  package func findings(
    root: String?, press: PaperPress?, progress: (_ done: Int, _ of: Int) -> Void
  ) throws -> [String] {
    var findings: [String] = []
    if let root, root.lowercased() != manifest.root {
      findings.append("the manifest's root is \(manifest.root), not the one that was published")
    }
    if Manifest.root(of: manifest.papers) != manifest.root {
      findings.append("the manifest's papers do not lead to its root")
    }
    if let press {
      for (index, entry) in manifest.papers.enumerated() {
        if press.paper(for: entry.candidate).entry != entry {
          findings.append("the paper of \(entry.candidate) is another one")
        }
        progress(index + 1, manifest.papers.count)
      }
    }
    return findings + (try fileFindings())
  }

  private func fileFindings() throws -> [String] {
    guard let committed = manifest.files else { return [] }
    let list = try Files.read(set.path("SHA256SUMS"))
    guard Hex.encode(SHA256.hash(list)) == committed else {
      return ["SHA256SUMS is not the list that the manifest commits to"]
    }
    return String(decoding: list, as: UTF8.self).split(separator: "\n").compactMap { line in
      let (digest, path) = (String(line.prefix(64)), String(line.dropFirst(66)))
      guard let bytes = try? Files.read(set.path(path)) else { return "\(path) is missing" }
      return Hex.encode(SHA256.hash(bytes)) == digest ? nil : "\(path) was changed"
    }
  }
}
