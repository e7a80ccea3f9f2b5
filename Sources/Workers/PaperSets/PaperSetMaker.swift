import Cryptography
package import ExamModel
package import PaperPress
import Publishing

/// Makes a set of papers: in parallel, resumable, and shown only when it is whole.
package struct PaperSetMaker: Sendable {
  private let order: PaperSetOrder
  private let set: PaperSet
  private let staging: String

  package init(_ order: PaperSetOrder, in set: PaperSet) {
    self.order = order
    self.set = set
    staging = set.staging(order.name)
  }

  /// What was made.
  package struct Report: Sendable {
    package let manifest: Manifest
    package let cohort: CohortReport
    /// Papers that an earlier run had made before it was killed.
    package let resumed: Int
    /// Letters that the PDFs lack.
    package let unshown: UnshownLetters
  }

  /// Makes the set and shows it in place of the one before.
  ///
  /// - Throws: `BusyError`, `WriteError`, `PDFError`, or `TemplateError` where a changed template
  ///   makes no sense; what was there before stays.
  package func make(
    lanes: Int, progress: @Sendable (_ done: Int, _ of: Int) -> Void
  ) async throws -> Report {
    let lock = try set.lock(for: order.name)
    defer { closeFile(lock) }
    try Files.makeFolder(staging)
    for view in order.views {
      try Files.makeFolder("\(staging)/\(view.folder)", mode: view == .paper ? 0o755 : 0o700)
    }
    var journal = try Journal(file: staging + "/journal")
    journal.keep { batch in
      batch.files.allSatisfy { file in
        let bytes = try? Files.read("\(staging)/\(file.path)")
        return bytes.map { Hex.encode(SHA256.hash($0)) } == file.digest
      }
    }
    let resumed = journal.done.values.reduce(0) { $0 + $1.papers.count }
    let batches = order.batches.enumerated().filter { journal.done[$0.offset] == nil }
    let total = order.candidates.count
    progress(resumed, total)
    var made = resumed
    try await withThrowingTaskGroup(of: BatchRecord.self) { group in
      for (turn, (index, batch)) in batches.enumerated() {
        if turn >= lanes, let record = try await group.next() {
          try journal.add(record)
          made += record.papers.count
          progress(made, total)
        }
        group.addTask { try make(batch, index: index) }
      }
      while let record = try await group.next() {
        try journal.add(record)
        made += record.papers.count
        progress(made, total)
      }
    }
    let records = order.batches.indices.compactMap { journal.done[$0] }
    return try finish(records, resumed: resumed)
  }

  private func finish(_ records: [BatchRecord], resumed: Int) throws -> Report {
    let papers = records.flatMap(\.papers)
    let cohort = CohortReport(papers)
    try Files.write(cohort.text + "\n", to: staging + "/cohort.txt", mode: 0o600)
    let list = records.flatMap(\.files).sorted { $0.path < $1.path }
      .map { "\($0.digest)  \($0.path)\n" }.joined()
    try Files.write(list, to: staging + "/SHA256SUMS", mode: 0o600)
    let manifest = Manifest(
      order.press, secret: order.secret, entries: papers.map(\.entry),
      files: Hex.encode(SHA256.hash(Array(list.utf8))))
    try Files.write(manifest.json.prettyText + "\n", to: staging + "/manifest.json")
    Files.remove(staging + "/journal")
    let entries = order.views.map(\.folder) + ["cohort.txt", "SHA256SUMS", "manifest.json"]
    try set.publish(order.name, entries: entries)
    let unshown = UnshownLetters(Set(records.flatMap(\.unshown.letters)))
    return Report(manifest: manifest, cohort: cohort, resumed: resumed, unshown: unshown)
  }

  // MARK: One batch

  /// Each paper is drawn, written and let go before the next, unless something needs them together.
  private func make(_ batch: [Candidate], index: Int) throws -> BatchRecord {
    let scratch = "\(staging)/scratch-\(index)"
    try Files.makeFolder(scratch, mode: 0o700)
    defer { Files.remove(scratch) }
    var record = BatchRecord(index: index, papers: [], files: [], unshown: UnshownLetters())
    var page: [UInt8] = []
    if order.isTogether || order.pdf != nil || order.pictures != nil {
      try make(batch, in: scratch, by: &page, into: &record)
    } else {
      for candidate in batch { try make([candidate], in: scratch, by: &page, into: &record) }
    }
    return record
  }

  private func make(
    _ candidates: [Candidate], in scratch: String, by page: inout [UInt8],
    into record: inout BatchRecord
  ) throws {
    let papers = candidates.map { order.press.paper(for: $0.id) }
    var sheets = zip(papers, candidates).map { PaperSheet($0, of: $1, press: order.press) }
    if let pictures = order.pictures {
      sheets = try pictures.illustrated(sheets, style: order.style, in: scratch)
    }
    func write(_ bytes: [UInt8], _ view: PaperSheet.View, _ name: String) throws {
      let path = "\(view.folder)/\(name)"
      try Files.write(
        bytes, to: "\(staging)/\(path)", mode: view == .paper ? 0o644 : 0o600, isDurable: false)
      record.files.append((path, Hex.encode(SHA256.hash(bytes))))
    }
    for format in order.formats {
      let views = order.views.filter(order.shown(by: format).contains)
      func writeAll(_ sheets: [PaperSheet], _ name: String) throws {
        try format.write(sheets, views, style: order.style, by: &page) { view, bytes in
          try write(bytes, view, name + format.ending)
        }
      }
      if order.isTogether {
        try writeAll(sheets, "all")
      } else {
        for sheet in sheets { try writeAll([sheet], fileName(sheet.candidate.id)) }
      }
    }
    if let pdf = order.pdf {
      for view in order.views {
        if order.isTogether {
          let made = try pdf.file(sheets, view, style: order.style, in: scratch)
          record.unshown.add(made.unshown)
          try write(made.file, view, "all.pdf")
        } else {
          let made = try pdf.files(sheets, view, style: order.style, in: scratch)
          record.unshown.add(made.unshown)
          for (sheet, bytes) in zip(sheets, made.files) {
            try write(bytes, view, fileName(sheet.candidate.id) + ".pdf")
          }
        }
      }
    }
    record.papers += zip(papers, sheets).map { PaperRecord($0, on: $1) }
  }
}

/// An id as a file's name: what is no letter, digit, dot, hyphen or @ is written in hexadecimal.
package func fileName(_ id: CandidateID) -> String {
  var name = ""
  for byte in id.rawValue.utf8 {
    let scalar = Unicode.Scalar(byte)
    let isPlain =
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", "@": true
      default: false
      }
    if isPlain,
      !(name.isEmpty && scalar == ".")
    {
      name.unicodeScalars.append(scalar)
    } else {
      name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
  return name
}
