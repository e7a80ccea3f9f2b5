import Foundation
import TestKit
import Testing

private let question = "{ family: \"matdim.product\" }"
private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

@Suite("Pages for people") struct DocumentationTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  private static let pages: [String] = {
    let folders = ["", "Documentation/", "deploy/kubernetes/"]
    return folders.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: root.path + "/" + folder)) ?? [])
        .filter { $0.hasSuffix(".md") }.map { folder + $0 }
    }.sorted()
  }()

  /// `#who-may-do-what`, as it is made from a heading.
  private func anchors(of page: String) throws -> Set<Substring> {
    Set(
      try text(page).matches(of: /\n#+ (.*)/).map { heading in
        Substring(
          heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            .map { $0 == " " ? "-" : String($0) }.joined())
      })
  }

  @Test("every link within the house leads somewhere", arguments: pages)
  func links(_ page: String) throws {
    for link in try text(page).matches(of: /\]\(([^)\s]+)\)/) where !link.1.contains("://") {
      let pieces = link.1.split(separator: "#", omittingEmptySubsequences: false)
      let here = root.appending(path: page)
      let target =
        pieces[0].isEmpty
        ? here : here.deletingLastPathComponent().appending(path: String(pieces[0])).standardized
      #expect(FileManager.default.fileExists(atPath: target.path), "\(link.1)")
      guard pieces.count == 2, target.pathExtension == "md" else { continue }
      let path = String(target.path.dropFirst(root.standardized.path.count + 1))
      #expect(try anchors(of: path).contains(pieces[1]), "\(link.1)")
    }
  }

  @Test(
    "the page of the blueprint lists the keys that the program takes",
    arguments: [
      ("A blueprint", "zzz: 1, sections: [{ title: \"s\", questions: [\(question)] }]"),
      ("A section", "sections: [{ title: \"s\", questions: [\(question)], zzz: 1 }]"),
      ("A question", "sections: [{ title: \"s\", questions: [{ family: \"a.b\", zzz: 1 }] }]"),
    ])
  func blueprintKeys(heading: String, members: String) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "{ id: \"a\", title: \"t\", \(members) }".write(
      toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
    let errors = try Program.run(["generate"], in: folder).errors
    let allowed = try #require(errors.firstMatch(of: /allowed here: (.*)/), "\(errors)").1
    let section = try #require(
      try text("Documentation/Blueprint.md").split(separator: "## \(heading)\n").last?
        .split(separator: "\n## ").first)
    let listed = section.matches(of: /\n\| `(\w+)`/).map { String($0.1) }
    #expect(
      Set(listed) == Set(allowed.split(separator: /[, ."]+/).map(String.init)), "\(allowed)")
  }
}
