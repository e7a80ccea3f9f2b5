/// Whether draws of one question differ in difficulty.
///
/// Which draw a candidate gets is chance, so groups of candidates by draw are alike in everything
/// else, and a plain test serves: Pearson's χ² of right and wrong by group.
package struct Homogeneity: Sendable, Hashable {
  /// How many were right, of how many, for each kind of draw.
  package struct Group: Sendable, Hashable {
    package var name: String
    package var right: Int
    package var count: Int

    package init(name: String, right: Int, count: Int) {
      self.name = name
      self.right = right
      self.count = count
    }
  }

  package var groups: [Group]
  package var chiSquared: Double
  package var degrees: Int
  /// The chance of such differences or larger ones where there is none.
  package var chance: Double

  /// Groups of which too few were expected right or wrong for the approximation (below 5, Cochran
  /// 1954) are taken together.
  ///
  /// - Returns: Nil where fewer than two groups are left.
  package init?(_ groups: [Group]) {
    let (right, count) = groups.reduce((0, 0)) { ($0.0 + $1.right, $0.1 + $1.count) }
    guard right > 0, right < count else { return nil }
    let share = Double(right) / Double(count)
    let isLarge = { (group: Group) in Double(group.count) * min(share, 1 - share) >= 5 }
    var kept = groups.filter(isLarge)
    let others = groups.filter { !isLarge($0) }
    if !others.isEmpty {
      let rest = Group(
        name: "others", right: others.reduce(0) { $0 + $1.right },
        count: others.reduce(0) { $0 + $1.count })
      if isLarge(rest) { kept.append(rest) }
    }
    guard kept.count > 1 else { return nil }
    self.groups = kept
    degrees = kept.count - 1
    let (keptRight, keptCount) = kept.reduce((0, 0)) { ($0.0 + $1.right, $0.1 + $1.count) }
    let expected = Double(keptRight) / Double(keptCount)
    guard keptRight > 0, keptRight < keptCount else { return nil }
    chiSquared = kept.reduce(0) { sum, group in
      let difference = Double(group.right) - expected * Double(group.count)
      return sum + difference * difference / (Double(group.count) * expected * (1 - expected))
    }
    chance = Distributions.chiSquaredTail(chiSquared, degrees: degrees)
  }
}
