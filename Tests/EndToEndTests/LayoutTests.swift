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
    "as PDFs keep every word between the margins of the paper",
    .enabled(if: OtherPrograms.pdftotext != nil, "poppler-utils are needed"),
    arguments: PDFTests.compilers)
  func margins(compiler: String) throws {
    let options = ["--format", "pdf", "--compiler", compiler, "--large-print"]
    try withPapers(options) { folder in
      let text = try run(["pdftotext", "-bbox", folder + "/papers/c1.pdf", "-"])
      let words = text.matches(of: /xMin="([\d.-]+)" .* xMax="([\d.-]+)" .*>(.*)<\/word>/)
      #expect(words.count > 5000)
      // Points from the left; margins of 20 mm leave 57 at each side.
      let beyond = words.filter { Double($0.1) ?? 0 < 50 || Double($0.2) ?? 600 > 545 }
        .map { String($0.0) }
      #expect(beyond.isEmpty)
    }
  }
}
