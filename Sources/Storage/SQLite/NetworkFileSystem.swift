internal import CSQLite

/// File systems that lie on another machine, on which a file with a write-ahead log is not safe: the
/// log's index is memory that processes share, which machines cannot.
enum NetworkFileSystem {
  /// By the number that `statfs` gives, from linux/magic.h and the systems' own headers.
  private static let names: [UInt32: String] = [
    0x6969: "NFS", 0x517B: "SMB", 0xFE53_4D42: "SMB", 0xFF53_4D42: "CIFS", 0x0102_1997: "9p",
    0x00C3_6400: "Ceph", 0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x7375_7245: "Coda",
    0x0BD0_0BD3: "Lustre", 0x4750_4653: "GPFS", 0x0116_1970: "GFS2", 0x7461_636F: "OCFS2",
    0x1983_0326: "BeeGFS", 0x6573_5546: "FUSE",
  ]

  /// Nil where the type is that of a local disk, or unknown.
  static func name(ofType type: UInt32) -> String? { names[type] }

  /// What to say about a database in a file there; nil where there is nothing to say.
  static func caution(about path: String) -> String? {
    var system = statfs()
    guard statfs(path, &system) == 0 || statfs(folder(of: path), &system) == 0,
      let name = name(ofType: UInt32(truncatingIfNeeded: system.f_type))
    else { return nil }
    return "\(path) lies on \(name), where processes of two machines would damage it; "
      + "move it to a local disk, or keep the store on PostgreSQL"
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
