import ExamModel
import Foundation
import Glibc
import TestKit
import Testing
import Webhooks
import Workers

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
        (["results"], 65, "nothing is published yet"),
      ] as [([String], Int32, String)] {
        try expect(words, in: folder, fails: status, message)
      }
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
  }
}

@Suite("Commands that other programs read") struct JSONShapeTests {
  private let home = NSTemporaryDirectory()

  private func json(_ arguments: [String]) throws -> JSON {
    let outcome = try Program.run(arguments, in: home)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output, file: "output")
  }

  @Test("question prints every field of its shape")
  func question() throws {
    let json = try json([
      "question", "softmax.values", "--parameters", "{\"mode\": \"log\", \"n\": [1, 2, 10]}",
      "--format", "json",
    ])
    #expect(
      json.members?.map(\.key) == [
        "family", "version", "parameters", "prompt", "parts", "misconceptions", "solution",
      ])
    let part = try #require(json["parts"]?.array?.first)
    #expect(
      part.members?.map(\.key) == [
        "id", "kind", "prompt", "key", "exact", "display", "points", "tolerance", "options",
        "dependsOn",
      ])
    #expect(part["id"]?.string == "pExact" && part["kind"]?.string == "vector")
    #expect(part["exact"]?.string == "[1/13, 2/13, 10/13]")
    #expect(part["key"]?.doubles?.last == 10.0 / 13)
    #expect(json["parameters"]?.text == "{\"mode\":\"log\",\"n\":[1,2,10]}")
    #expect(["text", "html", "latex"].allSatisfy { json["prompt"]?[$0]?.string?.isEmpty == false })
  }

  @Test("mark prints verdicts with reasons, of a question and of one answer")
  func mark() throws {
    let question = try json([
      "mark", "backprop.sigmoid-neuron", "--parameters",
      "{\"w0\": -2, \"x0\": 3, \"w1\": 3, \"x1\": 0.5, \"w2\": 3.5, \"s\": -1}", "--answers",
      "{\"u\": \"−1\", \"L\": \"0.7311\"}", "--format", "json",
    ])
    #expect(question["possible"]?.int == 8 && question["awarded"]?.int == 1)
    let wrong = try #require(question["parts"]?.array?[1])
    #expect(wrong["outcome"]?.string == "misconception")
    #expect(wrong["misconception"]?.string == "wrong-sign-exponent")
    #expect(wrong["reasons"]?.array?.isEmpty == false)
    let alone = try json([
      "mark", "--kind", "vector", "--key", "[0.5, 0.25]", "--decimals", "2", "--answer", "1/2; 1/4",
      "--format", "json",
    ])
    #expect(alone["outcome"]?.string == "correct" && alone["read"]?.doubles == [0.5, 0.25])
  }

  @Test(
    "mark refuses what would mean nothing",
    arguments: [
      (["matdim.product", "--seed", "1", "--answers", "{}", "--kind", "shape"], 64, "--kind"),
      (["--kind", "number", "--key", "1", "--answer", "1", "--seed", "1"], 64, "--seed"),
      (["--kind", "number", "--key", "1"], 64, "--answer"),
      (
        [
          "--kind", "number", "--key", "1", "--answer", "1", "--decimals", "2", "--absolute", "0.1",
        ], 64, "give one of"
      ),
      (["--kind", "number", "--key", "\"x\"", "--answer", "1"], 65, "this is no number"),
      (
        ["--kind", "choice", "--key", "\"z\"", "--options", "[\"x\", \"y\"]", "--answer", "x"], 65,
        "none of the options"
      ),
      (
        ["--kind", "choice", "--key", "\"x\"", "--options", "[1]", "--answer", "x"], 65,
        "list of texts"
      ),
      (["--kind", "number", "--key", "1", "--answer", "1", "--relative", "-1"], 64, "--relative"),
      (["--kind", "word", "--key", "1", "--answer", "1"], 64, "--kind"),
    ] as [([String], Int32, String)])
  func markRefuses(_ words: [String], _ status: Int32, _ error: String) throws {
    let outcome = try Program.run(["mark"] + words, in: home)
    #expect(outcome.status == status && outcome.errors.contains(error), "\(outcome.errors)")
  }

  @Test("mark tells one answer in every field of its shape")
  func markAlone() throws {
    let verdict = try json([
      "mark", "--kind", "choices", "--key", "[\"A\", \"C\"]", "--options",
      "[\"momentum\", \"dropout\", \"decay\"]", "--answer", "A", "--format", "json",
    ])
    #expect(
      verdict.members?.map(\.key) == [
        "id", "outcome", "read", "awarded", "possible", "misconception", "feedback", "reasons",
      ])
    #expect(verdict["outcome"]?.string == "incorrect" && verdict["awarded"]?.double == 0.5)
    #expect(verdict["read"]?.text == "[\"momentum\"]")
    #expect(verdict["misconception"] == .null)
    let settled = try json([
      "mark", "--kind", "number", "--key", "1234", "--number-locale", "point", "--answer", "1,234",
      "--format", "json",
    ])
    #expect(settled["outcome"]?.string == "correct")
    let infinite = try json([
      "mark", "--kind", "number", "--key", "inf", "--answer", "∞", "--format", "json",
    ])
    #expect(infinite["outcome"]?.string == "correct" && infinite["read"]?.string == "inf")
  }

  @Test("parts that the question does not have are an error")
  func unknownPart() throws {
    let outcome = try Program.run(
      ["mark", "matdim.product", "--seed", "1", "--answers", "{\"XY\": \"1\"}"], in: home)
    #expect(outcome.status == 65 && outcome.errors.contains("no part \"XY\""))
  }

  @Test("every command has help with an example")
  func help() throws {
    let overview = try Program.run(["--help"], in: home).output
    let commands = overview.split(separator: "\n").filter {
      $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("gradus")
    }
    .map { $0.split(separator: "  ")[0].split(separator: " ").map(String.init) }
    #expect(commands.count > 15)
    for command in commands {
      let page = try Program.run(command + ["--help"], in: home)
      #expect(page.status == 0 && page.output.contains("EXAMPLE"), "\(command)")
      #expect(page.output.contains("gradus \(command.joined(separator: " "))"), "\(command)")
    }
  }
}

