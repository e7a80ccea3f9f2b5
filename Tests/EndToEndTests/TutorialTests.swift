import Foundation
import TestKit
import Testing

/// `Documentation/Tutorial.md`, typed as it stands.
@Suite("The tutorial") struct TutorialTests {
  private struct Step {
    var commands: String
    /// What the page says they print; nil where it does not.
    var output: [Substring]?
  }

  private func steps() throws -> [Step] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Documentation/Tutorial.md")
    var steps: [Step] = []
    for block in try String(contentsOf: page, encoding: .utf8)
      .matches(of: /(?:^|\n)```(sh|text)\n(.*?)\n```/.dotMatchesNewlines())
    {
      if block.1 == "sh" {
        steps.append(Step(commands: String(block.2)))
      } else {
        steps[steps.count - 1].output = block.2.split(separator: "\n")
      }
    }
    return steps
  }

  @Test("every command does what the page says and prints what it shows")
  func everyCommand() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let steps = try steps()
    #expect(steps.count > 10)
    let script = (["set -e; exec 2>&1"] + steps.map { "\($0.commands)\necho '§'" }).joined(
      separator: "\n")
    let programs = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
    let outcome = try Program.start(
      command: ["bash", "-c", script], in: folder,
      environment: ["PATH": "\(programs):/usr/bin:/bin"]
    ).wait()
    #expect(outcome.status == 0, "\(outcome.output)")
    let printed = outcome.output.split(separator: "§\n", omittingEmptySubsequences: false)
    for (step, printed) in zip(steps, printed) {
      guard let shown = step.output else { continue }
      var lines = printed.split(separator: "\n")[...]
      var isAfterGap = false
      for line in shown {
        if line == "…" {
          isAfterGap = true
          continue
        }
        let found = isAfterGap ? lines.firstIndex(of: line) : lines.startIndex
        let matches = found.map { lines.indices.contains($0) && lines[$0] == line } ?? false
        #expect(matches, "\(step.commands): \"\(line)\" is not what comes in\n\(printed)")
        lines = lines[(found.map { min($0 + 1, lines.endIndex) } ?? lines.endIndex)...]
        isAfterGap = false
      }
      #expect(isAfterGap || lines.isEmpty, "\(step.commands) prints more:\n\(printed)")
    }
  }
}
