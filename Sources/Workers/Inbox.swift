import ExamModel
import Glibc

/// A folder into which others put files, and what becomes of them: each is moved to a folder inside
/// it when it is done with. Nothing is ever overwritten or removed.
package struct Inbox: Sendable {
  package let folder: String

  package init(_ folder: String) {
    var folder = folder[...]
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    self.folder = String(folder)
  }

  /// A file as it lay there, which tells it from another that took its name or place.
  package struct Item: Sendable, Hashable {
    package let name: String
    package let path: String
    fileprivate let print: Print
    /// Since when nobody has touched it, in microseconds since 1970 in UTC.
    fileprivate let quietSince: Int64

    fileprivate func isBefore(_ other: Item) -> Bool {
      (print.seconds, print.nanoseconds, name)
        < (other.print.seconds, other.print.nanoseconds, other.name)
    }
  }

  fileprivate struct Print: Hashable, Sendable {
    let device: UInt
    let number: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
      (device, number, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  package struct Contents: Sendable {
    /// Files that have come to rest, the one that was written first in front.
    package fileprivate(set) var ready: [Item] = []
    /// Files that were touched a moment ago.
    package fileprivate(set) var growing: [String] = []
    /// Links, sockets and the like, which are not followed.
    package fileprivate(set) var strange: [String] = []
    /// Files whose names are no UTF-8, as they look with what is none replaced.
    package fileprivate(set) var misnamed: [String] = []
  }

  /// What lies in the folder; names that a program gives to unfinished files are passed over.
  ///
  /// - Parameter settle: Seconds for which a file must have been left alone. Its change time counts,
  ///   which copying tools cannot set back as they do the time of writing.
  /// - Throws: `SourceError` where there is no such folder or it may not be read.
  package func contents(settledFor settle: Int, at now: Int64) throws -> Contents {
    guard let entries = opendir(folder) else {
      let reason = Files.reason()
      throw SourceError(
        file: folder, "the folder cannot be read: \(reason); make it, or name another")
    }
    defer { closedir(entries) }
    var contents = Contents()
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      let path = "\(folder)/\(name)"
      guard !Self.isUnfinished(name) else { continue }
      guard lstat(path, &status) == 0 else {
        if name.unicodeScalars.contains("\u{FFFD}") { contents.misnamed.append(name) }
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: continue
      case S_IFREG:
        let quietSince =
          Int64(status.st_ctim.tv_sec) * 1_000_000 + Int64(status.st_ctim.tv_nsec / 1000)
        if now - quietSince >= Int64(settle) * 1_000_000 {
          contents.ready.append(
            Item(name: name, path: path, print: Print(status), quietSince: quietSince))
        } else {
          contents.growing.append(name)
        }
      default: contents.strange.append(name)
      }
    }
    contents.ready.sort { $0.isBefore($1) }
    contents.growing.sort()
    contents.strange.sort()
    contents.misnamed.sort()
    return contents
  }

  /// Hidden files, and those that a browser, an office program or a copying tool has not ended.
  package static func isUnfinished(_ name: String) -> Bool {
    let endings = [
      ".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".swp", "~",
    ]
    let name = name.lowercased()
    return name.hasPrefix(".") || name.hasPrefix("~$") || endings.contains { name.hasSuffix($0) }
  }

  /// Whether the file in the folder is still the one that was looked at.
  package func isUnchanged(_ item: Item) -> Bool { Self.print(of: item.path) == item.print }

  private static func print(of path: String) -> Print? {
    var status = stat()
    return lstat(path, &status) == 0 ? Print(status) : nil
  }

  /// Makes the folders that files are moved to.
  package func prepare(_ names: [String]) throws(WriteError) {
    for name in names where !Files.exists("\(folder)/\(name)") {
      try Files.makeFolder("\(folder)/\(name)")
    }
  }

  /// Moves a file that is done with, under a name that is free there.
  ///
  /// - Parameter report: What is written beside it, under its new name and `.error.txt`.
  /// - Returns: the path within the inbox; nil where the file is gone, or another one now and left.
  /// - Throws: `WriteError` where the folder refuses.
  package func move(_ item: Item, to target: String, report: String? = nil) throws(WriteError)
    -> String?
  {
    for number in 1... {
      let name = "\(target)/\(Self.numbered(item.name, number))"
      var written: String?
      if let report {
        written = try write(report, beside: name)
        if written == nil { continue }
      }
      switch try Files.renameToFree(item.path, "\(folder)/\(name)") {
      case .taken:
        if let written { unlink(written) }
      case .gone:
        if let written { unlink(written) }
        return nil
      case .moved:
        guard Self.print(of: "\(folder)/\(name)") != item.print else { return name }
        // Another file has taken the name since; it is put back for the next sweep.
        if let written { unlink(written) }
        for number in 1...
        where try Files.renameToFree(
          "\(folder)/\(name)", "\(folder)/\(Self.numbered(item.name, number))") != .taken
        { return nil }
      }
    }
    return nil
  }

  /// The path of the report; nil where that name or the file's is taken.
  private func write(_ report: String, beside name: String) throws(WriteError) -> String? {
    let (path, file) = ("\(folder)/\(name).error.txt", "\(folder)/\(name)")
    guard !Files.exists(file) else { return nil }
    let slash = file.lastIndex(of: "/") ?? file.startIndex
    let draft = "\(file[..<slash])/.report-\(getpid())"
    try Files.write(report, to: draft)
    defer { unlink(draft) }
    if try Files.renameToFree(draft, path) == .moved { return path }
    // One that was killed before it could move the file has left the same words.
    return try? Files.text(path) == report ? path : nil
  }

  /// `answers.csv`, `answers-2.csv`, …; shortened where a report's name would be too long.
  private static func numbered(_ name: String, _ number: Int) -> String {
    guard name.utf8.count <= longestName else {
      let dot = name.lastIndex(of: ".").map { name[$0...] } ?? ""
      let ending = dot.utf8.count < 9 ? String(dot) : ""
      var stem = String(name.dropLast(ending.count))
      while stem.utf8.count > longestName - 9 { stem.removeLast() }
      return numbered(stem + ending, number)
    }
    guard number > 1 else { return name }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      return "\(name)-\(number)"
    }
    return "\(name[..<dot])-\(number)\(name[dot...])"
  }

  /// Bytes, so that a number and `.error.txt` fit into the 255 that file systems have.
  private static let longestName = 235

  /// Keeps other sweeps of this machine out until the lock is let go of, also by a sudden end.
  ///
  /// Nil where another has it. It spares work and nothing else: what is done is right without it,
  /// as on a file system that has no locks.
  package func lock() -> Lock? {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else {
      return Lock(descriptor: descriptor)
    }
    close(descriptor)
    return nil
  }

  package final class Lock: Sendable {
    private let descriptor: Int32
    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }
    deinit { if descriptor >= 0 { close(descriptor) } }
  }
}

extension Files {
  enum Renaming: Sendable { case moved, taken, gone }

  /// Renames a file and never replaces another: an empty file takes the name first, on every file
  /// system for one alone, and is what the rename replaces.
  static func renameToFree(_ path: String, _ other: String) throws(WriteError) -> Renaming {
    guard exists(path) else { return .gone }
    let claim = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard claim >= 0 else {
      if errno == EEXIST { return .taken }
      throw WriteError(path: other, reason: reason())
    }
    close(claim)
    if Glibc.rename(path, other) == 0 { return .moved }
    let (isGone, reason) = (errno == ENOENT, reason())
    unlink(other)
    if isGone { return .gone }
    throw WriteError(path: other, reason: reason)
  }
}
