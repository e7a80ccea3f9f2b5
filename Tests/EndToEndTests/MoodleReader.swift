import Foundation

/// What Moodle makes of an answer field: read by Moodle's rules, not by those of who wrote it.
struct MoodleField {
  enum Kind: String { case numerical, shortanswer, multichoice, multiresponse }

  struct Alternative {
    /// What it earns, as a share.
    var share: Double
    let text: String
    let feedback: String
  }

  let kind: Kind
  let weight: Int
  var alternatives: [Alternative]

  /// What a typed answer earns: the first alternative that it matches decides.
  func share(of typed: String) -> Double {
    alternatives.first { alternative in
      guard kind == .numerical else { return Self.matches(typed, alternative.text[...]) }
      let pair = alternative.text.split(separator: ":").compactMap { Double($0) }
      guard let number = Double(typed), pair.count == 2 else { return false }
      return abs(number - pair[0]) <= pair[1]
    }?.share ?? 0
  }

  /// The options by what a tick earns; Moodle makes the right ones earn 1 together.
  var ticks: [String: Double] {
    let sum = alternatives.reduce(0) { $0 + max(0, $1.share) }
    return Dictionary(
      alternatives.map {
        (MoodleReader.seen($0.text), $0.share > 0 ? $0.share / sum : $0.share)
      }, uniquingKeysWith: { a, _ in a })
  }

  /// A star without a backslash is any text, and capitals are no difference.
  private static func matches(_ typed: String, _ pattern: Substring) -> Bool {
    var (rest, wanted) = (typed.lowercased()[...], pattern.lowercased()[...])
    while let sign = wanted.popFirst() {
      if sign == "*" {
        return rest.indices.contains { matches(String(rest[$0...]), wanted) }
          || matches("", wanted)
      }
      let literal = sign == "\\" && wanted.first == "*" ? wanted.removeFirst() : sign
      guard rest.popFirst() == literal else { return false }
    }
    return rest.isEmpty
  }
}

/// Reads Moodle XML with embedded answers, and GIFT, as Moodle's importers do.
enum MoodleReader {
  /// The fields of a Moodle XML file by name, and the sums of weights over marks of its questions.
  static func clozes(_ xml: String) -> (fields: [String: MoodleField], scales: Set<Double>) {
    var fields: [String: MoodleField] = [:]
    var scales: Set<Double> = []
    for question in xml.components(separatedBy: "<question type=\"cloze\">").dropFirst() {
      let html = decoded(
        between("<questiontext format=\"html\">\n      <text>", "</text>", question))
      var sum = 0
      for row in html.components(separatedBy: "<p><strong>").dropFirst() {
        guard let start = row.firstMatch(of: /\{(\d+):([A-Z_]+):/) else { continue }
        let kind = start.2.lowercased().replacingOccurrences(of: "_v", with: "")
        fields[decoded(between("", "</strong>", row))] = MoodleField(
          kind: MoodleField.Kind(rawValue: kind)!, weight: Int(start.1)!,
          alternatives: alternatives(row[start.range.upperBound...]))
        sum += Int(start.1)!
      }
      scales.insert(Double(sum) / Double(between("<defaultgrade>", "</defaultgrade>", question))!)
    }
    return (fields, scales)
  }

  /// Up to the brace that ends the field; a backslash keeps the sign after it from ending anything.
  private static func alternatives(_ text: Substring) -> [MoodleField.Alternative] {
    var (pieces, piece, last) = ([String](), "", Character(" "))
    for sign in text {
      if last != "\\", sign == "~" || sign == "}" {
        pieces.append(piece)
        piece = ""
        if sign == "}" { break }
      } else {
        piece.append(sign)
      }
      last = sign
    }
    return pieces.map { piece in
      let (share, rest) = share(Substring(piece))
      let sign = rest.indices.first { rest[$0] == "#" && !rest[..<$0].hasSuffix("\\") }
      func text(_ raw: Substring) -> String {
        decoded(String(raw)).replacingOccurrences(of: "\\}", with: "}")
          .replacingOccurrences(of: "\\#", with: "#")
      }
      return .init(
        share: share, text: text(rest[..<(sign ?? rest.endIndex)]),
        feedback: sign.map { text(rest[rest.index(after: $0)...]) } ?? "")
    }
  }

  private static func share(_ text: Substring) -> (Double, Substring) {
    if text.hasPrefix("=") { return share(text.dropFirst(), else: 1) }
    return share(text, else: 0)
  }

  private static func share(_ text: Substring, else usual: Double) -> (Double, Substring) {
    guard let percent = text.prefixMatch(of: /%(-?\d+\.?\d*)%/) else { return (usual, text) }
    return (Double(percent.1)! / 100, text[percent.range.upperBound...])
  }

  /// The fields of a GIFT file by name.
  static func questions(_ gift: String) -> [String: MoodleField] {
    var fields: [String: MoodleField] = [:]
    for block in gift.components(separatedBy: "\n\n") where block.hasPrefix("::") {
      let held = hold(block)
      let name = between("::", "::", held)
      let body = between("{", "}", held)
      let kind: MoodleField.Kind =
        body.hasPrefix("#")
        ? .numerical
        : !body.contains("~") ? .shortanswer : body.contains("=") ? .multichoice : .multiresponse
      // An arrow in a short answer would make it a question of pairs.
      precondition(kind != .shortanswer || !body.contains("->"), "\(name)")
      let answers = body.drop { $0 == "#" }.split { "~=".contains($0) }
      let signs = body.filter { "~=".contains($0) }
      let texts = answers.filter { !$0.allSatisfy(\.isWhitespace) }
      fields[release(name)] = MoodleField(
        kind: kind, weight: 1,
        alternatives: zip(signs, texts).map { sign, answer in
          let (share, rest) = share(answer, else: sign == "=" ? 1 : 0)
          let pair = rest.split(separator: "#", maxSplits: 1).map {
            release(String($0)).trimmingCharacters(in: .whitespacesAndNewlines)
          }
          return .init(share: share, text: pair[0], feedback: pair.count > 1 ? pair[1] : "")
        })
    }
    return fields
  }

  private static let held: [(String, String)] =
    [("\\", "\u{E000}")]
    + ":#={}~".enumerated().map {
      (String($0.element), String(UnicodeScalar(UInt16(0xE001 + $0.offset))!))
    }

  /// Signs behind a backslash are put away until the text is in pieces.
  private static func hold(_ text: String) -> String {
    held.reduce(text) { $0.replacingOccurrences(of: "\\" + $1.0, with: $1.1) }
  }

  private static func release(_ text: String) -> String {
    held.reduce(text) { $0.replacingOccurrences(of: $1.1, with: $1.0) }
  }

  /// What a browser shows of a text that is HTML.
  static func seen(_ html: String) -> String {
    decoded(html).replacingOccurrences(of: "&#126;", with: "~")
      .replacingOccurrences(of: "&#92;", with: "\\")
  }

  private static func decoded(_ text: String) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
      $0.replacingOccurrences(of: $1.0, with: $1.1)
    }
  }

  private static func between(_ start: String, _ end: String, _ text: String) -> String {
    let rest =
      start.isEmpty
      ? text
      : text.components(separatedBy: start).dropFirst()
        .joined(separator: start)
    return rest.components(separatedBy: end)[0]
  }
}
