import ExamModel
import Foundation
import Glibc
import Storage
import TestKit
import Testing
import Workers

/// A folder that files arrive in, swept by real processes.
@Suite("Sweeping an inbox") struct SweepTests {
  private struct Place: Sendable {
    let workspace: Workspace
    let store: StoreAddress
    let environment: [String: String]
    /// The demonstration's export: 48 rows, of which 40 are graded.
    let export: String

    var inbox: String { workspace.folder + "/inbox" }

    func run(_ words: [String]) throws -> Program.Outcome {
      try Program.run(words, in: workspace.folder, environment: environment)
    }

    func start(_ words: String...) throws -> Program.Running {
      try Program.start(
        ["sweep", "inbox", "--settle", "0"] + words, in: workspace.folder, environment: environment)
    }

    /// A sweep that grades and cannot come to its end, as another worker holds a chunk.
    func startedGrading() async throws -> Program.Running {
      #expect(try run(["import", "inbox/a.csv", "--chunk", "1"]).status == 0)
      let other = try await store.open()
      _ = try await other.claimChunk(of: nil, as: "other", lease: LeaseTerms(leaseSeconds: 600))
      await other.close()
      let sweep = try start("--lanes", "1")
      while kill(sweep.process, 0) == 0,
        try await count("select count(*) from chunk where state = 2") == 0
      {}
      return sweep
    }

    func sweep(_ words: String...) throws -> Program.Outcome {
      try run(["sweep", "inbox", "--settle", "0"] + words)
    }

    func put(_ text: String, _ name: String) throws {
      try text.write(toFile: "\(inbox)/\(name)", atomically: false, encoding: .utf8)
    }

    func text(_ name: String) -> String? {
      try? String(contentsOfFile: "\(inbox)/\(name)", encoding: .utf8)
    }

