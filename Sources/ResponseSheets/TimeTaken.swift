/// Reads how long a candidate took, where the export has a column for it.
package struct TimeTaken: Sendable {
  private let column: Int

  /// Nil where no title is one that a service gives to such a column.
  package init?(titles: [String]) {
    let known: Set = [
      "time taken", "duration", "duration (in seconds)", "total time", "interviewtime",
      "time spent", "time (seconds)", "time to complete",
    ]
    guard let column = titles.firstIndex(where: { known.contains(ExportText.folded($0)) }) else {
      return nil
    }
    self.column = column
  }

  /// Seconds; nil where the row does not tell them.
  package func seconds(in cells: [String]) -> Double? {
    cells.indices.contains(column) ? Self.seconds(cells[column]) : nil
  }

  /// Reads `12 mins 3 secs`, `1 hour 2 min`, `0:12:03`, `12:03` and plain seconds.
  package static func seconds(_ text: String) -> Double? {
    let text = ExportText.folded(text)
    if let plain = Double(text) { return plain >= 0 && plain.isFinite ? plain : nil }
    let clock = text.split(separator: ":", omittingEmptySubsequences: false)
    if clock.count == 2 || clock.count == 3 {
      return clock.reduce(0.0 as Double?) { sum, piece in
        guard let sum, let number = UInt32(piece) else { return nil }
        return sum * 60 + Double(number)
      }
    }
    let units = ["d": 86_400.0, "h": 3600, "m": 60, "s": 1]
    var words = text.split(separator: " ")[...]
    guard !words.isEmpty else { return nil }
    var sum = 0.0
    while let number = words.popFirst() {
      guard let count = Double(number), count >= 0, count < 1e6, let unit = words.popFirst(),
        let seconds = units[String(unit.prefix(1))]
      else { return nil }
      sum += count * seconds
    }
    return sum
  }
}
