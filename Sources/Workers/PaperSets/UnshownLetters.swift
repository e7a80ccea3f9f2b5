package import ExamModel
import Typesetting

/// Letters for which a PDF's compiler had no glyph, so that people are told which names suffered.
package struct UnshownLetters: Sendable {
  private(set) var letters: Set<Unicode.Scalar>

  package init(_ letters: Set<Unicode.Scalar> = []) { self.letters = letters }

  mutating func add(_ others: UnshownLetters) { letters.formUnion(others.letters) }

  // MARK: Finding them

  /// Those that a LaTeX's log complains of: `Missing character: There is no ł (U+0142) in font …`.
  init(log: String) {
    letters = Set(
      log.matches(of: /Missing character: [^\n]{0,40}\(U\+([0-9A-F]{4,6})\)/).compactMap {
        UInt32($0.1, radix: 16).flatMap(Unicode.Scalar.init)
      })
  }

  /// Those of the candidates' names that no font of this machine has. Typst, which says nothing of
  /// them, brings fonts for the Latin, Greek and Cyrillic alphabets; fontconfig knows the others.
  init(names candidates: [Candidate], scratch: String) {
    let foreign = Set(candidates.flatMap { $0.name.unicodeScalars }).filter { letter in
      !Self.brought.contains { $0.contains(letter.value) }
    }
    guard !foreign.isEmpty else {
      letters = []
      return
    }
    let fonts = ChildProcess.run(["fc-list", "-f", "%{charset} "], log: scratch + "/fonts")
    let ranges = fonts.status == 0 ? Self.ranges(fonts.output) : []
    letters = foreign.filter { letter in !ranges.contains { $0.contains(letter.value) } }
  }

  private static let brought: [ClosedRange<UInt32>] = [
    0...0x24F, 0x300...0x36F, 0x386...0x3CE, 0x400...0x45F, 0x1E00...0x1EFF, 0x2000...0x206F,
  ]

  /// Reads fontconfig's sets of characters: `20-7e a0 …`, in hexadecimal.
  private static func ranges(_ text: String) -> Set<ClosedRange<UInt32>> {
    Set(
      text.split(whereSeparator: \.isWhitespace).compactMap { word in
        let ends = word.split(separator: "-").compactMap { UInt32($0, radix: 16) }
        guard let first = ends.first, let last = ends.last, first <= last else { return nil }
        return first...last
      })
  }

  // MARK: Telling of them

  /// A sentence for each candidate whose name is not shown whole, and one for letters of the text.
  package func sentences(_ candidates: [Candidate]) -> [String] {
    var elsewhere = letters
    var sentences: [String] = []
    for candidate in candidates {
      // LaTeX is given a letter and its accents as one.
      let own = letters.intersection(
        Array(candidate.name.unicodeScalars) + candidate.name.precomposed.unicodeScalars)
      elsewhere.subtract(own)
      guard !own.isEmpty else { continue }
      sentences.append(
        "pdf: no font shows \(Self.list(own)) in the name of \(candidate.id), \(candidate.name)")
    }
    if !elsewhere.isEmpty { sentences.append("pdf: no font shows \(Self.list(elsewhere))") }
    return sentences
  }

  private static func list(_ letters: Set<Unicode.Scalar>) -> String {
    letters.sorted().map { letter in
      let digits = String(letter.value, radix: 16, uppercase: true)
      return "\(letter) (U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits))"
    }.joined(separator: ", ")
  }
}
