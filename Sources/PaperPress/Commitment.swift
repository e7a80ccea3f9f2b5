import Cryptography
package import ExamModel

/// The tree of hashes over a set of papers; its root may be published before the exam.
///
/// RFC 6962's tree: a byte 0 before a leaf and 1 before a pair keep them apart, and a last odd node
/// moves up as it is. A byte 2 stands before what a leaf says of a paper. Both are JSON, which can be
/// cut into its members in one way only.
enum Commitment {
  /// What stands for questions and key without telling them.
  static func seal(nonce: [UInt8], content: JSON) -> [UInt8] {
    SHA256.hash([2] + Array(JSON.array([.string(Hex.encode(nonce)), content]).text.utf8))
  }

  /// Binds a sealed paper to its test, its candidate and its code.
  ///
  /// - Parameter seal: in hexadecimal.
  static func leaf(test: TestID, candidate: CandidateID, code: String, seal: String) -> [UInt8] {
    let members = [test.rawValue, candidate.rawValue, code, seal].map(JSON.string)
    return SHA256.hash([0] + Array(JSON.array(members).text.utf8))
  }

  static func root(_ leaves: [[UInt8]]) -> [UInt8] {
    var level = leaves.isEmpty ? [SHA256.hash([])] : leaves
    while level.count > 1 { level = above(level) }
    return level[0]
  }

  /// The nodes to be hashed with a leaf on its way up; nil where it moves up as it is.
  static func path(to index: Int, in leaves: [[UInt8]]) -> [PaperProof.Sibling] {
    var (level, index, path) = (leaves, index, [PaperProof.Sibling]())
    while level.count > 1 {
      let other = index ^ 1
      if level.indices.contains(other) {
        path.append(PaperProof.Sibling(isLeft: other < index, hash: level[other]))
      }
      (level, index) = (above(level), index / 2)
    }
    return path
  }

  private static func above(_ level: [[UInt8]]) -> [[UInt8]] {
    stride(from: 0, to: level.count, by: 2).map { index in
      index + 1 < level.count ? pair(level[index], level[index + 1]) : level[index]
    }
  }

  static func pair(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    SHA256.hash([1] + left + right)
  }
}

extension Manifest {
  /// The root over the papers of a test, each with its candidate and code.
  package static func root(of entries: [Entry], in test: TestID) -> String {
    Hex.encode(Commitment.root(entries.map { $0.leaf(in: test) }))
  }
}

extension Manifest.Entry {
  fileprivate func leaf(in test: TestID) -> [UInt8] {
    Commitment.leaf(test: test, candidate: candidate, code: code, seal: seal)
  }
}

/// One paper with its key and the way from it to the root: whoever knows the root can check that
/// exactly this was committed to, without the secret and without any other paper.
package struct PaperProof: Sendable, Hashable {
  package struct Sibling: Sendable, Hashable {
    let isLeft: Bool
    let hash: [UInt8]
  }

  package let test: TestID
  package let candidate: CandidateID
  package let code: String
  let nonce: [UInt8]
  package let content: JSON
  let path: [Sibling]

  /// - Throws: `SourceError` where the manifest has no such paper, or another one.
  package init(of paper: Paper, in manifest: Manifest, file: String) throws(SourceError) {
    guard let index = manifest.papers.firstIndex(where: { $0.candidate == paper.candidate }) else {
      throw SourceError(file: file, "the set has no paper of \"\(paper.candidate)\"")
    }
    guard manifest.papers[index] == paper.entry else {
      throw SourceError(file: file, "the paper of \"\(paper.candidate)\" is another one here")
    }
    test = manifest.test
    candidate = paper.candidate
    code = paper.code.description
    nonce = paper.nonce
    content = paper.content
    path = Commitment.path(to: index, in: manifest.papers.map { $0.leaf(in: manifest.test) })
  }

  /// The root that the paper leads to.
  package var root: String {
    let seal = Hex.encode(Commitment.seal(nonce: nonce, content: content))
    let leaf = Commitment.leaf(test: test, candidate: candidate, code: code, seal: seal)
    return Hex.encode(
      path.reduce(leaf) { node, sibling in
        sibling.isLeft
          ? Commitment.pair(sibling.hash, node) : Commitment.pair(node, sibling.hash)
      })
  }

  package var json: JSON {
    .object([
      ("format", .integer(Manifest.format)), ("test", .string(test.rawValue)),
      ("candidate", .string(candidate.rawValue)), ("code", .string(code)),
      ("nonce", .string(Hex.encode(nonce))),
      (
        "path",
        .array(
          path.map { .object([($0.isLeft ? "left" : "right", .string(Hex.encode($0.hash)))]) })
      ),
      ("content", content),
    ])
  }

  /// Reads what `json` writes.
  ///
  /// - Throws: `SourceError` where the file is no proof, or one of another format.
  package init(parsing text: String, file: String) throws(SourceError) {
    let json = try JSON(parsing: text, file: file)
    if let format = json["format"]?.int, json["path"] != nil, format != Manifest.format {
      throw SourceError(
        file: file,
        "this proof is of format \(format), not \(Manifest.format); ask for one that today's "
          + "\"gradus prove\" wrote")
    }
    guard json["format"]?.int == Manifest.format, let test = json["test"]?.string,
      let candidate = json["candidate"]?.string, let code = json["code"]?.string,
      let nonce = json["nonce"]?.string.flatMap(Hex.decode), let steps = json["path"]?.array,
      let content = json["content"]
    else { throw SourceError(file: file, "this is no proof that \"gradus prove\" wrote") }
    let path = steps.compactMap { step -> Sibling? in
      if let hash = step["left"]?.string.flatMap(Hex.decode) {
        return Sibling(isLeft: true, hash: hash)
      }
      return step["right"]?.string.flatMap(Hex.decode).map { Sibling(isLeft: false, hash: $0) }
    }
    guard path.count == steps.count else {
      throw SourceError(file: file, "the way to the root is damaged")
    }
    (self.test, self.candidate, self.code) = (TestID(test), CandidateID(candidate), code)
    (self.nonce, self.content, self.path) = (nonce, content, path)
  }
}
