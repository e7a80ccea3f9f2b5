import Cryptography
import FoundationEssentials
import Publishing

extension PDFPress {
  /// Whether pictures can be made of pages.
  package static var canDraw: Bool { ChildProcess.isInstalled("pdftoppm") }

  /// The papers with a picture of each question that gains by one.
  ///
  /// - Parameter scratch: a folder of this call alone.
  /// - Throws: `PDFError` with the words of the program that failed.
  func illustrated(
    _ papers: [PaperSheet], style: PageStyle, in scratch: String
  ) throws -> [PaperSheet] {
    let document = try QuestionPictures.source(for: source).file(papers, .paper, style: style)
    let pages = try compile(
      document, by: "pictures" + source.ending, of: style.templates, scratch)
    try Self.call(["pdftoppm", "-png", "-r", "144", pages.name, "picture"], in: scratch)
    // Numbered with as many digits each, so that their names are in order.
    var files = try FileManager.default.contentsOfDirectory(atPath: scratch)
      .filter { $0.hasPrefix("picture-") }.sorted()[...]
    let questions = papers.reduce(0) { $0 + $1.questions.count }
    guard files.count == questions else {
      throw PDFError("\(questions) questions made \(files.count) pictures")
    }
    var papers = papers
    for paper in papers.indices {
      for section in papers[paper].sections.indices {
        for question in papers[paper].sections[section].questions.indices {
          let file = scratch + "/" + files.removeFirst()
          if papers[paper].sections[section].questions[question].gainsByPicture {
            papers[paper].sections[section].questions[question].picture =
              Base64.encode(try Files.read(file))
          }
          Files.remove(file)
        }
      }
    }
    return papers
  }
}
