import ExamModel
import Foundation
import TestKit
import Testing

/// A workspace with papers of the published demonstration secret and its export beside them.
private func withDemonstration(_ body: (String) throws -> Void) throws {
  let home = try Program.temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: home) }
  let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("deploy/demo").path
  try FileManager.default.copyItem(atPath: demo + "/secret.hex", toPath: home + "/secret")
  chmod(home + "/secret", 0o600)
  let folder = home + "/mock-ml"
  let made = try Program.run(["new", "mock-ml", "--secret-file", "secret"], in: home)
  try #require(made.status == 0)
  try #require(try Program.run(["generate", "-q"], in: folder).status == 0)
  try FileManager.default.copyItem(
    atPath: demo + "/responses.csv", toPath: folder + "/responses.csv")
  try body(folder)
}

private func json(_ arguments: [String], in folder: String) throws -> JSON {
  let outcome = try Program.run(arguments + ["--format", "json"], in: folder)
  #expect(outcome.status == 0, "\(outcome.errors)")
  return try JSON(parsing: outcome.output, file: "output")
}

@Suite("Looking at an export and settling what waits") struct ResponseCommandTests {
  @Test("inspect has its fixed shape, and says what grade then does")
  func inspect() throws {
    try withDemonstration { folder in
      let found = try json(["inspect", "responses.csv"], in: folder)
      #expect(
        found.members?.map(\.key).prefix(11) == [
          "file", "service", "encoding", "delimiter", "headerRows", "rows", "columns", "locale",
          "submissions", "problems", "quoting",
        ])
      #expect(found["service"]?.string == "google-forms-direct")
      #expect(
        found["columns"]?.array?.first?.members?.map(\.key) == [
          "index", "title", "role", "question",
        ])
      #expect(found["problems"]?.array?.first?.members?.map(\.key) == ["line", "reason", "raw"])
      #expect(found["columns"]?.array?[3]["question"]?.string == "Q1 AB")
      let graded = try json(["grade", "responses.csv", "--no-deliver"], in: folder)
      for count in ["rows", "graded", "superseded", "quarantined"] {
        #expect(found[count]?.int == graded[count]?.int, "\(count)")
      }
      let listed = try json(["quarantine", "list"], in: folder).array ?? []
      let problems = found["problems"]?.array ?? []
      #expect(listed.map { $0["line"]?.int } == problems.map { $0["line"]?.int })
      #expect(listed.map { $0["reason"]?.string } == problems.map { $0["reason"]?.string })
      #expect(listed.map { $0["raw"]?.string } == problems.map { $0["raw"]?.string })
      let text = try Program.run(["inspect", "responses.csv"], in: folder)
      #expect(text.output.contains("48 rows = 40 to be graded + 5 superseded + 3 quarantined"))
    }
  }

  @Test("several files are shown one after another, and one that is none spoils no other")
  func severalFiles() throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try "Timestamp,Email,Q1\n2026-03-05 09:58:07,a@example.org,2\n".write(
      toFile: home + "/a.csv", atomically: true, encoding: .utf8)
    let two = try Program.run(["inspect", "a.csv", "a.csv", "--format", "json"], in: home)
    #expect(two.status == 0)
    #expect(two.output.split(separator: "\n").count == 2)
    let mixed = try Program.run(["inspect", "a.csv", "missing.csv", "--format", "json"], in: home)
    #expect(mixed.status == 65)
    #expect(mixed.output.split(separator: "\n").count == 1)
    #expect(mixed.errors.contains("missing.csv: there is no such file"))
    #expect(mixed.errors.contains("1 of 2 files were not understood"))
    let text = try Program.run(["inspect", "a.csv"], in: home)
    #expect(text.output.contains("no workspace here"))
  }

  @Test("a person releases a row, which is graded, or discards it; who, when and why is kept")
  func settle() throws {
    try withDemonstration { folder in
      try #require(
        try Program.run(["grade", "responses.csv", "--no-deliver"], in: folder).status == 0)
      let line = try #require(
        try json(["quarantine", "list"], in: folder).array?.first {
          $0["reason"]?.string?.contains("a slip away from") == true
        }?["line"]?.int)
      let shown = try Program.run(["quarantine", "show", "\(line)"], in: folder)
      #expect(shown.output.contains("a slip away from") && shown.output.contains("\"2026/03/05"))
      let reason = ["--reason", "asked on the phone"]
      let released = ["quarantine", "release", "\(line)", "--to", "c001", "--no-deliver"] + reason
      let refused = try Program.run(released, in: folder)
      #expect(refused.status == 65 && refused.errors.contains("with --replace"))
      let summary = try json(released + ["--replace", "--by", "ruth"], in: folder)
      #expect(summary["graded"]?.int == 40 && summary["superseded"]?.int == 6)
      #expect(summary["quarantined"]?.int == 2 && summary["rows"]?.int == 48)
      let results = try json(["results", "c001"], in: folder)
      #expect(results.array?.first?["line"]?.int == line)
      let kept = try #require(
        try json(["quarantine", "list", "--all"], in: folder).array?.first {
          $0["line"]?.int == line
        }?["settled"])
      #expect(kept["by"]?.string == "ruth" && kept["to"]?.string == "c001")
      #expect(kept["reason"]?.string == "asked on the phone")
      #expect(kept["at"]?.string?.hasSuffix("Z") == true)
      let others = try json(["quarantine", "list"], in: folder).array?.compactMap {
        $0["line"]?.int
      }
      let discarded = try Program.run(
        ["quarantine", "release"] + (others ?? []).map(String.init) + ["--discard"] + reason,
        in: folder)
      #expect(discarded.status == 0, "\(discarded.errors)")
      #expect(try json(["quarantine", "list"], in: folder).array?.isEmpty == true)
    }
  }

  @Test(
    "a decision that is none says what is missing",
    arguments: [
      (["17", "--to", "c001"], 64, "say why with --reason"),
      (["17", "--reason", "x"], 64, "either --to CANDIDATE or --discard"),
      (["17", "--reason", "x", "--to", "c001", "--discard"], 64, "either --to"),
      (["17", "18", "--reason", "x", "--to", "c001"], 64, "one row at a time"),
      (["17", "--reason", "x", "--to", "nobody"], 65, "no candidate \"nobody\""),
      (["17", "--reason", "x", "--to", "c001"], 65, "no quarantined row 17"),
    ] as [([String], Int32, String)])
  func badDecisions(_ words: [String], _ status: Int32, _ message: String) throws {
    try withDemonstration { folder in
      try #require(try Program.run(["migrate"], in: folder).status == 0)
      let outcome = try Program.run(["quarantine", "release"] + words, in: folder)
      #expect(outcome.status == status && outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("a table of one's own is read with a mapping, a deadline and a time zone")
  func mapping() throws {
    try withDemonstration { folder in
      let blueprint = folder + "/blueprint.json5"
      let text = try String(contentsOfFile: blueprint, encoding: .utf8)
      try text.replacingOccurrences(
        of: "marking: {", with: "marking: { deadline: \"2026-03-05T18:00 Europe/Berlin\","
      ).write(toFile: blueprint, atomically: true, encoding: .utf8)
      try """
      Wann|Wer|Erste Antwort|Notiz
      5/3/2026 17:59|c001|2 x 3|
      5/3/2026 18:01|c002|2 x 3|x
      14/3/2026 10:00|c003|2 x 3|x
      """.write(toFile: folder + "/own.csv", atomically: true, encoding: .utf8)
      try """
      { delimiter: "|", columns: { "Wann": "time", "wer": "identity", "Erste Antwort": "Q1 AB",
        "Notiz": "ignore" } }
      """.write(toFile: folder + "/own.json5", atomically: true, encoding: .utf8)
      let found = try json(["inspect", "own.csv", "--mapping", "own.json5"], in: folder)
      #expect(found["dates"]?.string == "day-first" && found["service"]?.string == "plain")
      #expect(
        found["columns"]?.array?.map { $0["role"]?.string } == [
          "time", "identity", "question", "other",
        ])
      #expect(found["graded"]?.int == 1 && found["quarantined"]?.int == 2)
      #expect(found["preview"]?.array?.first?["time"]?.string == "2026-03-05T16:59:00Z")
      #expect(
        found["problems"]?.array?.first?["reason"]?.string
          == "late: sent at 2026-03-05T17:01:00Z, after 2026-03-05T18:00 Europe/Berlin")
      let graded = try json(
        ["grade", "own.csv", "--mapping", "own.json5", "--no-deliver"], in: folder)
      #expect(graded["graded"]?.int == 1 && graded["quarantined"]?.int == 2)
      // In another zone the second came in time as well.
      let abroad = try json(
        ["inspect", "own.csv", "--mapping", "own.json5", "--time-zone", "Asia/Kolkata"], in: folder)
      #expect(abroad["graded"]?.int == 2)
    }
  }

  @Test("a question without a column is no silent nought: the file is refused, and says of what")
  func missingColumns() throws {
    try withDemonstration { folder in
      let export = try String(contentsOfFile: folder + "/responses.csv", encoding: .utf8)
      let renamed = export.replacingOccurrences(of: "Q3 ratio", with: "Third answer")
        .replacingOccurrences(of: "Q1 AB", with: "Q1 ab")
      try renamed.write(toFile: folder + "/r.csv", atomically: true, encoding: .utf8)
      let refused = try Program.run(["grade", "r.csv", "--no-deliver"], in: folder)
      #expect(refused.status == 65, "\(refused.errors)")
      #expect(refused.errors.contains("no column asks Q3 ratio, which papers do"))
      #expect(refused.errors.contains("\"Third answer"), "\(refused.errors)")
      let found = try Program.run(["inspect", "r.csv"], in: folder)
      #expect(found.output.contains("no column asks Q3 ratio"), "\(found.output)")
      let blueprint = folder + "/blueprint.json5"
      let text = try String(contentsOfFile: blueprint, encoding: .utf8)
      let end = try #require(text.lastIndex(of: "}"))
      try (text[..<end] + "corrections: [{ question: 3, part: \"ratio\", void: \"uncounted\" }] }")
        .write(toFile: blueprint, atomically: true, encoding: .utf8)
      #expect(try json(["grade", "r.csv", "--no-deliver"], in: folder)["graded"]?.int == 40)
    }
  }

  @Test("what does not go over to a newer file, or to an older one, is said")
  func staysBehind() throws {
    try withDemonstration { folder in
      #expect(
        try json(["grade", "responses.csv", "--no-deliver"], in: folder)["graded"]?.int == 40)
      let again = try Program.run(["grade", "responses.csv", "--dates", "day-first"], in: folder)
      #expect(again.status == 0 && again.errors.contains("add an empty line at its end"))
      let overruled = try Program.run(
        ["overrule", "c001", "3", "p", "--points", "1", "--reason", "x"], in: folder)
      #expect(overruled.status == 0, "\(overruled.errors)")
      // The newer file has a column for remarks.
      let lines = try String(contentsOfFile: folder + "/responses.csv", encoding: .utf8)
        .split(separator: "\n")
      let newer = [lines[0] + ",Q3 p remarks"] + lines.dropFirst().map { $0 + ",none" }
      try newer.joined(separator: "\n").write(
        toFile: folder + "/r.csv", atomically: true, encoding: .utf8)
      let second = try Program.run(["grade", "r.csv", "--no-deliver"], in: folder)
      #expect(second.status == 0 && second.errors.contains("1 decision of persons"))
      let results = try json(["results", "--run", "1"], in: folder).array
      #expect(try json(["results", "--run", "2"], in: folder).array?.count == results?.count)
    }
  }

  @Test("an export in which nobody is graded takes nothing away")
  func nobody() throws {
    try withDemonstration { folder in
      #expect(
        try json(["grade", "responses.csv", "--no-deliver"], in: folder)["graded"]?.int == 40)
      let lines = try String(contentsOfFile: folder + "/responses.csv", encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).prefix(3)
      try lines.map { $0 + "," }.joined(separator: "\n")
        .replacingOccurrences(of: "@", with: "#")
        .write(toFile: folder + "/r.csv", atomically: true, encoding: .utf8)
      let second = try Program.run(["grade", "r.csv", "--no-deliver"], in: folder)
      #expect(second.errors.contains("is not what counts"), "\(second.errors)")
      #expect(try json(["results"], in: folder).array?.count == 40)
    }
  }

  @Test(
    "a mapping that is none says where",
    arguments: [
      ("{ columns: { \"Q\": 3 } }", "m.json5:1:14"), ("{ columns: [] }", "is an object"),
      ("{ service: \"gogle\" }", "google-forms-direct"),
      ("{ encoding: \"latin1\" }", "windows-1252"),
      ("{ delimiter: \"ab\" }", "one ASCII character"),
      ("{ colums: {} }", "did you mean \"columns\"?"),
      ("{ columns: { \"Gone\": \"ignore\" } }", "a.csv has no column \"Gone\""),
      ("{ dates: \"any\" }", "day-first"), ("{ timeZone: \"Mars/Olympus\" }", "no time zone"),
    ])
  func badMappings(_ mapping: String, _ words: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try mapping.write(toFile: home + "/m.json5", atomically: true, encoding: .utf8)
    try "Timestamp,Email,Q1\nx,y,2\n".write(
      toFile: home + "/a.csv", atomically: true, encoding: .utf8)
    let outcome = try Program.run(["inspect", "a.csv", "--mapping", "m.json5"], in: home)
    #expect(outcome.status == 65 && outcome.errors.contains(words), "\(outcome.errors)")
  }
}
