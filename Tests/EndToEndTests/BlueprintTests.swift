import Foundation
import TestKit
import Testing

@Suite("Ready-made blueprints") struct BlueprintTests {
  static let names: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(
        path: "Templates/blueprints")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.map { String($0.prefix { $0 != "." }) }.sorted()
  }()

  @Test("there is one for each topic, and three more")
  func all() { #expect(Self.names.count == 15) }

  @Test("papers can be generated from each", arguments: names)
  func generate(_ name: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    let made = try Program.run(["new", "mock", "--like", name], in: home)
    #expect(made.status == 0, "\(made.errors)")
    let generated = try Program.run(["generate"], in: home + "/mock")
    #expect(generated.status == 0, "\(generated.errors)")
  }

  @Test("an unknown one is refused with the names there are")
  func unknown() throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    let made = try Program.run(["new", "mock", "--like", "nonsense"], in: home)
    #expect(made.status == 64 && made.errors.contains("entrance"))
  }
}
