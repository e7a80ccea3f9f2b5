import ExamModel
import Glibc

/// Which batches of a set are written, so that a run after a killed one leaves them alone.
///
/// What was written outlives a process that is killed, but perhaps not the machine: a journal of an
/// earlier start of it is not believed.
struct Journal {
  private(set) var done: [Int: BatchRecord] = [:]
  private let file: String
  private let descriptor: Int32

  init(file: String) throws {
    self.file = file
    let head = try Files.text("/proc/sys/kernel/random/boot_id")
    var whole = 0
    if Files.exists(file) {
      let lines = try Files.read(file).split(separator: 10, omittingEmptySubsequences: false)
      if String(decoding: lines[0], as: UTF8.self) + "\n" == head {
        whole = head.utf8.count
        for line in lines.dropFirst().dropLast() {
          guard let record = BatchRecord(line: String(decoding: line, as: UTF8.self)) else { break }
          done[record.index] = record
          whole += line.count + 1
        }
      }
    }
    descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, ftruncate(descriptor, off_t(whole)) == 0,
      lseek(descriptor, 0, SEEK_END) >= 0
    else { throw WriteError(path: file, reason: Files.reason()) }
    if whole == 0 { try append(head) }
  }

  /// Forgets the batches whose files are not what was written, as somebody has changed them since.
  mutating func keep(where isIntact: (BatchRecord) -> Bool) {
    done = done.filter { isIntact($0.value) }
  }

  /// Notes a batch whose files are written.
  mutating func add(_ record: BatchRecord) throws {
    try append(record.json.text + "\n")
    done[record.index] = record
  }

  private func append(_ text: String) throws {
    var line = Array(text.utf8)[...]
    while !line.isEmpty {
      let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw WriteError(path: file, reason: Files.reason()) }
      line = line.dropFirst(written)
    }
  }
}

/// Closes what `open` opened.
func closeFile(_ descriptor: Int32) { close(descriptor) }
