import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// A SQLite file on a disk that is full or limited, and one that is not ours.
@Suite("Faults of the file", .serialized) struct FileFaults {
  @Test(
    "a full disk stops the worker with a word, and nothing is lost",
    .enabled(if: SmallDisk.isAvailable, SmallDisk.reason))
  func fullDisk() async throws {
    // SQLite lets its log grow to 4 MB before it writes the pages back.
    try await SmallDisk.with(megabytes: 8) { disk in
      try await FaultHall.with(file: "\(disk.folder)/exam.sqlite") { hall in
        try disk.fill()
        let worker = try hall.worker("--drain", "--lanes", "2").wait()
        #expect(worker.status == 73 && worker.errors.contains("is full"), "\(worker.errors)")
        disk.clear()
        try await hall.drain()
      }
    }
  }

  /// The log, to which SQLite writes first, ends in the middle of a page, a claim or a landing.
  @Test("a file that may not grow stops the worker, wherever it was")
  func limitedFile() async throws {
    let folder = try TemporaryStore.folder()
    defer { TemporaryStore.remove(folder) }
    try await FaultHall.with(file: "\(folder)/exam.sqlite") { hall in
      let rounds = FaultLength.rounds(4, long: 40)
      var stopped = 0
      for round in 0..<rounds {
        // In blocks of 512 bytes. An ignored signal leaves an error of writing.
        let worker = try hall.worker(
          "--drain", "--lanes", "1",
          under: [
            "sh", "-c", "trap '' XFSZ; ulimit -f \(65 + 160 * round / rounds); exec \"$0\" \"$@\"",
          ]
        ).wait()
        #expect(worker.status == 0 || worker.status == 70, "\(worker.errors)")
        if worker.status == 70, worker.errors.contains("check the disk") { stopped += 1 }
        #expect(try await hall.inspect("pragma integrity_check") == [["ok"]])
      }
      #expect(stopped > 0)
      try await hall.drain()
    }
  }

  @Test("one process waits for another that writes")
  func secondProcess() async throws {
    try await FaultHall.with(.sqlite) { hall in
      let writing = try hall.worker("--lanes", "1", fault: "copied:1:STOP")
      #expect(writing.awaitStop())
      let waiting = try hall.worker("--drain")
      while !waiting.errorsSoFar.contains("lanes"), waiting.isAlive { usleep(2000) }
      writing.send(SIGCONT)
      #expect(waiting.wait().status == 0)
      writing.send(SIGTERM)
      #expect(writing.wait().status == 0)
    }
  }
}
