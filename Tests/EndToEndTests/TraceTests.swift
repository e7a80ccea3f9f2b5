import ExamModel
import Foundation
import Storage
import TestKit
import Testing
import Workers

@Suite("Following a file through the logs") struct TraceTests {
  @Test(
    "one id, told by the file's bytes, leads from its import to what the receiver got",
    arguments: StoreKind.available)
  func fromImportToWebhook(_ kind: StoreKind) async throws {
    let receiver = try RawServer { $1.answer(204) }
    try await TemporaryStore.withStore(kind) { address in
      let uri = kind == .postgres ? try TemporaryStore.uri(of: address) : address.description
      try Demonstration.withWorkspace { workspace in
        var log: [JSON] = []
        func gradus(_ words: String...) throws {
          let outcome = try Program.run(
            words, in: workspace.folder,
            environment: ["GRADUS_STORE": uri, "GRADUS_LOG_FORMAT": "json"])
          #expect(outcome.status == 0, "\(words) \(outcome.errors)")
          log += try outcome.errors.split(separator: "\n").map {
            try JSON(parsing: String($0), file: "log")
          }
        }
        try gradus("migrate")
        try gradus(
          "webhook", "add", "http://127.0.0.1:\(receiver.port)/", "--allow-private", "--events",
          "batch.imported,batch.needs_review,submission.graded")
        try gradus("import", Demonstration.export, "--chunk", "20")
        try gradus("worker", "--drain")
        let inbox = workspace.path("inbox")
        try FileManager.default.createDirectory(atPath: inbox, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Demonstration.export, toPath: inbox + "/again.csv")
        try gradus("sweep", "inbox", "--settle", "0")
        let digest = try Program.start(
          command: ["sha256sum", Demonstration.export], in: workspace.folder)
        let id = String(digest.wait().output.prefix(32))
        let story = log.filter { $0["trace"]?.string == id }
        for (words, count) in [
          ("imported responses.csv as run 1", 1), ("claimed", 2), ("landed", 2),
          ("run 1 is finished", 1),
          ("graded  again.csv", 1), ("batch.imported to receiver 1", 1),
          ("batch.needs_review to receiver 1", 1),
          ("submission.graded to receiver 1", 40),
        ] {
          let told = story.count { $0["message"]?.string?.contains(words) == true }
          #expect(told == count, "\(words): \(told)")
        }
        #expect(story.allSatisfy { $0["test"]?.string == "mock-ml" })
        let sent = story.compactMap { $0["event"]?.string }
        #expect(Set(receiver.requests.compactMap { $0.headers["webhook-id"] }) == Set(sent))
        for request in receiver.requests {
          let body = try JSON(parsing: String(decoding: request.body, as: UTF8.self), file: "body")
          #expect(body["data"]?["trace"]?.string == id)
        }
      }
    }
  }
}
