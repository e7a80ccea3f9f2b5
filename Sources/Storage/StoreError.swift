internal import Glibc

/// What a store could not do, and why.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// No connection could be made, or it was lost; trying again may help.
    case unreachable
    /// The schema is missing or older than this program.
    case notMigrated
    /// The schema is newer than this program.
    case newerSchema
    /// A migration that was applied differs from ours of the same number.
    case editedMigration
    /// The file is no database of ours, or the address cannot be understood.
    case badAddress
    /// The folder, the file or the server allows no writing.
    case readOnly
    /// The role that is connected lacks a right.
    case notAllowed
    /// What is stored contradicts what was to be written.
    case conflict
    /// Another process holds the store; trying again may help.
    case busy
    /// The store's disk, or what is allowed of it, is used up.
    case full
    /// A row that is stored cannot be read.
    case damaged
    /// A statement failed in a way that is our mistake or the store's.
    case failed
  }

  package var kind: Kind
  package var message: String
  /// SQLSTATE on PostgreSQL, the extended result code on SQLite.
  package var code: String?

  package init(_ kind: Kind, _ message: String, code: String? = nil) {
    self.kind = kind
    self.message = message
    self.code = code
  }

  /// With the code where the message is not all there is to say.
  package var description: String {
    guard let code, kind == .failed || kind == .conflict else { return message }
    return "\(message) (\(code))"
  }

  /// Neither database keeps a zero byte within a text.
  static func refuseZeroByte(in text: String) throws(StoreError) {
    let bytes = text.utf8.span
    let hasZero = bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
    }
    guard hasZero else { return }
    throw StoreError(.failed, "a text to be stored holds a zero byte; quarantine its row")
  }
}