@Suite("The main job, end to end") struct MainJobTests {
  @Test("the same commands do the same on either store", arguments: StoreKind.available)
  func mainJob(_ kind: StoreKind) async throws {
    let address =
      kind == .postgres ? try await TemporaryStore.postgresURI() : nil
    try Demonstration.withWorkspace { workspace in
      let store = address ?? workspace.defaultStore
      let environment = ["GRADUS_STORE": store]
      func gradus(_ arguments: String...) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: workspace.folder, environment: environment)
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
        return outcome
      }
      let receiver = try WebhookReceiver()
      let added = try gradus(
        "webhook", "add", "http://127.0.0.1:\(receiver.port)/", "--allow-private", "--events",
        "batch.graded")
      let secret = try WebhookSecret(
        text: String(added.output.split(separator: "\n").first ?? ""))
      let grading = try Program.start(
        ["grade", Demonstration.export, "--chunk", "7"], in: workspace.folder,
        environment: environment)
      var arrived: WebhookReceiver.Request?
      try receiver.receiveOne { request in
        arrived = request
        return .init(status: 204)
      }
      let outcome = grading.wait()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("together, all accounted for  48"))
      #expect(outcome.output.contains("three most frequent misconceptions"))
      let request = try #require(arrived)
      try WebhookSignature.verify(
        id: request.headers["webhook-id"], timestamp: request.headers["webhook-timestamp"],
        signatures: request.headers["webhook-signature"], body: request.body, with: .shared(secret),
        now: Int64(Date().timeIntervalSince1970))
      let payload = try JSON(parsing: String(decoding: request.body, as: UTF8.self), file: "body")
      #expect(payload["data"]?["graded"]?.int == 40)
      let again = try gradus("grade", Demonstration.export)
      #expect(again.errors.contains("graded already; nothing was changed"))
      #expect(try gradus("status").output.contains("finished, published"))
      #expect(try gradus("results", "--format", "csv").output.split(separator: "\r\n").count == 41)
      #expect(try gradus("webhook", "deliveries").output.contains("delivered with status 204"))
      #expect(try gradus("migrate").output.contains("up to date"))
      // A server for tests may lose data, which the doctor does not pass over.
      let doctor = try Program.run(["doctor"], in: workspace.folder, environment: environment)
      #expect(doctor.output.contains("✓ store") && doctor.output.contains("✓ audit"))
      #expect(kind == .postgres || doctor.status == 0, "\(doctor.output)")
    }
    if let address { try await TemporaryStore.dropPostgres(address) }
  }

  @Test("webhooks ask no proxy of the environment")
  func proxies() throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    let receiver = try WebhookReceiver()
    Thread.detachNewThread { try? receiver.receiveOne { _ in .init(status: 204) } }
    let nowhere = "http://127.0.0.1:1/"
    let environment = [
      "GRADUS_STORE": "sqlite:\(home)/x.sqlite", "http_proxy": nowhere, "ALL_PROXY": nowhere,
    ]
    for arguments in [
      ["migrate"], ["webhook", "add", "http://127.0.0.1:\(receiver.port)/", "--allow-private"],
    ] {
      let outcome = try Program.run(arguments, in: home, environment: environment)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    let sent = try Program.run(["webhook", "test", "1"], in: home, environment: environment)
    #expect(sent.status == 0 && sent.output.contains("took it"), "\(sent)")
  }

  @Test("SIGTERM ends grading after the chunk in hand, and the next run goes on")
  func signal() throws {
    try Demonstration.withWorkspace { workspace in
      // Chunks of one row and a single lane leave time for a signal between them.
      let grading = try Program.start(
        ["grade", Demonstration.export, "--chunk", "1", "--lanes", "1", "--verbose"],
        in: workspace.folder)
      while !grading.errorsSoFar.contains("chunks"), grading.isAlive { sched_yield() }
      grading.send(SIGTERM)
      let stopped = grading.wait()
      #expect(stopped.status == 75, "\(stopped.errors)")
      #expect(stopped.errors.contains("the same command goes on from there"))
      let resumed = try Program.run(["grade", Demonstration.export], in: workspace.folder)
      #expect(
        resumed.status == 0 && resumed.errors.contains("its grading goes on"), "\(resumed.errors)")
      #expect(resumed.output.contains("together, all accounted for  48"))
    }
  }
}
