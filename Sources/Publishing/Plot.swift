import ExamModel
import Typesetting

/// Plots as SVG that stands in a page: no script, colours from the page's style sheet, and a text
/// for those who do not see them.
package enum Plot {
  private static let width = 640.0

  /// Columns side by side.
  ///
  /// - Parameters:
  ///   - counts: the columns' heights, from the left.
  ///   - labels: what stands below some of them, by index.
  ///   - mark: a place to point out, in columns from the left, with its words.
  package static func columns(
    _ counts: [Int], labels: [(Int, String)], mark: (place: Double, words: String)? = nil,
    says summary: String
  ) -> String {
    let (height, base) = (220.0, 190.0)
    // An even number, so that its half is one of candidates too.
    let most = Double((max(2, counts.max() ?? 2) + 1) / 2 * 2)
    let step = (width - 80) / Double(max(1, counts.count))
    var body = line(50, base, width - 30, base, "axis")
    for share in [0.5, 1.0] {
      let y = base - 160 * share
      body += line(50, y, width - 30, y, "grid")
      body += text(44, y + 4, (most * share).fixed(0), "end")
    }
    for (index, count) in counts.enumerated() {
      let tall = 160 * Double(count) / most
      body +=
        "<rect class=\"bar\" x=\"\(x(50 + step * Double(index) + 1))\" y=\"\(x(base - tall))\" "
        + "width=\"\(x(max(1, step - 2)))\" height=\"\(x(tall))\"><title>\(count)</title></rect>"
    }
    for (index, label) in labels {
      body += text(50 + step * Double(index), base + 18, label, "middle")
    }
    if let mark {
      let place = 50 + step * mark.place
      body += line(place, 14, place, base, "mark") + text(place + 5, 22, mark.words, "start")
    }
    return svg(height: height, body, says: summary)
  }

  /// A point.
  package struct Dot: Sendable {
    package var x: Double
    package var y: Double
    package var name: String

    package init(x: Double, y: Double, name: String) {
      self.x = x
      self.y = y
      self.name = name
    }
  }

  /// Points in a plane, from 0 to 1 to the right and from −0.2 to 1 upwards.
  package static func plane(
    _ dots: [Dot], right: String, up: String, says summary: String
  ) -> String {
    let (height, left, bottom) = (380.0, 50.0, 340.0)
    let across = { (share: Double) in left + share * (width - left - 20) }
    let upwards = { (value: Double) in bottom - (min(1, max(-0.2, value)) + 0.2) / 1.2 * 320 }
    var body = ""
    for tick in [0, 0.25, 0.5, 0.75, 1] {
      body += line(across(tick), 20, across(tick), bottom, "grid")
      body += text(across(tick), bottom + 18, tick.fixed(2), "middle")
    }
    for tick in [-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1.0] {
      body += line(left, upwards(tick), width - 20, upwards(tick), tick == 0 ? "axis" : "grid")
      body += text(left - 6, upwards(tick) + 4, tick.fixed(1), "end")
    }
    // The lowest dots, which are looked for, get their names first.
    var taken: [Box] = []
    let places = dots.map { (left: across($0.x), y: upwards($0.y)) }
    for dot in dots.sorted(by: { ($0.y, $0.x) < ($1.y, $1.x) }) {
      let (left, y) = (across(dot.x), upwards(dot.y))
      body +=
        "<circle class=\"dot\" cx=\"\(x(left))\" cy=\"\(x(y))\" r=\"4\">"
        + "<title>\(escapedHTML(dot.name))</title></circle>"
      // Where it would stand on others or on dots all round, it is left to the pointer and the table.
      let length = 6.5 * Double(dot.name.count)
      let boxes = [(6.0, -16.0), (6, 5), (-6 - length, -16), (-6 - length, 5)].map { right, down in
        Box(left: left + right, top: y + down, right: left + right + length, bottom: y + down + 11)
      }
      let free = boxes.first { box in
        box.left >= 0 && box.right <= width && !taken.contains(where: box.touches)
          && !places.contains { box.contains($0.left, $0.y, within: 4) }
      }
      guard let free else { continue }
      taken.append(free)
      body += text(free.left, free.bottom, dot.name, "start", kind: " class=\"name\"")
    }
    body += text(width - 20, bottom + 36, right, "end") + text(left, 12, up, "start")
    return svg(height: height, body, says: summary)
  }

  /// Where a name stands.
  private struct Box {
    let left, top, right, bottom: Double

    func touches(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    func contains(_ x: Double, _ y: Double, within margin: Double) -> Bool {
      x > left - margin && x < right + margin && y > top - margin && y < bottom + margin
    }
  }

  /// A value with its interval, on a line with its name.
  package struct Interval: Sendable {
    package var name: String
    package var value: Double
    package var reach: Double

    package init(name: String, value: Double, reach: Double) {
      self.name = name
      self.value = value
      self.reach = reach
    }
  }

  /// Values with intervals, one below the other on a common scale.
  package static func intervals(_ rows: [Interval], says summary: String) -> String {
    let left = 250.0
    let most = rows.map { $0.value.magnitude + $0.reach }.max() ?? 1
    let limit = max(1, most.rounded(.up))
    let place = { (value: Double) in left + (value + limit) / (2 * limit) * (width - left - 20) }
    let height = Double(rows.count) * 22 + 40
    var body = ""
    for tick in [-limit, -limit / 2, 0, limit / 2, limit] {
      body += line(place(tick), 8, place(tick), height - 28, tick == 0 ? "axis" : "grid")
      body += text(place(tick), height - 10, tick.fixed(1), "middle")
    }
    for (index, row) in rows.enumerated() {
      let y = 20 + 22 * Double(index)
      body += text(left - 10, y + 4, row.name, "end")
      body += line(place(row.value - row.reach), y, place(row.value + row.reach), y, "reach")
      body +=
        "<circle class=\"dot\" cx=\"\(x(place(row.value)))\" cy=\"\(x(y))\" r=\"4\">"
        + "<title>\(row.value.fixed(2)) ± \(row.reach.fixed(2))</title></circle>"
    }
    return svg(height: height, body, says: summary)
  }

  /// A bar of a share, for a cell of a table.
  package static func share(_ share: Double) -> String {
    let length = x(60 * min(1, max(0, share)))
    return "<svg class=\"share\" viewBox=\"0 0 60 8\" aria-hidden=\"true\">"
      + "<rect class=\"ground\" width=\"60\" height=\"8\"/>"
      + "<rect class=\"bar\" width=\"\(length)\" height=\"8\"/></svg>"
  }

  private static func svg(height: Double, _ body: String, says summary: String) -> String {
    "<svg class=\"plot\" viewBox=\"0 0 \(x(width)) \(x(height))\" role=\"img\" "
      + "aria-label=\"\(escapedHTML(summary))\">\(body)</svg>"
  }

  private static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ kind: String
  ) -> String {
    "<line class=\"\(kind)\" x1=\"\(x(x1))\" y1=\"\(x(y1))\" x2=\"\(x(x2))\" y2=\"\(x(y2))\"/>"
  }

  private static func text(
    _ left: Double, _ y: Double, _ words: String, _ anchor: String, kind: String = ""
  ) -> String {
    "<text\(kind) x=\"\(x(left))\" y=\"\(x(y))\" text-anchor=\"\(anchor)\">\(escapedHTML(words))</text>"
  }

  private static func x(_ value: Double) -> String {
    let text = value.fixed(1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
