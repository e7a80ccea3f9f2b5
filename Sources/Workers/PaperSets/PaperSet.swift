import FoundationEssentials
import Glibc

/// A set of papers on disk, which is there as a whole or not at all.
///
/// `papers`, `keys`, … are links into `.sets/current`, itself a link to one of `.sets/a` and
/// `.sets/b`: turning it is one rename, and a run that is killed leaves what was there before.
package struct PaperSet: Sendable {
  /// The folder in which people look.
  package let folder: String

  package init(folder: String) { self.folder = folder }

  package func path(_ name: String) -> String { folder == "." ? name : "\(folder)/\(name)" }

  private var sets: String { path(".sets") }

  /// Where a set of this name is being made; there still, if an earlier run was killed.
  func staging(_ name: String) -> String { "\(sets)/\(name).partial" }

  /// Keeps a second run out until the descriptor is closed; removes what other runs left behind.
  ///
  /// - Throws: `BusyError` where another run is at work.
  func lock(for name: String) throws -> Int32 {
    try checkRoom()
    try Files.makeFolder(sets)
    let lock = open("\(sets)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw WriteError(path: sets, reason: Files.reason()) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw BusyError(folder: folder)
    }
    for entry in try FileManager.default.contentsOfDirectory(atPath: sets)
    where entry.hasSuffix(".partial") && entry != name + ".partial" {
      Files.remove("\(sets)/\(entry)")
    }
    return lock
  }

  /// Shows the finished set in place of the one before.
  ///
  /// - Parameter entries: the names to link to from the folder.
  func publish(_ name: String, entries: [String]) throws {
    let before = target(of: "\(sets)/current")
    let next = before == "a" ? "b" : "a"
    Files.remove("\(sets)/\(next)")
    sync()
    try Files.rename(staging(name), to: "\(sets)/\(next)")
    for entry in entries { try link(entry) }
    Files.remove("\(sets)/turning")
    guard symlink(next, "\(sets)/turning") == 0 else {
      throw WriteError(path: "\(sets)/turning", reason: Files.reason())
    }
    try Files.rename("\(sets)/turning", to: "\(sets)/current")
    // Only now: a run that was killed before leaves the set that was there whole.
    for entry in Self.entries where !entries.contains(entry) && isLinked(entry) {
      Files.remove(path(entry))
    }
    sync()
    if let before { Files.remove("\(sets)/\(before)") }
  }

  /// The folders for candidates' pages.
  private static let folders = ["papers", "keys", "solutions"]
  /// Everything that a set may hold.
  private static let entries = folders + ["cohort.txt", "SHA256SUMS", "manifest.json"]

  /// What lies in the folders for pages, whoever put it there: `papers/c001.html`, in order.
  ///
  /// Nothing of a folder that cannot be read: then the files that ought to be there are missed.
  var pageFiles: [String] {
    Self.folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
      return names.map { "\(folder)/\($0)" }
    }.sorted()
  }

  /// - Throws: `WriteError` where something of the user's own has the name.
  func checkRoom() throws(WriteError) {
    let strange = Self.entries.filter { Files.exists(path($0)) && !isLinked($0) }
    guard strange.isEmpty else {
      throw WriteError(
        path: strange.map(path).joined(separator: ", "),
        reason:
          "what is there is not of \"gradus generate\", or a copy for which links were followed",
        advice: "move it away, or name another folder with --out")
    }
    let current = "\(sets)/current"
    guard !Files.exists(current) || target(of: current) != nil else {
      throw WriteError(
        path: current, reason: "it is a copy for which links were followed",
        advice: "remove the folder \(sets)")
    }
  }

  private func isLinked(_ entry: String) -> Bool {
    target(of: path(entry)) == ".sets/current/\(entry)"
  }

  private func target(of link: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: link)
  }

  private func link(_ entry: String) throws(WriteError) {
    guard !isLinked(entry) else { return }
    Files.remove(path(entry))
    guard symlink(".sets/current/\(entry)", path(entry)) == 0 else {
      throw WriteError(path: path(entry), reason: Files.reason())
    }
  }
}

/// Another run makes a set in the same folder.
package struct BusyError: Error, CustomStringConvertible {
  let folder: String

  package var description: String {
    "\(folder): another \"gradus generate\" is at work here; wait for it, or name another --out"
  }
}
