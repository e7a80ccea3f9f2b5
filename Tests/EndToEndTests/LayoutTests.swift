import ExamModel
import Foundation
import TestKit
import Testing

private let (node, chromium) = (OtherPrograms.node, OtherPrograms.chromium)

/// Pages with a question of each family, in a browser and on paper.
@Suite("Pages") struct LayoutTests {
  private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Formats")

  private func run(_ words: [String], input: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let (entry, output) = (Pipe(), Pipe())
    process.standardInput = entry
    process.standardOutput = output
    try process.run()
    if let input { entry.fileHandleForWriting.write(Data(input.utf8)) }
    try entry.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(words)")
    return String(decoding: data, as: UTF8.self)
  }

  /// The folder of papers with a question of each family, for one candidate with a long name.
  private func withPapers(_ options: [String], _ body: (String) throws -> Void) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try #require(try Program.run(["new", "w"], in: folder).status == 0)
    let families = try Program.run(["families", "--format", "json"], in: folder)
    let script = Self.scripts.appending(path: "all_families.py").path
    try run(["python3", script], input: families.output).write(
      toFile: folder + "/w/blueprint.json5", atomically: true, encoding: .utf8)
    let name = "Hubert \(String(repeating: "Wolfeschlegelsteinhausenbergerdorff", count: 3))"
    try "id,name,email\nc1,\(name),\n".write(
      toFile: folder + "/w/roster.csv", atomically: true, encoding: .utf8)
    let made = try Program.run(
      ["generate", "-q", "-C", "w"] + options, in: folder,
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
    try #require(made.status == 0, "\(made.errors)")
    try body(folder + "/w")
  }

  @Test(
    "are no wider than a phone, or show that there is more, and a paper is no wider than paper, whatever is asked and whoever sits",
    .enabled(if: node != nil && chromium != nil, "Node and Chromium are needed"),
    arguments: [[], ["--large-print"]])
  func width(options: [String]) throws {
    try withPapers(["--format", "html"] + options) { folder in
      let pages = ["papers", "keys", "solutions"].map { "\(folder)/\($0)/c1.html" }
      // A4 has 673 pixels between the margins.
      for (media, width, pages) in [("screen", "360", pages), ("print", "673", [pages[0]])] {
        let words = [try #require(node), Self.scripts.appending(path: "layout.js").path]
        let lines = try run(
          words + [try #require(chromium), folder + "/browser", media, width] + pages
        ).split(separator: "\n")
        #expect(lines.count == pages.count)
        for (page, line) in zip(pages, lines) {
          let layout = try JSON(parsing: String(line), file: "layout")
          #expect(layout["page"]?.int == Int(width), "\(media), \(page): \(line)")
          #expect(layout["cut"]?.array?.isEmpty == true, "\(media), \(page): \(line)")
          #expect(layout["unsigned"]?.array?.isEmpty == true, "\(media), \(page): \(line)")
          // Programs alone are wider than a phone in what is asked.
          if options.isEmpty, page == pages[0] {
            #expect(layout["scrolled"]?.array?.isEmpty == true, "\(media), \(page): \(line)")
          }
        }
      }
    }
  }

  @Test(
    "as PDFs keep every word between the margins of the paper, and on no other word",
    .enabled(if: OtherPrograms.pdftotext != nil, "poppler-utils are needed"),
    arguments: PDFTests.compilers)
  func margins(compiler: String) throws {
    let options = ["--format", "pdf", "--compiler", compiler, "--large-print"]
    try withPapers(options) { folder in
      for view in ["papers", "keys", "solutions"] {
        let text = try run(["pdftotext", "-bbox", "\(folder)/\(view)/c1.pdf", "-"])
        let pages = text.components(separatedBy: "<page").dropFirst().map(Self.words)
        #expect(pages.joined().count > 3000, "\(view)")
        // Points from the left; margins of 20 mm leave 57 at each side.
        let beyond = pages.joined().filter { $0.left < 50 || $0.right > 545 }
        #expect(beyond.isEmpty, "\(view)")
        // What is too long for the page's head is clipped, but listed.
        let covered = pages.map { $0.filter { $0.isWord && $0.top > 140 } }.flatMap { words in
          words.indices.filter { i in words[..<i].contains { $0.covers(words[i]) } }
            .map { words[$0] }
        }
        #expect(covered.isEmpty, "\(view)")
      }
    }
  }

  /// The place of a word on its page, in points.
  private struct Word {
    let text: String
    let left, top, right, bottom: Double

    /// Whether it is no sign of a formula.
    var isWord: Bool { text.utf8.count > 3 && text.utf8.allSatisfy { (65...122).contains($0) } }

    func covers(_ other: Word) -> Bool {
      left < other.right - 1 && other.left < right - 1
        && top < other.bottom - 4 && other.top < bottom - 4
    }
  }

  /// The words in the lines `<word xMin="1" yMin="2" xMax="3" yMax="4">text</word>`.
  private static func words(of page: String) -> [Word] {
    page.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\"")
      guard fields.count >= 9, fields[0].hasSuffix("<word xMin=") else { return nil }
      let places = [1, 3, 5, 7].map { Double(fields[$0]) ?? .nan }
      return Word(
        text: String(fields[8].dropFirst().prefix { $0 != "<" }), left: places[0], top: places[1],
        right: places[2], bottom: places[3])
    }
  }
}
