import ExamModel
import Foundation
import Glibc
import TestKit
import Testing

@testable import Workers

@Suite("An inbox") struct InboxTests {
  private func withInbox(_ body: (Inbox) throws -> Void) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let inbox = Inbox(folder)
    try inbox.prepare(["graded"])
    try body(inbox)
  }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  private func ready(_ inbox: Inbox) throws -> [Inbox.Item] {
    try inbox.contents(settledFor: 0, at: .max).ready
  }

  @Test("does not take away a file that came under the name of another", arguments: [false, true])
  func replaced(inPlace: Bool) throws {
    try withInbox { inbox in
      let path = inbox.folder + "/a.csv"
      try write("old", path)
      let item = try #require(try ready(inbox).first)
      if inPlace {
        try write("old and more", path)
      } else {
        try write("new", inbox.folder + "/b.part")
        #expect(rename(inbox.folder + "/b.part", path) == 0)
      }
      #expect(!inbox.isUnchanged(item))
      #expect(try inbox.move(item, to: "graded") == nil)
      #expect(try ready(inbox).map(\.name) == ["a.csv"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: inbox.folder + "/graded") == [])
    }
  }

  @Test("lets one of two have a file, and the other one know")
  func gone() throws {
    try withInbox { inbox in
      try write("x", inbox.folder + "/a.csv")
      let item = try #require(try ready(inbox).first)
      #expect(try inbox.move(item, to: "graded", report: "why") == "graded/a.csv")
      #expect(try inbox.move(item, to: "graded", report: "why") == nil)
      let moved = try FileManager.default.contentsOfDirectory(atPath: inbox.folder + "/graded")
      #expect(moved.sorted() == ["a.csv", "a.csv.error.txt"])
    }
  }

  @Test("uses the report that one left behind who was killed before the file was moved")
  func orphan() throws {
    try withInbox { inbox in
      try write("x", inbox.folder + "/a.csv")
      try write("why", inbox.folder + "/graded/a.csv.error.txt")
      let item = try #require(try ready(inbox).first)
      #expect(try inbox.move(item, to: "graded", report: "why") == "graded/a.csv")
      #expect(try inbox.contents(settledFor: 0, at: .max).ready.isEmpty)
    }
  }

  @Test("is locked by one at a time")
  func locked() throws {
    try withInbox { inbox in
      do {
        let lock = inbox.lock()
        #expect(lock != nil && inbox.lock() == nil)
      }
      #expect(inbox.lock() != nil)
    }
  }
}
