import Foundation
import Glibc
import TestKit
import Testing

/// A workspace with papers, in a folder of its own that is removed afterwards.
private func withWorkspace(_ body: (String) throws -> Void) throws {
  let home = try Program.temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: home) }
  try #require(try Program.run(["new", "mock"], in: home).status == 0)
  try #require(try Program.run(["generate", "-q"], in: home + "/mock").status == 0)
  try body(home + "/mock")
}

private func write(_ text: String, to path: String) throws {
  try text.write(toFile: path, atomically: true, encoding: .utf8)
}

@Suite("What a person sees when something is wrong") struct BadInputTests {
  /// Runs and expects an error with these words and this exit code, and nothing on standard output.
  private func expect(
    _ arguments: [String], in folder: String, fails status: Int32, _ words: String,
    environment: [String: String] = [:], _ place: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.run(arguments, in: folder, environment: environment)
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.output == "", sourceLocation: place)
  }

  @Test("files of responses that cannot be used")
  func responses() throws {
    try withWorkspace { folder in
      try expect(
        ["grade", "missing.csv"], in: folder, fails: 65, "missing.csv: there is no such file")
      try expect(["grade", "papers"], in: folder, fails: 65, "this is a folder")
      try write("", to: folder + "/empty.csv")
      try expect(["grade", "empty.csv"], in: folder, fails: 65, "the file is empty")
      try write("Name,Colour\nAda,red\n", to: folder + "/other.csv")
      try expect(
        ["grade", "other.csv"], in: folder, fails: 65, "no column is a question of this test")
      try write("Timestamp,Username,Q3 p\n", to: folder + "/header.csv")
      try expect(["grade", "header.csv"], in: folder, fails: 65, "no response below it")
      // None of them left a run behind.
      let status = try Program.run(["status", "--format", "json"], in: folder)
      #expect(status.output == "[]\n")
    }
  }

  @Test("a device where a template should be")
  func device() throws {
    try withWorkspace { folder in
      mkdir(folder + "/mine", 0o755)
      symlink("/dev/zero", folder + "/mine/paper.css")
      try expect(
        ["generate", "--templates", "mine"], in: folder, fails: 65,
        "mine/paper.css: this is a device, not a file")
    }
  }

  @Test("a file that may not be read", .enabled(if: getuid() != 0, "root may read everything"))
  func unreadable() throws {
    try withWorkspace { folder in
      try write("x", to: folder + "/locked.csv")
      chmod(folder + "/locked.csv", 0)
      try expect(
        ["grade", "locked.csv"], in: folder, fails: 65, "cannot be read: permission denied")
    }
  }

  @Test("a blueprint with a typing error, told with its line and what is allowed")
  func blueprint() throws {
    try withWorkspace { folder in
      let file = folder + "/blueprint.json5"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try write(text.replacingOccurrences(of: "count: 2", with: "cuont: 2"), to: file)
      try expect(
        ["generate"], in: folder, fails: 65, "blueprint.json5:12:37: unknown key \"cuont\"")
      try expect(["generate"], in: folder, fails: 65, "did you mean \"count\"? allowed here:")
      try write(text.replacingOccurrences(of: "softmax.values", with: "softmax.valeus"), to: file)
      try expect(
        ["generate"], in: folder, fails: 65,
        "unknown family \"softmax.valeus\"; did you mean \"softmax.values\"?")
      try write(
        text.replacingOccurrences(
          of: "{ family: \"softmax.values\"", with: "{ count: 40, family: \"scale.train-memory\""),
        to: file)
      try expect(
        ["generate"], in: folder, fails: 65,
        "scale.train-memory has 36 different questions, and a paper asks for 40 of them")
      // The papers that were there are untouched.
      #expect(FileManager.default.fileExists(atPath: folder + "/papers/c001.html"))
    }
  }

  @Test("a secret that others can read, that is damaged or gone")
  func secrets() throws {
    try withWorkspace { folder in
      chmod(folder + "/secret", 0o644)
      try expect(
        ["key", "c001"], in: folder, fails: 78,
        "others can read the secret; run \"chmod 600 secret\"")
      try write("not a secret", to: folder + "/secret")
      chmod(folder + "/secret", 0o600)
      try expect(["key", "c001"], in: folder, fails: 78, "this is no secret")
      unlink(folder + "/secret")
      try expect(["key", "c001"], in: folder, fails: 78, "put the copy that you kept there")
    }
  }

  @Test("grading with another secret or blueprint than the papers were made of")
  func manifest() throws {
    try withWorkspace { folder in
      let file = folder + "/blueprint.json5"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try write(
        text.replacingOccurrences(of: "marks: 4, decimals: 3", with: "marks: 5, decimals: 3"),
        to: file)
      try write("x", to: folder + "/r.csv")
      try expect(["grade", "r.csv"], in: folder, fails: 65, "the blueprint was changed since")
      try expect(["generate"], in: folder, fails: 65, "gradus generate --force")
      try write(text, to: file)
      try write(String(repeating: "ab", count: 32), to: folder + "/secret")
      chmod(folder + "/secret", 0o600)
      try expect(["grade", "r.csv"], in: folder, fails: 65, "the secret is another one")
    }
  }

  @Test("stores that cannot be reached or understood")
  func stores() throws {
    try withWorkspace { folder in
      try write("x", to: folder + "/r.csv")
      for store in [
        "postgresql://nobody:hunter2@127.0.0.1:1/none", "postgresql:///x?host=/nonexistent",
      ] {
        let outcome = try Program.run(["grade", "r.csv", "--store", store], in: folder)
        #expect(outcome.status == 69, "\(outcome.errors)")
        #expect(!outcome.errors.contains("hunter2"))
      }
      try expect(["migrate", "--store", "mysql://x"], in: folder, fails: 78, "sqlite:PATH")
      try expect(
        ["migrate"], in: folder, fails: 69, "see that the server runs",
        environment: ["GRADUS_STORE": "postgresql://127.0.0.1:1/none"])
      try write("this is no database, only text of some length", to: folder + "/notes.txt")
      try expect(
        ["status", "--store", "sqlite:notes.txt"], in: folder, fails: 78, "notes.txt is no database"
      )
    }
  }

  @Test("values that mean nothing are told in words, with what would")
  func values() throws {
    try withWorkspace { folder in
      let export = Demonstration.export
      let question = ["question", "softmax.values"]
      for (words, status, message) in [
        (["new", ""], 64, "new needs DIR"),
        (["question", "nope"], 64, "unknown family \"nope\"; \"gradus families\" lists all"),
        (
          question + ["--parameters", "[]"], 65,
          "--parameters: softmax.values: parameters are an object"
        ),
        (question + ["--parameters", #"{"mode": 1, "n": []}"#], 65, "\"mode\" should be a text"),
        (question + ["--parameters", #"{"mode": "log", "n": 1}"#], 65, "\"n\" should be a list"),
        (
          ["mark", "--kind", "expression", "--key", "\"(\"", "--answer", "x"], 65,
          "no expression: \"(\""
        ),
        (["manual", "--out", "roster.csv"], 73, "roster.csv: cannot be written: a file is there"),
        (["key", "nobody"], 65, "\"nobody\" on the roster; name one by id, e-mail address or"),
        (["grade", export, "--lanes", "0"], 64, "--lanes is a whole number from 1 to 256"),
        (["results", "--run", "x"], 64, "--run is a whole number of 1 or more, not \"x\""),
        // Nothing was imported on the way to any of them.
        (["report"], 78, "there is no store at gradus.sqlite"),
        (["status", "--store", "sqlite:typo.sqlite"], 78, "there is no store at typo.sqlite"),
        (["erase", "--test", "--yes", "--by", " "], 64, "--by is a name on one line"),
        (["run", "pause", "1", "--by", "a\nb"], 64, "--by is a name on one line"),
        (["erase", "--older-than", "999999999999", "--dry-run"], 64, "from 1 to 36500"),
        (["audit", "verify", "--contains", "00"], 64, "a hash of 64 digits"),
      ] as [([String], Int32, String)] {
        try expect(words, in: folder, fails: status, message)
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy {
          !$0.hasSuffix(".sqlite")
        })
      try #require(try Program.run(["grade", export, "-q"], in: folder).status == 0)
      try expect(
        ["results", "--question", "99"], in: folder, fails: 65, "no question 99; its last")
      try expect(
        ["results", "--outcome", "unreadible"], in: folder, fails: 65,
        "did you mean \"unreadable\"?")
    }
  }

  @Test("folders that cannot be written to")
  func readOnly() throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    // Not even root can make files in /proc.
    try expect(["new", "/proc/gradus-test"], in: home, fails: 73, "cannot be written")
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    try expect(["new", "mock"], in: home, fails: 73, "is there already")
    #expect(try FileManager.default.contentsOfDirectory(atPath: home) == ["mock"])
  }

  @Test("commands and options that do not exist")
  func usage() throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try expect(["new", "mock", "surplus"], in: home, fails: 64, "surplus")
    try expect(["generat"], in: home, fails: 64, "did you mean \"generate\"?")
    try expect(["generate", "--worksapce", "x"], in: home, fails: 64, "did you mean --workspace?")
    try expect(["question"], in: home, fails: 64, "question needs FAMILY")
    try expect(
      ["question", "softmax.value"], in: home, fails: 64, "did you mean \"softmax.values\"?")
    try expect(["question", "softmax.values", "--seed", "x"], in: home, fails: 64, "whole number")
    try expect(
      ["question", "softmax.values", "--format", "yaml"], in: home, fails: 64,
      "one of text, html, latex, typst, json")
    try expect(["webhook"], in: home, fails: 64, "webhook needs one of: add")
    try expect(["webhook", "ad"], in: home, fails: 64, "did you mean \"webhook add\"?")
    try expect(["generate"], in: home, fails: 65, "there is no workspace here")
    try expect(
      ["webhook", "add", "http://127.0.0.1/", "--store", "sqlite:x.sqlite"], in: home, fails: 64,
      "use https")
    for address in ["https://127.0.0.1/", "https://[fd00::1]/", "https://0x7f.1/"] {
      try expect(
        ["webhook", "add", address, "--store", "sqlite:x.sqlite"], in: home, fails: 64,
        "allow private addresses")
    }
    try expect(
      [
        "webhook", "add", "https://169.254.169.254/", "--allow-private", "--store",
        "sqlite:x.sqlite",
      ],
      in: home, fails: 64, "where no webhook is sent")
  }
}
