/// The member of `names` that `typed` was probably meant to be, for "did you mean".
///
/// At most a third of the letters may differ (Damerau's distance with adjacent swaps), or `typed`
/// is the only one's beginning.
package func nearestName(to typed: String, in names: [String]) -> String? {
  let letters = Array(typed.lowercased())
  let ranked = names.map { ($0, editDistance(letters, Array($0.lowercased()))) }
  if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, letters.count / 3) {
    return best.0
  }
  let begun = names.filter { letters.count >= 3 && $0.lowercased().hasPrefix(typed.lowercased()) }
  return begun.count == 1 ? begun[0] : nil
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { table[i][0] = i }
  for j in 0...b.count { table[0][j] = j }
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  for i in 1...a.count {
    for j in 1...b.count {
      let change = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      table[i][j] = min(change, table[i - 1][j] + 1, table[i][j - 1] + 1)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
      }
    }
  }
  return table[a.count][b.count]
}
