import Foundation
import TestKit
import Testing

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// Whether a program is in one of the folders where programs are.
private func has(_ program: String) -> Bool {
  ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}

@Suite("What a package installs beside the program") struct ManualTests {
  /// The output of a shell's script, in a folder with `files`; standard error must stay empty.
  private func output(of command: [String], files: [String: String]) throws -> String {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    let outcome = try Program.start(command: command, in: folder).wait()
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    return outcome.output
  }

  private func print(_ arguments: String...) throws -> String {
    let outcome = try Program.run(arguments, in: "/")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test("every command has a manual page that groff formats without a complaint")
  func manualPages() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try #require(try Program.run(["manual", "--out", "pages"], in: folder).status == 0)
    let pages = try FileManager.default.contentsOfDirectory(atPath: folder + "/pages").sorted()
    let overview = try String(contentsOfFile: folder + "/pages/gradus.1", encoding: .utf8)
    let missing = pages.filter { page in
      let name = page.dropLast(2).split(separator: "-").joined(separator: "\\-")
      return page != "gradus.1" && !overview.contains("\(name)(1)")
    }
    #expect(pages.count > 40 && missing == [])
    guard has("groff") else { return }
    for page in pages {
      let outcome = try Program.start(
        command: ["groff", "-Kutf8", "-man", "-ww", "-Tutf8", "-z", "pages/" + page], in: folder
      ).wait()
      #expect(outcome.status == 0 && outcome.errors == "", "\(page): \(outcome.errors)")
    }
  }

  @Test("the example of settings lists each of them as the program reads it")
  func settings() throws {
    let file = root.appending(path: "deploy/gradus.env.example")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text == (try print("manual", "--settings")), "make docs writes it anew")
    // No variable of ours is read behind the declarations' back.
    let sources = root.appending(path: "Sources/gradus")
    for case let file as URL in FileManager.default.enumerator(
      at: sources, includingPropertiesForKeys: nil) ?? .init() where file.pathExtension == "swift"
    {
      let source = try String(contentsOf: file, encoding: .utf8)
      #expect(
        !source.contains("environment(\"GRADUS_")
          && (!source.contains("getenv") || file.lastPathComponent == "Setting.swift"),
        "\(file.lastPathComponent) reads the environment; declare it in Setting.swift")
    }
  }

  @Test("a setting that makes no sense is said so")
  func badSetting() throws {
    let outcome = try Program.run(
      ["families"], in: "/", environment: ["GRADUS_LOG_FORMAT": "xml"])
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("GRADUS_LOG_FORMAT is text or json, not \"xml\""))
  }

  @Test(
    "bash completes commands, options, values, families and files",
    arguments: [
      ("gradus gen", "generate"),
      ("gradus webhook re", "remove redeliver"),
      ("gradus webhook add --ev", "--events"),
      ("gradus results --format ", "text json csv"),
      ("gradus results --format = j", "json"),
      ("gradus question softmax.val", "softmax.values"),
      ("gradus families --topic softm", "softmax"),
      ("gradus grade ans", "answers.csv"),
      ("gradus worker --lanes ", ""),
      ("gradus nonsense ", ""),
    ])
  func bash(line: String, replies: String) throws {
    let script = """
      . ./completion; IFS=' ' read -ra COMP_WORDS <<<"$1"
      if [[ $1 == *' ' ]]; then COMP_WORDS+=(''); fi
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _gradus; echo "${COMPREPLY[*]}"
      """
    let files = ["completion": try print("completions", "bash"), "answers.csv": ""]
    #expect(try output(of: ["bash", "-c", script, "bash", line], files: files) == replies + "\n")
  }

  @Test("fish completes values and second words", .enabled(if: has("fish"), "fish is needed"))
  func fish() throws {
    let script = """
      source completion; complete -C 'gradus results --format '; complete -C 'gradus webhook a'
      """
    let replies = try output(
      of: ["fish", "--no-config", "-c", script],
      files: ["completion": try print("completions", "fish")]
    ).split(separator: "\n").map { $0.split(separator: "\t")[0] }
    #expect(replies == ["csv", "json", "text", "add"])
  }

  @Test("zsh reads its completion", .enabled(if: has("zsh"), "zsh is needed"))
  func zsh() throws {
    let script = "autoload -U compinit; compinit -u -D; . ./completion; print $_comps[gradus]"
    #expect(
      try output(
        of: ["zsh", "-f", "-c", script], files: ["completion": try print("completions", "zsh")])
        == "_gradus\n")
  }

  @Test("the version names what papers and results depend on")
  func version() throws {
    let lines = try print("--version").split(separator: "\n")
    #expect(lines.first?.split(separator: " ").first == "gradus")
    for word in ["gradus/1", "libpq ", "SQLite 3.", "libcurl ", "OpenSSL 3.", "softmax.values@"] {
      #expect(lines.contains { $0.contains(word) }, "\(word)")
    }
  }
}
