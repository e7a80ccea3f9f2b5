internal import Foundation
internal import Glibc
internal import Storage
package import Testing

/// A disk in memory that is soon full.
package struct SmallDisk: Sendable {
  package let folder: String

  /// Only root may mount one where other processes see it.
  package static let isAvailable: Bool = {
    guard geteuid() == 0, let folder = try? TemporaryStore.folder() else { return false }
    defer { rmdir(folder) }
    guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
    umount2(folder, 2)
    return true
  }()
  package static let reason: Comment = "a small disk can be mounted by root only"

  package static func with(
    megabytes: Int, _ body: (SmallDisk) async throws -> Void
  ) async throws {
    let disk = SmallDisk(folder: try TemporaryStore.folder())
    guard mount("tmpfs", disk.folder, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      throw StoreError(.failed, "no disk: \(String(cString: strerror(errno)))")
    }
    defer {
      umount2(disk.folder, 2)  // MNT_DETACH: whoever still has a file open keeps it
      rmdir(disk.folder)
    }
    try await body(disk)
  }

  private var ballast: String { folder + "/ballast" }

  /// Uses up what is left of the disk, to the last page.
  package func fill() throws {
    let file = Glibc.open(ballast, O_CREAT | O_WRONLY, 0o600)
    guard file >= 0 else { throw StoreError(.failed, "no ballast") }
    let page = [UInt8](repeating: 1, count: 4096)
    while write(file, page, page.count) > 0 {}
    close(file)
  }

  /// Makes the room again.
  package func clear() { unlink(ballast) }
}
