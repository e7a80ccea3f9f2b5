import Foundation
import Glibc
import TestKit
import Testing

/// A workspace without papers, in a folder of its own that is removed afterwards.
private func withWorkspace(_ body: (String) throws -> Void) throws {
  let home = try Program.temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: home) }
  try #require(try Program.run(["new", "mock"], in: home).status == 0)
  try body(home + "/mock")
}

/// Every file that a person finds in a folder, with its bytes; links are followed.
private func contents(of folder: String) throws -> [String: Data] {
  var found: [String: Data] = [:]
  for name in ["papers", "keys", "solutions"] {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? [] {
      found["\(name)/\(file)"] = FileManager.default.contents(atPath: "\(folder)/\(name)/\(file)")
    }
  }
  for name in ["manifest.json", "cohort.txt", "SHA256SUMS"] {
    found[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
  }
  return found
}

@Suite("Sets of papers") struct PaperSetTests {
  private static let formats = "html,text,markdown,typst,latex"

  @Test("the same order gives the same bytes, whatever the lanes and whatever was there")
  func deterministic() throws {
    try withWorkspace { folder in
      let order = ["generate", "-q", "--format", Self.formats, "--answer-sheet"]
      #expect(try Program.run(order + ["--lanes", "1"], in: folder).status == 0)
      let first = try contents(of: folder)
      #expect(first.count == 40 * 3 * 5 + 3)
      #expect(try Program.run(order + ["--lanes", "7"], in: folder).status == 0)
      #expect(try contents(of: folder) == first)
      #expect(try Program.run(order + ["--out", "elsewhere"], in: folder).status == 0)
      #expect(try contents(of: folder + "/elsewhere") == first)
    }
  }

  @Test("a killed run leaves what was there before, and the next one goes on")
  func killed() throws {
    try withWorkspace { folder in
      #expect(try Program.run(["generate", "-q", "--count", "3"], in: folder).status == 0)
      let before = try contents(of: folder)
      let order = ["generate", "--count", "300", "--force"]
      let running = try Program.start(order, in: folder)
      let sets = folder + "/.sets"
      // Killed once some batches are noted and before all are.
      var noted = 0
      while noted < 3 {
        let partial = try FileManager.default.contentsOfDirectory(atPath: sets).first {
          $0.hasSuffix(".partial")
        }
        let journal = partial.flatMap {
          try? String(contentsOfFile: "\(sets)/\($0)/journal", encoding: .utf8)
        }
        noted = (journal ?? "").split(separator: "\n").count
        sched_yield()
      }
      running.send(SIGKILL)
      #expect(running.wait().status == 128 + SIGKILL)
      #expect(try contents(of: folder) == before)
      // Of the first batch somebody has emptied a page meanwhile.
      let partial = try #require(
        try FileManager.default.contentsOfDirectory(atPath: sets).first { $0.hasSuffix(".partial") }
      )
      let page = try #require(
        try FileManager.default.contentsOfDirectory(atPath: "\(sets)/\(partial)/papers").min())
      try Data().write(to: URL(fileURLWithPath: "\(sets)/\(partial)/papers/\(page)"))
      let resumed = try Program.run(order, in: folder)
      #expect(resumed.status == 0 && resumed.errors.contains("papers were there already"))
      #expect(try Program.run(order + ["--out", "fresh"], in: folder).status == 0)
      #expect(try contents(of: folder) == contents(of: folder + "/fresh"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: sets).sorted().count == 3,
        "the lock, the set and the link to it")
      let torn = URL(fileURLWithPath: "\(sets)/current/manifest.json")
      try Data(contentsOf: torn).prefix(200).write(to: torn)
      let refused = try Program.run(order.filter { $0 != "--force" }, in: folder)
      #expect(refused.status == 65 && refused.errors.contains("generate --force"))
      #expect(try Program.run(order, in: folder).status == 0)
    }
  }

  @Test(
    "a roster may be in any encoding that exports are in", arguments: ["windows-1252", "UTF-16"])
  func rosterEncodings(_ encoding: String) throws {
    try withWorkspace { folder in
      let text = "id;name;email\nc1;Jörg Müßig;j@example.org\nc2;Zoë;z@example.org\n"
      let bytes = try #require(
        text.data(using: encoding == "UTF-16" ? .utf16 : .windowsCP1252))
      try bytes.write(to: URL(fileURLWithPath: folder + "/roster.csv"))
      #expect(try Program.run(["generate"], in: folder).status == 0)
      let page = try String(contentsOfFile: folder + "/papers/c1.txt", encoding: .utf8)
      #expect(page.contains("Jörg Müßig"))
    }
  }

  @Test("a roster whose ids are written in another way is another one, and is said to be")
  func otherSpelling() throws {
    try withWorkspace { folder in
      let write = { (id: String) in
        try "id,name,email\n\(id),J,j@example.org\nc2,B,b@example.org\n".write(
          toFile: folder + "/roster.csv", atomically: true, encoding: .utf8)
      }
      try write("Jos\u{E9}")
      #expect(try Program.run(["generate"], in: folder).status == 0)
      try "Timestamp,Email\n".write(
        toFile: folder + "/r.csv", atomically: true, encoding: .utf8)
      let same = try Program.run(["grade", "r.csv"], in: folder)
      #expect(!same.errors.contains("papers were made"), "\(same.errors)")
      for id in ["Jose\u{301}", "jos\u{E9}"] {
        try write(id)
        let refused = try Program.run(["generate"], in: folder)
        #expect(refused.status == 65 && refused.errors.contains("1 paper lost"))
        let graded = try Program.run(["grade", "r.csv"], in: folder)
        #expect(graded.errors.contains("is not the list of those for whom papers were made"))
      }
    }
  }

  @Test("two runs at once in one folder do not mix: the second is told to wait")
  func busy() throws {
    try withWorkspace { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/.sets", withIntermediateDirectories: true)
      let lock = open(folder + "/.sets/lock", O_RDWR | O_CREAT, 0o600)
      defer { close(lock) }
      try #require(flock(lock, LOCK_EX) == 0)
      let outcome = try Program.run(["generate"], in: folder)
      #expect(outcome.status == 75 && outcome.errors.contains("at work here"), "\(outcome.errors)")
    }
  }

  @Test("what bears the name of a set and is none stays as it is")
  func foreign() throws {
    try withWorkspace { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/out/keys", withIntermediateDirectories: true)
      let outcome = try Program.run(["generate", "--out", "out"], in: folder)
      #expect(outcome.status == 73 && outcome.errors.contains("out/keys"), "\(outcome.errors)")
    }
  }

  @Test("verify finds a changed file, another root and a forged paper; a proof needs no secret")
  func verify() throws {
    try withWorkspace { folder in
      #expect(try Program.run(["generate", "-q"], in: folder).status == 0)
      let clean = try Program.run(["verify"], in: folder)
      #expect(clean.status == 0 && clean.output.contains("✓"), "\(clean.errors)")
      let root = try #require(clean.errors.split(separator: " ").last.map(String.init))
        .trimmingCharacters(in: .newlines)
      let proof = try Program.run(["prove", "c007"], in: folder)
      let file = folder + "/../c007.json"
      try proof.output.write(toFile: file, atomically: true, encoding: .utf8)
      let apart = ["verify", "c007.json", "--root"]
      #expect(try Program.run(apart + [root], in: folder + "/..").status == 0)
      #expect(
        try Program.run(apart + [String(root.reversed())], in: folder + "/..").status == 65)
      let forged = proof.output.replacingOccurrences(of: "\"version\": 1", with: "\"version\": 2")
      try forged.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try Program.run(apart + [root], in: folder + "/..").status == 65)
      let passedOff = proof.output.replacingOccurrences(of: "\"c007\"", with: "\"c008\"")
      try passedOff.write(toFile: file, atomically: true, encoding: .utf8)
      let refused = try Program.run(apart + [root], in: folder + "/..")
      #expect(refused.status == 65 && refused.errors.contains("not what was committed to"))

      let handle = try #require(FileHandle(forWritingAtPath: folder + "/papers/c002.html"))
      handle.seekToEndOfFile()
      handle.write(Data("!".utf8))
      let changed = try Program.run(["verify", "--without-secret"], in: folder)
      #expect(changed.status == 65 && changed.output == "✗ papers/c002.html was changed\n")
    }
  }

  @Test("verify finds a changed blueprint, an exchanged name and a file that is not of the set")
  func verifySurroundings() throws {
    try withWorkspace { folder in
      #expect(try Program.run(["generate", "-q"], in: folder).status == 0)
      func finds(_ expected: String, _ options: [String] = []) throws {
        let outcome = try Program.run(["verify"] + options, in: folder)
        #expect(outcome.status == 65 && outcome.output == "✗ \(expected)\n", "\(outcome.output)")
      }
      func change(_ name: String, _ old: String, _ new: String, _ body: () throws -> Void) throws {
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        let changed = text.replacingOccurrences(of: old, with: new)
        #expect(changed != text, "\(old)")
        try changed.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        try body()
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
      }
      for (old, new) in [
        ("title: \"Mock", "title: \"Block"), ("minutes: ", "minutes: 1"), ("marks: 4", "marks: 5"),
      ] {
        try change("blueprint.json5", old, new) { try finds("the blueprint was changed since") }
      }
      try change("manifest.json", "\"c003\"", "\"c099\"") {
        try finds("the manifest's papers do not lead to its root", ["--without-secret"])
      }
      try Data().write(to: URL(fileURLWithPath: folder + "/keys/c041.html"))
      try finds("keys/c041.html is no file of the set")
      // A list, or a manifest, that was changed too hides nothing.
      try change("papers/c002.html", "Paper code", "Paper  code") {
        try change("SHA256SUMS", "keys/c001.html", "keys/c999.html") {
          try finds(
            [
              "SHA256SUMS is not the list that the manifest commits to",
              "keys/c999.html is missing",
              "papers/c002.html was changed", "keys/c001.html is no file of the set",
              "keys/c041.html is no file of the set",
            ].joined(separator: "\n✗ "))
        }
        try change("manifest.json", "\"files\": \"", "\"notes\": \"") {
          try finds(
            "the manifest commits to no files; it does when \"gradus generate\" writes it")
        }
      }
      try FileManager.default.removeItem(atPath: folder + "/SHA256SUMS")
      try finds("SHA256SUMS is missing, so that no file can be checked")
    }
  }

  @Test("a set that was committed to is replaced by one with another root only with --force")
  func replacing() throws {
    try withWorkspace { folder in
      func generate(_ options: [String]) throws -> Program.Outcome {
        try Program.run(["generate", "--format", "text"] + options, in: folder)
      }
      #expect(try generate([]).status == 0)
      let before = try contents(of: folder)
      let roster = try String(contentsOfFile: folder + "/roster.csv", encoding: .utf8)
      let lines = roster.split(separator: "\n").map(String.init)
      for (rows, losses) in [
        (
          lines + ["late,Late,late@example.org"], "1 paper new (late); everybody else's paper stays"
        ),
        (Array(lines.prefix(2)), "39 papers lost (c002, c003, c004, c005 and 35 more); everybody"),
        ([lines[0]] + lines.dropFirst().reversed(), "the same papers in another order"),
      ] {
        try rows.joined(separator: "\n").write(
          toFile: folder + "/other.csv", atomically: true, encoding: .utf8)
        let refused = try generate(["--roster", "other.csv"])
        #expect(refused.status == 65 && refused.errors.contains(losses), "\(refused.errors)")
        #expect(refused.errors.contains("40 papers with the root"))
        #expect(refused.errors.contains("--out DIR") && refused.errors.contains("--force"))
      }
      let counted = try generate(["--count", "2"])
      #expect(counted.status == 65 && counted.errors.contains("and 2 papers new (v1, v2)"))
      #expect(try contents(of: folder) == before)
      #expect(try generate(["--format", "html", "--large-print"]).status == 0)
      #expect(try contents(of: folder)["manifest.json"] != before["manifest.json"])
      #expect(try generate(["--count", "2", "--out", "two"]).status == 0)
      #expect(try generate(["--count", "2", "--force"]).status == 0)
      #expect(try contents(of: folder).count == 2 * 3 + 3)
    }
  }

  @Test("a set of numbered papers, or in another folder, is told what can be done with it")
  func nextSteps() throws {
    try withWorkspace { folder in
      let elsewhere = try Program.run(["generate", "--count", "1", "--out", "../two"], in: folder)
      #expect(
        elsewhere.errors.contains("1 paper of 6 questions")
          && !elsewhere.errors.contains("1 papers"))
      let next = try #require(elsewhere.errors.firstMatch(of: /Next: gradus (.*)/)).1
      let verified = try Program.run(next.split(separator: " ").map(String.init), in: folder)
      #expect(verified.status == 0 && verified.output.hasPrefix("✓"), "\(verified.errors)")
      let root = try #require(verified.errors.firstMatch(of: /root (\w+)/)).1
      let apart = try Program.run(["prove", "v1", "--set", "../two"], in: folder)
      #expect(apart.status == 0 && apart.errors.contains(root), "\(apart.errors)")

      let numbered = try Program.run(["generate", "--count", "3"], in: folder)
      #expect(numbered.errors.contains("put v1 to v3 on roster.csv; then: gradus grade"))
      for hasRoster in [true, false] {
        if !hasRoster { unlink(folder + "/roster.csv") }
        let key = try Program.run(["key", "v2"], in: folder)
        #expect(key.status == 0 && key.output.contains("(v2), paper code"), "\(key.errors)")
        let code = try #require(key.output.firstMatch(of: /paper code (\S+)/)).1
        let proof = try Program.run(["prove", String(code)], in: folder)
        #expect(proof.status == 0 && proof.output.contains("\"v2\""), "\(proof.errors)")
      }
      let all = try Program.run(["key", "--format", "csv"], in: folder)
      #expect(
        Set(all.output.split(whereSeparator: \.isNewline).dropFirst().map { $0.prefix(2) }) == [
          "v1", "v2", "v3",
        ])
    }
  }

  @Test("files of a person's own stay, also beside a manifest, and the message says what to do")
  func ownFiles() throws {
    try withWorkspace { folder in
      let order = ["generate", "--count", "2"]
      #expect(try Program.run(order, in: folder).status == 0)
      // As a copy is that followed the links.
      let copy = folder + "/copy"
      let copied = Process()
      copied.executableURL = URL(fileURLWithPath: "/bin/cp")
      copied.arguments = ["-rL", folder + "/.", folder + "/../copy"]
      try copied.run()
      copied.waitUntilExit()
      try FileManager.default.moveItem(atPath: folder + "/../copy", toPath: copy)
      try "mine".write(toFile: copy + "/papers/remarks.txt", atomically: true, encoding: .utf8)
      for words in [order, order + ["--force"]] {
        let refused = try Program.run(words, in: copy)
        #expect(refused.status == 73 && refused.errors.contains("move it away"))
        #expect(try String(contentsOfFile: copy + "/papers/remarks.txt", encoding: .utf8) == "mine")
      }
      for entry in ["papers", "keys", "solutions", "cohort.txt", "SHA256SUMS", "manifest.json"] {
        try FileManager.default.removeItem(atPath: "\(copy)/\(entry)")
      }
      let refused = try Program.run(order, in: copy)
      #expect(refused.status == 73 && refused.errors.contains("remove the folder .sets"))
      try FileManager.default.removeItem(atPath: copy + "/.sets")
      #expect(try Program.run(order, in: copy).status == 0)
    }
  }

  @Test("changed templates are used, and a mistake in one leaves what was there")
  func templates() throws {
    try withWorkspace { folder in
      #expect(try Program.run(["templates", "export", "mine"], in: folder).status == 0)
      let css = folder + "/mine/paper.css"
      try "b { color: red }\n".write(toFile: css, atomically: true, encoding: .utf8)
      let order = ["generate", "--count", "2", "--templates", "mine"]
      #expect(try Program.run(order, in: folder).status == 0)
      let page = try String(contentsOfFile: folder + "/papers/v1.html", encoding: .utf8)
      #expect(page.contains("b { color: red }"))
      let html = folder + "/mine/paper.html"
      try "{{titel}}".write(toFile: html, atomically: true, encoding: .utf8)
      let wrong = try Program.run(order, in: folder)
      #expect(
        wrong.status == 65
          && wrong.errors.contains("mine/paper.html:1: nothing is called \"titel\""),
        "\(wrong.errors)")
      #expect(try String(contentsOfFile: folder + "/papers/v1.html", encoding: .utf8) == page)
    }
  }
}
