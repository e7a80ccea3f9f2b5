/// Counting n-grams of words and what two texts share, for BLEU and ROUGE.
struct WordOverlap: Sendable {
  let candidate, reference: [String]

  static func grams(_ words: [String], _ n: Int) -> [[String]] {
    words.count < n ? [] : (0...words.count - n).map { Array(words[$0..<$0 + n]) }
  }
  private static func counts(_ grams: [[String]]) -> [[String]: Int] {
    grams.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
  /// n-grams of the candidate that the reference has, each at most as often as there.
  func clipped(_ n: Int) -> Int {
    let available = Self.counts(Self.grams(reference, n))
    return Self.counts(Self.grams(candidate, n)).map { min($0.value, available[$0.key] ?? 0) }.sum
  }
  /// The same without the limit.
  func unclipped(_ n: Int) -> Int {
    let known = Set(Self.grams(reference, n))
    return Self.grams(candidate, n).count { known.contains($0) }
  }
  /// The longest common subsequence of the first few words of both.
  func subsequence(_ i: Int, _ j: Int) -> Int {
    var row = Array(repeating: 0, count: j + 1)
    for a in candidate.prefix(i) {
      var diagonal = 0
      for (k, b) in reference.prefix(j).enumerated() {
        let above = row[k + 1]
        row[k + 1] = a == b ? diagonal + 1 : max(above, row[k])
        diagonal = above
      }
    }
    return row[j]
  }
  var longest: Int { subsequence(candidate.count, reference.count) }
  /// The longest run of words that both have.
  var longestRun: Int { (1...max(1, candidate.count)).last { n in unclipped(n) > 0 } ?? 0 }

  static func objection(_ candidate: [String], _ reference: [String]) -> String? {
    [candidate, reference].allSatisfy { words in
      (2...12).contains(words.count)
        && words.allSatisfy {
          (1...12).contains($0.count) && $0.allSatisfy { ("a"..."z").contains($0) }
        }
    } ? nil : "candidate and reference have 2 to 12 words of small letters"
  }
}
