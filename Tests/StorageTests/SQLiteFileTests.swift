import Glibc
import TestKit
import Testing

@testable import Storage

@Suite("A SQLite file") struct SQLiteFileTests {
  @Test func thatIsAFolderIsRefused() async throws {
    try await inFolder { folder in
      let error = await failure(opening: folder)
      #expect(error?.kind == .badAddress)
      #expect(error?.message.contains(folder) == true)
    }
  }

  @Test func inAFolderThatIsNotThereIsRefused() async throws {
    try await inFolder { folder in
      let error = await failure(opening: "\(folder)/nowhere/exam.sqlite")
      #expect(error?.kind == .badAddress)
      #expect(error?.message.contains("\(folder)/nowhere") == true)
    }
  }

  @Test func thatOthersCanOpenOrWhoseTrailIsUnguardedIsFoundByTheDoctor() async throws {
    try await inFolder { folder in
      let address = try StoreAddress("sqlite:\(folder)/exam.sqlite")
      let store = try await address.open()
      _ = try await store.migrate()
      #expect(try await store.examine().allSatisfy { $0.weight == .good })
      try await TemporaryStore.inspect(store, "drop trigger audit_is_not_shortened")
      chmod("\(folder)/exam.sqlite", 0o644)
      let bad = try await store.examine().filter { $0.weight == .bad }
      #expect(bad.map(\.subject) == ["rights", "schema", "audit"])
      #expect(bad.first?.sentence.contains("chmod 600") == true)
      await store.close()
    }
  }

  @Test func waitsForTheDiskUnlessWhatIsWrittenMayBeLost() async throws {
    try await inFolder { folder in
      let connection = try SQLiteConnection(path: try created(in: folder), place: "here")
      func level() throws -> Int64? { try connection.first("pragma synchronous")?.integer(0) }
      let full: Int64 = 2
      #expect(try level() == full)
      try connection.prepare(for: .expendable)
      #expect(try level() == 1)
      try connection.prepare(for: .durable)
      #expect(try level() == full)
    }
  }

  private func created(in folder: String) throws -> String {
    let path = "\(folder)/exam.sqlite"
    close(open(path, O_CREAT | O_RDWR, 0o600))
    return path
  }

  @Test(
    "on a file system of another machine is warned of",
    arguments: [
      (0x6969, "NFS"), (0xFF53_4D42, "CIFS"), (0xFE53_4D42, "SMB"), (0x6573_5546, "FUSE"),
      (0xEF53, nil), (0x0102_1994, nil), (0x794C_7630, nil), (0x9123_683E, nil),
    ] as [(UInt32, String?)])
  func onANetwork(type: UInt32, name: String?) throws {
    #expect(NetworkFileSystem.name(ofType: type) == name)
    #expect(NetworkFileSystem.caution(about: "/tmp/none.sqlite") == nil)
  }

  @Test func belowAFileIsRefused() async throws {
    #expect(await failure(opening: "/etc/passwd/exam.sqlite")?.kind == .badAddress)
  }

  @Test func thatIsADeviceIsRefused() async throws {
    #expect(await failure(opening: "/dev/null")?.kind == .badAddress)
  }

  @Test("that is no database is refused and left as it is", arguments: [40, 5000])
  func thatIsNoDatabase(bytes: Int) async throws {
    try await inFolder { folder in
      let path = "\(folder)/notes.txt"
      let text = String(repeating: "n", count: bytes)
      write(text, to: path)
      #expect(await failure(opening: path)?.kind == .badAddress)
      #expect(size(of: path) == bytes)
    }
  }

  @Test func ofAnotherProgramIsRefused() async throws {
    try await inFolder { folder in
      let path = "\(folder)/exam.sqlite"
      let store = try await StoreAddress("sqlite:\(path)").open()
      _ = try await store.migrate()
      try await TemporaryStore.inspect(store, "pragma application_id = 7")
      await store.close()
      let error = await failure(opening: path)
      #expect(error?.kind == .badAddress)
      #expect(error?.message.contains("another program") == true)
    }
  }

  @Test func ofANewerProgramIsRefused() async throws {
    try await inFolder { folder in
      let path = "\(folder)/exam.sqlite"
      let store = try await StoreAddress("sqlite:\(path)").open()
      _ = try await store.migrate()
      try await TemporaryStore.inspect(store, "pragma user_version = 9999")
      await store.close()
      #expect(await failure(opening: path)?.kind == .newerSchema)
    }
  }

  @Test func isNotCreatedByLookingForIt() async throws {
    try await inFolder { folder in
      let path = "\(folder)/exam.sqlite"
      let store = try await StoreAddress("sqlite:\(path)").open()
      _ = try await store.schema()
      let error = await #expect(throws: StoreError.self) { _ = try await store.runs(of: nil) }
      #expect(error?.kind == .notMigrated)
      #expect(error?.message.contains("gradus migrate") == true)
      #expect(size(of: path) == nil)
    }
  }

  @Test func isForItsOwnerAlone() async throws {
    try await inFolder { folder in
      let path = "\(folder)/exam.sqlite"
      _ = try await StoreAddress("sqlite:\(path)").open().migrate()
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  /// A process of its own gives up its privileges, as permissions do not bind the superuser.
  @Test func thatCannotBeWrittenIsRefusedAsReadOnly() async throws {
    await #expect(processExitsWith: .exitCode(3)) {
      if geteuid() == 0 {
        try #require(setgid(65534) == 0 && setuid(65534) == 0)
      }
      let folder = try TemporaryStore.folder()
      let path = "\(folder)/exam.sqlite"
      _ = try await StoreAddress("sqlite:\(path)").open().migrate()
      chmod(path, 0o400)
      let ofFile = await SQLiteFileTests().failure(opening: path)
      chmod(path, 0o600)
      chmod(folder, 0o500)
      let ofFolder = await SQLiteFileTests().failure(opening: "\(folder)/other.sqlite")
      let ofLog = await SQLiteFileTests().failure(opening: path)
      chmod(folder, 0o700)
      TemporaryStore.remove(folder)
      let kinds = [ofFile?.kind, ofFolder?.kind, ofLog?.kind]
      exit(kinds == [.readOnly, .readOnly, .readOnly] ? 3 : 4)
    }
  }

  // MARK: Means

  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let folder = try TemporaryStore.folder()
    defer { TemporaryStore.remove(folder) }
    try await body(folder)
  }

  private func failure(opening path: String) async -> StoreError? {
    do throws(StoreError) {
      _ = try await StoreAddress("sqlite:\(path)").open().schema()
      return nil
    } catch {
      return error
    }
  }

  private func write(_ text: String, to path: String) {
    let file = open(path, O_CREAT | O_WRONLY, 0o600)
    _ = text.withCString { Glibc.write(file, $0, strlen($0)) }
    close(file)
  }

  private func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }
}
