import Foundation
import Testing

@Suite("The table of faults") struct FaultTableTests {
  @Test("has a line for each fault test, and no other")
  func isComplete() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix("Faults.swift") }
      .flatMap { file in
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
          .components(separatedBy: "@Test(").dropFirst()
          .compactMap { $0.components(separatedBy: "\"").dropFirst().first }
      }
    let page = folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Documentation/Faults.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("| ") }.dropFirst()
    let told = lines.map { $0.dropFirst(2).components(separatedBy: " | ")[0] }
    #expect(Set(told) == Set(names))
    #expect(names.count > 20)
  }
}
