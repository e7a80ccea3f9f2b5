import Cryptography
package import ExamModel
package import PaperPress
package import Publishing
import QuestionBank

/// What a set is made of: the same order gives the same bytes.
package struct PaperSetOrder: Sendable {
  package var press: PaperPress
  package var secret: ExamSecret
  package var candidates: [Candidate]
  package var formats: [any PaperFormat.Type]
  /// Nil where no PDF is wanted.
  package var pdf: PDFPress?
  /// What draws questions as pictures for forms that have plain text only; nil where none are wanted.
  package var pictures: PDFPress?
  /// Whether each format has one file with all candidates instead of one for each.
  package var isTogether: Bool
  package var style: PageStyle
  /// Candidates that are made, journalled and compiled at once.
  package var batchSize: Int

  package init(
    press: PaperPress, secret: ExamSecret, candidates: [Candidate],
    formats: [any PaperFormat.Type], pdf: PDFPress? = nil, pictures: PDFPress? = nil,
    isTogether: Bool = false,
    style: PageStyle = PageStyle(), batchSize: Int? = nil
  ) {
    self.press = press
    self.secret = secret
    self.candidates = candidates
    self.formats = formats
    self.pdf = pdf
    self.pictures = pictures
    self.isTogether = isTogether
    self.style = style
    // A compiler starts once a batch, so that larger ones are faster.
    self.batchSize =
      isTogether ? max(1, candidates.count) : batchSize ?? (pdf == nil ? 16 : 50)
  }

  /// The views that the formats show, each a folder of the set.
  package var views: [PaperSheet.View] {
    [.paper, .key, .solution].filter { view in
      pdf != nil || formats.contains { $0.views.contains(view) }
    }
  }

  /// What tells the order from others, so that a killed run is only taken up by its like.
  var name: String {
    let people = candidates.map { [$0.id.rawValue, $0.name, $0.email].joined(separator: "\0") }
    let texts = [
      press.keyVersion, press.blueprint.paperJSON.text,
      formats.map { $0.name }.joined(separator: ","),
      pdf.map { "\($0.compiler) \($0.splits)" } ?? "",
      pictures.map { "\($0.compiler)" } ?? "",
      "\(isTogether) \(style.isLarge) \(style.isLetter)",
      "\(style.hasAnswerSheet) \(batchSize)",
    ]
    let templates = Templates.names.map { style.templates.text($0) ?? "" }
    let all = (texts + people + templates).joined(separator: "\u{1}")
    return String(Hex.encode(SHA256.hash(Array(all.utf8))).prefix(16))
  }

  /// Candidates in the batches in which they are made.
  var batches: [[Candidate]] {
    stride(from: 0, to: candidates.count, by: batchSize).map {
      Array(candidates[$0..<min($0 + batchSize, candidates.count)])
    }
  }
}

/// What is known of one paper when its files are written.
package struct PaperRecord: Sendable, Hashable {
  package var entry: Manifest.Entry
  /// Tells different keys apart.
  package var keyDigest: String
  package var steps: Int
  package var multiplications: Int
  package var digits: Int

  init(_ paper: Paper, on sheet: PaperSheet) {
    entry = paper.entry
    let key = paper.questions.map { question in
      question.key.values.map { $0?.plainText ?? "" }.joined(separator: "\0")
    }
    keyDigest = Hex.encode(SHA256.hash(Array(key.joined(separator: "\u{1}").utf8)))
    var effort = Effort()
    for question in sheet.questions {
      effort = effort + Effort(of: question.solution)
      for part in question.parts.indices where question.parts[part].answer.isNumeric {
        effort.type(question.parts[part].key)
      }
    }
    (steps, multiplications, digits) = (effort.steps, effort.multiplications, effort.digits)
  }
}

/// One batch of a set: its papers and the digests of its files.
struct BatchRecord: Sendable {
  let index: Int
  var papers: [PaperRecord]
  var files: [(path: String, digest: String)]
  var unshown: UnshownLetters

  init(
    index: Int, papers: [PaperRecord], files: [(path: String, digest: String)],
    unshown: UnshownLetters
  ) {
    self.index = index
    self.papers = papers
    self.files = files
    self.unshown = unshown
  }

  /// A line of the journal.
  var json: JSON {
    .object([
      ("batch", .integer(index)),
      (
        "papers",
        .array(
          papers.map { paper in
            .object([
              ("candidate", .string(paper.entry.candidate.rawValue)),
              ("code", .string(paper.entry.code)), ("seal", .string(paper.entry.seal)),
              ("key", .string(paper.keyDigest)),
              (
                "effort",
                .array([paper.steps, paper.multiplications, paper.digits].map(JSON.integer))
              ),
            ])
          })
      ),
      ("files", .array(files.map { .array([.string($0.path), .string($0.digest)]) })),
      ("unshown", .array(unshown.letters.sorted().map { .integer(Int($0.value)) })),
    ])
  }

  /// Nil for a line that was cut short when its run was killed.
  init?(line: String) {
    guard let json = try? JSON(parsing: line, file: "journal"), let index = json["batch"]?.int,
      let listed = json["papers"]?.array,
      case let papers = listed.compactMap(PaperRecord.init), papers.count == listed.count,
      let files = json["files"]?.array, let unshown = json["unshown"]?.array
    else { return nil }
    self.index = index
    self.papers = papers
    self.files = files.compactMap { file in
      guard let pair = file.array, pair.count == 2, let path = pair[0].string,
        let digest = pair[1].string
      else { return nil }
      return (path, digest)
    }
    self.unshown = UnshownLetters(
      Set(unshown.compactMap { $0.int.flatMap(UInt32.init).flatMap(Unicode.Scalar.init) }))
  }
}

extension PaperRecord {
  fileprivate init?(_ json: JSON) {
    guard let candidate = json["candidate"]?.string, let code = json["code"]?.string,
      let seal = json["seal"]?.string, let key = json["key"]?.string,
      let effort = json["effort"]?.array?.compactMap(\.int),
      effort.count == 3
    else { return nil }
    entry = Manifest.Entry(candidate: CandidateID(candidate), code: code, seal: seal)
    keyDigest = key
    (steps, multiplications, digits) = (effort[0], effort[1], effort[2])
  }
}
