internal import CZlib

/// The C library that unpacks zips, as it is loaded.
package enum ArchiveLibrary {
  /// Such as `1.2.13`.
  package static var version: String { String(cString: zlibVersion()) }
}
