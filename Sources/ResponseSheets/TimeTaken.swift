/// Reads how long a candidate took, where the export has a column for it or says when each began
/// and ended.
package struct TimeTaken: Sendable {
  private enum Place {
    case duration(Int)
    case moments(begin: Int, end: Int)
  }

  private let place: Place

  /// Nil where no title is one that a service gives to such columns.
  package init?(titles: [String]) {
    let known: Set = [
      "time taken", "duration", "duration (in seconds)", "total time", "interviewtime",
      "time spent", "time (seconds)", "time to complete",
    ]
    let titles = titles.map(ExportText.folded)
    if let column = titles.firstIndex(where: known.contains) {
      place = .duration(column)
      return
    }
    for times in Service.microsoftTimes {
      if let begin = titles.firstIndex(of: times.begin), let end = titles.firstIndex(of: times.end)
      {
        place = .moments(begin: begin, end: end)
        return
      }
    }
    return nil
  }

  /// Seconds; nil where the row does not tell them, or would only if it were known which number of
  /// its dates is the month.
  package func seconds(in cells: [String]) -> Double? {
    let cell = { (column: Int) in cells.indices.contains(column) ? cells[column] : "" }
    switch place {
    case .duration(let column): return Self.seconds(cell(column))
    case .moments(let begin, let end):
      // Both are on one clock, so that its zone does not matter.
      let moment = { (text: String) in Timestamp(text)?.moment(order: .ambiguous) { _ in 0 } }
      guard let from = moment(cell(begin)), let to = moment(cell(end)) else { return nil }
      let taken = to.monthFirst - from.monthFirst
      return taken >= 0 && taken == to.dayFirst - from.dayFirst ? Double(taken) / 1e6 : nil
    }
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
