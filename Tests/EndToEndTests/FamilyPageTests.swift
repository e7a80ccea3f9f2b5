import Foundation
import TestKit
import Testing

@Suite("Pages of the families") struct FamilyPageTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Documentation/Families")

  static let topics: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()
  }()

  @Test("there is one for each topic")
  func all() { #expect(Self.topics.count == 12) }

  @Test("are what the families say; otherwise run make docs", arguments: topics)
  func current(_ topic: String) throws {
    let page = try String(
      contentsOf: Self.folder.appending(path: topic + ".md"), encoding: .utf8)
    let made = try Program.run(
      ["families", "--topic", topic, "--format", "markdown"], in: "/")
    #expect(made.output == page)
  }
}