    /// Every file of the inbox by its path in it.
    func files() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: inbox).filter { path in
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: "\(inbox)/\(path)", isDirectory: &isFolder)
        return !isFolder.boolValue
      }.sorted()
    }

    func count(_ query: SQL) async throws -> Int {
      Int(try await TemporaryStore.inspect(store, query)[0][0] ?? "") ?? -1
    }
  }

  private func withPlace(
    _ kind: StoreKind = .sqlite, _ body: @escaping (Place) async throws -> Void
  ) async throws {
    try await TemporaryStore.withStore(kind) { address in
      try await Demonstration.withWorkspace { workspace in
        let uri =
          kind == .postgres ? try TemporaryStore.uri(of: address) : address.description
        let place = Place(
          workspace: workspace, store: address, environment: ["GRADUS_STORE": uri],
          export: try String(contentsOfFile: Demonstration.export, encoding: .utf8))
        try FileManager.default.createDirectory(
          atPath: place.inbox, withIntermediateDirectories: false)
        try await body(place)
      }
    }
  }

  @Test("every file ends where its fate shows, and none is lost")
  func fates() async throws {
    try await withPlace { place in
      let rows = place.export.split(separator: "\n").map(String.init)
      let bad: [String: (String, String)] = [
        "empty.csv": ("", "the file is empty"),
        "picture.csv": ("\u{89}PNG\r\n\u{1A}\n\0\0\0\rIHDR", "picture.csv"),
        "colours.csv": ("Name,Colour\nAda,red\n", "no column is a question of this test"),
        "header.csv": (rows[0] + "\n", "no response below it"),
        "cut.csv": ("\(rows[0])\n\(rows[1])\n\(rows[2].prefix(60))", "cells; the file seems"),
        "quote.csv": ("\(rows[0])\n\(rows[1])\n\"1\n2", "opened and never closed"),
        "broken.zip": ("PK\u{3}\u{4}broken", "broken.zip"),
      ]
      for (name, (text, _)) in bad { try place.put(text, name) }
      try place.put(place.export, "answers.csv")
      try place.put(place.export, "answers again.csv")
      let untouched = [
        ".hidden.csv", "a.part", "a.csv.crdownload", "~$a.xlsx", "a.csv~", "sub/a.csv", "link.csv",
      ]
      try FileManager.default.createDirectory(
        atPath: place.inbox + "/sub", withIntermediateDirectories: false)
      for name in untouched.dropLast() { try place.put(place.export, name) }
      symlink("answers.csv", place.inbox + "/link.csv")

      let swept = try place.sweep("--format", "json")
      #expect(swept.status == 65 && swept.errors.contains("rejected 7 of 9 files"))
      #expect(swept.errors.contains("link.csv is no file"), "\(swept.errors)")
      let fates = try JSON(parsing: swept.output, file: "output").array ?? []
      #expect(fates.count == 9)
      for fate in fates {
        let name = try #require(fate["file"]?.string)
        let moved = try #require(fate["movedTo"]?.string)
        guard let (text, words) = bad[name] else {
          #expect(fate["fate"]?.string == "graded" && moved == "graded/\(name)")
          #expect(fate["run"]?.int == 1 && fate["rows"]?.int == 48 && fate["graded"]?.int == 40)
          #expect(place.text(moved) == place.export)
          continue
        }
        #expect(moved == "rejected/\(name)" && place.text(moved) == text)
        let report = place.text(moved + ".error.txt") ?? ""
        #expect(report.contains(words) && report.contains("export it anew"), "\(report)")
      }
      let left = try place.files().filter { !$0.hasPrefix("graded/") && !$0.hasPrefix("rejected/") }
      #expect(left == untouched.sorted())
      #expect(try place.files().count == 7 * 2 + 2 + untouched.count)

      let again = try place.sweep()
      #expect(again.status == 0 && again.output == "")
      #expect(try await place.count("select count(*) from run") == 1)
    }
  }

  @Test("a name that is taken where a file is moved to is left alone")
  func clashes() async throws {
    try await withPlace { place in
      for folder in ["graded", "rejected"] {
        try FileManager.default.createDirectory(
          atPath: "\(place.inbox)/\(folder)", withIntermediateDirectories: false)
      }
      let old = [
        "graded/a.csv", "graded/a-2.csv", "rejected/b.csv", "rejected/b-2.csv.error.txt",
      ]
      for name in old { try place.put("old", name) }
      try place.put(place.export, "a.csv")
      try place.put("", "b.csv")
      #expect(try place.sweep().status == 65)
      for name in old { #expect(place.text(name) == "old") }
      #expect(place.text("graded/a-3.csv") == place.export)
      #expect(place.text("rejected/b-3.csv") == "")
      #expect(place.text("rejected/b-3.csv.error.txt")?.contains("the file is empty") == true)
      #expect(try place.files().count == old.count + 3)
    }
  }

  @Test("a file that cannot be moved, or has a name of no sense, keeps no other from being graded")
  func stubborn() async throws {
    try await withPlace { place in
      let long = String(repeating: "x", count: 245) + ".csv"
      try place.put("", long)
      try place.put(place.export, "good.csv")
      let bytes = Array((place.inbox + "/pr").utf8) + [0xFC] + Array("fung.csv".utf8)
      close(open(bytes.map(CChar.init(bitPattern:)) + [0], O_WRONLY | O_CREAT, 0o600))
      let swept = try place.sweep()
      #expect(swept.status == 65 && swept.errors.contains("its name is no UTF-8"))
      let moved = try place.files().filter { $0.contains("xxx") }
      #expect(moved.count == 2 && moved.allSatisfy { $0.hasPrefix("rejected/xxx") })
      #expect(place.text("graded/good.csv") == place.export)

      // On another file system, where nothing can be renamed to.
      let other = "/dev/shm/gradus-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: other, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: other) }
      try FileManager.default.removeItem(atPath: place.inbox + "/graded")
      symlink(other, place.inbox + "/graded")
      for name in ["a.csv", "b.csv"] {
        try place.put(place.export + (name == "a.csv" ? "\n" : "\n\n"), name)
      }
      let stuck = try place.sweep()
      #expect(stuck.status == 73 && stuck.errors.contains("graded/a.csv"), "\(stuck.errors)")
      #expect(try await place.count("select count(*) from run where state = 1") == 3)
    }
  }

  @Test("a file that was touched a moment ago waits, also where its time says otherwise")
  func growing() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: place.inbox + "/a.csv")
      let early = try place.run(["sweep", "inbox", "--settle", "3600", "--verbose"])
      #expect(early.status == 0 && early.output == "" && early.errors.contains("it stays"))
      #expect(try place.files() == ["a.csv"])
      #expect(try place.sweep().status == 0)
      #expect(try place.files() == ["graded/a.csv"])
    }
  }

  @Test("of files with the same candidates the one written last counts, whatever its name")
  func overlapping() async throws {
    try await withPlace { place in
      let rows = place.export.split(separator: "\n")
      try place.put(place.export, "a-later.csv")
      try place.put(rows.prefix(11).joined(separator: "\n"), "b-earlier.csv")
      for (name, seconds) in [("a-later.csv", 2000.0), ("b-earlier.csv", 1000.0)] {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: seconds)],
          ofItemAtPath: "\(place.inbox)/\(name)")
      }
      #expect(try place.sweep().status == 0)
      let runs = try place.run(["status", "--format", "json"])
      let shown = try JSON(parsing: runs.output, file: "output").array ?? []
      #expect(shown.map { $0["file"]?.string } == ["a-later.csv", "b-earlier.csv"])
      #expect(shown.map { $0["rows"]?.int } == [48, 10])
      #expect(shown.map { $0["published"] } == [.bool(true), .bool(false)])
    }
  }

  @Test(
    "kill -9 while it grades, or before it moves: the next one goes on", arguments: [true, false])
  func killed(whileGrading: Bool) async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      if whileGrading {
        let doomed = try await place.startedGrading()
        doomed.send(SIGKILL)
        #expect(doomed.wait().status == 128 + SIGKILL)
        try await Hall(address: place.store).endLeases()
      } else {
        // What a sweep leaves behind that is killed when everything is graded.
        #expect(try place.run(["grade", "inbox/a.csv", "-q"]).status == 0)
      }
      #expect(try place.files() == ["a.csv"])
      let heir = try place.sweep()
      #expect(heir.status == 0, "\(heir.errors)")
      #expect(heir.output.contains("as run 1"), "\(heir.output)")
      #expect(try place.files() == ["graded/a.csv"])
      #expect(try await place.count("select count(*) from result") == 40)
    }
  }

  @Test("SIGTERM ends it after the chunk in hand, with a file left for the next one")
  func stopped() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      let sweep = try await place.startedGrading()
      sweep.send(SIGTERM)
      let outcome = sweep.wait()
      #expect(outcome.status == 75 && outcome.errors.contains("left 1 of 1 files for the next"))
      #expect(try place.files() == ["a.csv"])
      try await Hall(address: place.store).endLeases()
      #expect(try place.sweep().status == 0)
      #expect(try place.files() == ["graded/a.csv"])
    }
  }

  @Test("two at once grade each file once", arguments: StoreKind.available)
  func pair(_ kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let rows = place.export.split(separator: "\n")
      for length in 10...13 {
        try place.put(rows.prefix(length).joined(separator: "\n"), "\(length).csv")
      }
      // In a folder of its own the same file meets no lock, as on another machine.
      let other = place.workspace.folder + "/other"
      try FileManager.default.copyItem(atPath: place.inbox, toPath: other)
      let sweeps =
        try (0..<2).map { _ in try place.start("--chunk", "2") }
        + [
          Program.start(
            ["sweep", "other", "--settle", "0", "--chunk", "2"], in: place.workspace.folder,
            environment: place.environment)
        ]
      let outcomes = sweeps.map { $0.wait() }
      let errors = outcomes.map(\.errors).joined()
      #expect(outcomes.allSatisfy { $0.status == 0 || $0.status == 75 }, "\(errors)")
      #expect(outcomes.contains { $0.status == 0 }, "\(errors)")
      #expect(try place.sweep().status == 0)
      #expect(try place.files() == (10...13).map { "graded/\($0).csv" })
      #expect(try await place.count("select count(*) from run where state = 1") == 4)
      #expect(try await place.count("select count(*) from run") == 4)
    }
  }

  @Test("of eight schedulers that fire at once, one sweeps", arguments: StoreKind.available)
  func schedulers(_ kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      try place.put(place.export, "a.csv")
      // A period that does not end while this runs.
      let firing = try (0..<8).map { _ in
        try place.start("--schedule", "yearly", "--every", "31536000")
      }
      let outcomes = firing.map { $0.wait() }
      #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
      #expect(outcomes.count { $0.output.contains("graded  a.csv") } == 1)
      #expect(outcomes.count { $0.errors.contains("was fired by") } == 7)
      #expect(try await place.count("select count(*) from firing") == 1)
      #expect(try await place.count("select count(*) from run") == 1)
      // Another schedule fires by itself.
      #expect(try place.sweep("--schedule", "minutely").status == 0)
      #expect(try await place.count("select count(*) from firing") == 2)
    }
  }

  @Test("what is not the file's fault leaves it where it is")
  func places() async throws {
    try await withPlace { place in
      let fails = { (words: [String], status: Int32, error: String) in
        let outcome = try place.run(["sweep"] + words)
        #expect(outcome.status == status && outcome.errors.contains(error), "\(outcome.errors)")
        #expect(place.text("a.csv") == place.export)
      }
      try place.put(place.export, "a.csv")
      try fails(["nowhere"], 65, "nowhere: the folder cannot be read: no such file")
      try fails(["inbox/a.csv"], 65, "the folder cannot be read: not a directory")
      try fails(["inbox", "--every", "60"], 64, "--every needs --schedule NAME")
      try fails(
        ["inbox", "--settle", "0", "--store", "postgresql://127.0.0.1:1/x"], 69, "no connection to")
      try place.put("a file where the folder should be", "graded")
      try fails(["inbox", "--settle", "0"], 73, "graded/a.csv: cannot be written: not a directory")
      unlink(place.inbox + "/graded")
    }
  }

  @Test("a run that was begun by other rules of marking waits for them")
  func otherMarking() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      #expect(try place.run(["import", "inbox/a.csv"]).status == 0)
      let file = place.workspace.blueprintFile
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let end = try #require(text.lastIndex(of: "}"))
      try (text[..<end] + "corrections: [{ question: 3, void: \"uncounted\" }] }\n")
        .write(toFile: file, atomically: true, encoding: .utf8)
      let early = try place.sweep()
      #expect(early.status == 75 && early.output.contains("restore it until the run has ended"))
      #expect(try place.files() == ["a.csv"])
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try place.run(["run", "pause", "1"]).status == 0)
      let paused = try place.sweep()
      #expect(paused.status == 75 && paused.output.contains("gradus run resume 1"))
      #expect(try place.run(["run", "resume", "1"]).status == 0)
      #expect(try place.sweep().status == 0)
    }
  }

  @Test("a file that was graded in part is put before a person, and what was graded counts")
  func setAside() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      #expect(try place.run(["import", "inbox/a.csv", "--chunk", "10"]).status == 0)
      try await TemporaryStore.inspect(
        place.store, "update chunk set state = 3, error = 'too hard' where chunk = 2")
      let swept = try place.sweep()
      #expect(swept.status == 70 && swept.errors.contains("graded 1 of 1 files in part"))
      #expect(try place.files() == ["rejected/a.csv", "rejected/a.csv.error.txt"])
      let report = place.text("rejected/a.csv.error.txt") ?? ""
      #expect(report.contains("1 of 48 rows of run 1 could not be graded"), "\(report)")
      #expect(try await place.count("select count(*) from result") == 30)
    }
  }

  @Test("while another is at work in the folder, one leaves it to that")
  func locked() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      let lock = Inbox(place.inbox).lock()
      let swept = try place.sweep()
      #expect(swept.status == 75 && swept.errors.contains("another sweep is at work in inbox"))
      #expect(try place.files() == ["a.csv"])
      withExtendedLifetime(lock) {}
    }
  }

  @Test("a file that may not be read is rejected", .enabled(if: getuid() != 0, "root reads all"))
  func unreadable() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      chmod(place.inbox + "/a.csv", 0)
      #expect(try place.sweep().status == 65)
      #expect(place.text("rejected/a.csv.error.txt")?.contains("permission denied") == true)
    }
  }

  @Test("--enqueue leaves the grading to workers")
  func enqueue() async throws {
    try await withPlace { place in
      try place.put(place.export, "a.csv")
      let swept = try place.sweep("--enqueue", "--chunk", "10")
      #expect(swept.status == 0 && swept.output.contains("run 1 waits in 4 chunks"))
      #expect(try place.files() == ["imported/a.csv"])
      #expect(try place.run(["worker", "--drain"]).status == 0)
      #expect(try await place.count("select count(*) from result") == 40)
    }
  }
}
