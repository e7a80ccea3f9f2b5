import ExamModel
import Foundation
import Glibc
import TestKit
import Testing
import Webhooks
import Workers

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

  @Test(
    "output that cannot be written is an error, unless its reader has read enough",
    arguments: [
      (">/dev/full", 73, "no space left"), (">&-", 73, "bad file descriptor"),
      ("| head -n 1 >&2", 0, "matdim"),
    ] as [(String, Int32, String)])
  func lostOutput(_ where: String, _ status: Int32, _ words: String) throws {
    let outcome = try Program.run(
      ["families"], in: home,
      under: ["bash", "-o", "pipefail", "-c", "\"$0\" \"$@\" \(`where`)"])
    #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
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
