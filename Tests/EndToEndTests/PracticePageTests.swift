import ExamModel
import Foundation
import Marking
import TestKit
import Testing

private let (node, chromium) = (OtherPrograms.node, OtherPrograms.chromium)

/// The script of the practice page, run by Node as a browser would.
@Suite("Practice pages", .enabled(if: node != nil, "Node is needed"))
struct PracticePageTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The lines that a script of `Tests/Formats` prints; the last one holds its counts.
  private func run(_ script: String, _ files: String...) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(node))
    process.arguments = [Self.root.appending(path: "Tests/Formats/\(script)").path] + files
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test(
    "mark no typed answer otherwise than the marking; what they cannot read, they ask for again")
  func typedAnswers() throws {
    let counts = try compare(TypedAnswer.all)
    #expect((counts["agree"]?.int ?? 0) > 3 * (counts["asked"]?.int ?? 0))
  }

  @Test("mark no other spelling of an answer otherwise than the marking")
  func variants() throws {
    let rows = try TypedVariants.rows(oneIn: 8).map { row in
      var row = row
      row.outcome = try row.question().mark(row.typed, worth: Points(1)).outcome.word
      return row
    }
    #expect(rows.count > 5000)
    _ = try compare(rows)
  }

  /// Has the page's script mark rows of known outcome.
  private func compare(_ rows: [TypedAnswer]) throws -> JSON {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let table = (["typed"] + rows.map(\.line)).joined(separator: "\n")
    try table.write(toFile: folder + "/answers.tsv", atomically: true, encoding: .utf8)
    let scripts = ["practice-reading.js", "practice.js"].map {
      Self.root.appending(path: "Templates/\($0)").path
    }
    let lines = try run("practice-answers.js", scripts[0], scripts[1], folder + "/answers.tsv")
    let counts = try JSON(parsing: try #require(lines.last), file: "counts")
    #expect(counts["contradict"]?.int == 0, "\(lines.dropLast().joined(separator: "\n"))")
    return counts
  }

  @Test("take every key for right and no known mistake", arguments: [1, 2])
  func everyFamily(seed: Int) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try Program.run(
      ["practice", "--page", "page.html", "--count", "60", "--seed", "\(seed)"], in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let page = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
    #expect(
      page.contains("value=\"None of these\"> None of these")
        == page.contains("type=\"checkbox\" name=\"a"))
    #expect(!page.contains("src=") && !page.contains("http://www.w3.org/1999"))
    let lines = try run("practice-page-check.js", folder + "/page.html")
    let counts = try JSON(parsing: try #require(lines.last), file: "counts")
    #expect(counts["wrong"]?.int == 0, "\(lines.dropLast().joined(separator: "\n"))")
    #expect((counts["keys"]?.int ?? 0) >= 60 && (counts["mistakes"]?.int ?? 0) > 100)
  }

  @Test("are answered in a browser", .enabled(if: chromium != nil, "Chromium is needed"))
  func driven() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try Program.run(
      ["practice", "--page", "page.html", "--count", "60", "--seed", "3"], in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let lines = try run(
      "practice-drive.js", try #require(chromium), folder + "/browser", folder + "/page.html")
    let counts = try JSON(parsing: try #require(lines.last), file: "counts")
    let parts = try #require(counts["parts"]?.int)
    #expect(parts >= 60 && counts["right"]?.int == parts, "\(lines.joined(separator: "\n"))")
    #expect(
      counts["score"]?.string == "\(parts) of \(parts) right at the first try, \(parts) answered")
    #expect((counts["hints"]?.int ?? 0) > 30)
  }

  @Test(
    "show what has the focus, say how to answer, and lose nothing where scripts do not run",
    .enabled(if: chromium != nil, "Chromium is needed"))
  func keyboard() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try Program.run(
      ["practice", "--page", "page.html", "--count", "20", "--seed", "3"], in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let lines = try run(
      "practice-keyboard.js", try #require(chromium), folder + "/browser", folder + "/page.html")
    let facts = try JSON(parsing: try #require(lines.last), file: "facts")
    #expect((facts["stops"]?.int ?? 0) >= 60)
    #expect(facts["hidden"]?.array?.isEmpty == true, "\(lines)")
    #expect(facts["unsaid"]?.int == 0)
    #expect(facts["typed"]?.string == "42" && facts["buttons"]?.int == 0, "\(lines)")
    #expect(facts["said"]?.string?.contains("JavaScript, which does not run here") == true)
  }
}
