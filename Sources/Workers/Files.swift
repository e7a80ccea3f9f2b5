package import ExamModel
import FoundationEssentials
import Glibc

/// The few things we do with files, each with an error that says what to do next.
package enum Files {
  /// The whole file.
  ///
  /// - Throws: `SourceError` where it is missing, a folder or not readable.
  package static func read(_ path: String) throws(SourceError) -> [UInt8] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw SourceError(file: path, "there is no such file")
    }
    guard !isFolder else { throw SourceError(file: path, "this is a folder, not a file") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SourceError(file: path, "the file cannot be read: \(reason()); check its permissions")
    }
    return Array(data)
  }

  /// The first bytes of a file, or all where it has no more.
  package static func beginning(of path: String, bytes count: Int) throws(SourceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SourceError(file: path, "the file cannot be read: \(reason()); check its permissions")
    }
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let read = Glibc.read(descriptor, buffer.baseAddress! + filled, count - filled)
        guard read > 0 else { return }
        filled += read
      }
    }
  }

  /// The file as UTF-8 text.
  package static func text(_ path: String) throws(SourceError) -> String {
    guard let text = String(validating: try read(path), as: UTF8.self) else {
      throw SourceError(file: path, "the text is not UTF-8; save it as UTF-8")
    }
    return text
  }

  /// Writes a file, of a folder that is being prepared and renamed when it is whole.
  ///
  /// - Parameter isDurable: Wait for the disk; needless for what can be made again.
  /// - Throws: `WriteError` where the folder or the disk refuses.
  package static func write(
    _ text: String, to path: String, mode: UInt32 = 0o644, isDurable: Bool = true
  ) throws(WriteError) {
    try write(Array(text.utf8), to: path, mode: mode, isDurable: isDurable)
  }

  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o644, isDurable: Bool = true
  ) throws(WriteError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw WriteError(path: path, reason: reason()) }
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { break }
      bytes = bytes.dropFirst(written)
    }
    let isWhole =
      bytes.isEmpty && fchmod(descriptor, mode) == 0 && (!isDurable || fsync(descriptor) == 0)
    let why = reason()
    guard close(descriptor) == 0, isWhole else {
      throw WriteError(path: path, reason: isWhole ? reason() : why)
    }
  }

  /// Makes a folder and those above it.
  package static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(WriteError) {
    var isFolder = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder {
      throw WriteError(path: path, reason: "a file is there, not a folder")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw WriteError(path: path, reason: reason())
    }
    guard chmod(path, mode) == 0 else { throw WriteError(path: path, reason: reason()) }
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The names of what a folder holds, in no order.
  static func names(in folder: String) throws(WriteError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw WriteError(path: folder, reason: reason())
    }
  }

  /// Removes a file or a folder with all it holds; what is not there is fine.
  package static func remove(_ path: String) {
    // Left-overs that cannot be removed harm nothing: the next run writes over them.
    try? FileManager.default.removeItem(atPath: path)
  }

  package static func rename(_ path: String, to other: String) throws(WriteError) {
    guard Glibc.rename(path, other) == 0 else { throw WriteError(path: other, reason: reason()) }
  }

  static func reason() -> String { String(cString: strerror(errno)).lowercased() }
}

/// Something could not be written.
package struct WriteError: Error, CustomStringConvertible {
  package let path: String
  let reason: String
  var advice = "choose another folder or make this one writable"

  package var description: String { "\(path): cannot be written: \(reason); \(advice)" }
}
