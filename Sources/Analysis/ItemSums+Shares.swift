extension ItemSums {
  /// Sums over candidates of whom the item was worth the same, and the rest too.
  struct Group: Sendable, Hashable {
    let worth: Int
    let restWorth: Int
    fileprivate(set) var count = 0
    fileprivate(set) var score = 0
    fileprivate(set) var scoreSquared = 0
    fileprivate(set) var rest = 0
    fileprivate(set) var restSquared = 0
    fileprivate(set) var scoreRest = 0
    fileprivate(set) var scores = Frequencies()
    fileprivate(set) var rests = Frequencies()

    init(worth: Int, restWorth: Int) {
      self.worth = worth
      self.restWorth = restWorth
    }
  }

  /// Moments of shares: of the points of an item, and of those of the rest, that could be had.
  struct Shares {
    fileprivate(set) var count = 0.0
    fileprivate(set) var own = 0.0
    fileprivate(set) var rest = 0.0
    fileprivate var ownSquares = 0.0
    fileprivate var restSquares = 0.0
    fileprivate var products = 0.0

    var ownVariance: Double? { count > 1 ? ownSquares / (count - 1) : nil }
    var restVariance: Double? { count > 1 ? restSquares / (count - 1) : nil }
    var covariance: Double? { count > 1 ? products / (count - 1) : nil }
  }
}

extension ItemSums.Item {
  mutating func add(_ score: Int, of worth: Int, rest: Int, of restWorth: Int) {
    precondition(worth > 0, "what counts is worth something")
    let place = groups.firstIndex { ($0.worth, $0.restWorth) >= (worth, restWorth) } ?? groups.count
    if place == groups.count || (groups[place].worth, groups[place].restWorth) != (worth, restWorth)
    {
      groups.insert(.init(worth: worth, restWorth: restWorth), at: place)
    }
    groups[place].add(score, rest)
  }

  package var count: Int { groups.reduce(0) { $0 + $1.count } }
  var largestWorth: Int { groups.last?.worth ?? 0 }

  var facility: Double {
    Double(groups.reduce(0) { $0 + $1.score })
      / Double(groups.reduce(0) { $0 + $1.worth * $1.count })
  }

  /// Of the points; nil below two candidates.
  var variance: Double? {
    let score = groups.reduce(0) { $0 + $1.score }
    return sample(score, score, groups.reduce(0) { $0 + $1.scoreSquared })
  }

  /// Of the points of the item with those of the whole paper.
  var covarianceWithTotal: Double? {
    let score = groups.reduce(0) { $0 + $1.score }
    let total = groups.reduce(score) { $0 + $1.rest }
    return sample(score, total, groups.reduce(0) { $0 + $1.scoreSquared + $1.scoreRest })
  }

  private func sample(_ a: Int, _ b: Int, _ ab: Int) -> Double? {
    let count = count
    guard count > 1 else { return nil }
    return Double(ItemSums.scatter(count, a, b, ab)) / Double(count) / Double(count - 1)
  }

  /// Groups put together (Chan, Golub and LeVeque 1983), so that equal shares of different worths
  /// differ by nothing, not by a rounding.
  var shares: ItemSums.Shares {
    groups.reduce(into: .init()) { sum, group in
      let more = group.shares
      let count = sum.count + more.count
      let (own, rest) = (more.own - sum.own, more.rest - sum.rest)
      let weight = sum.count * more.count / count
      sum.ownSquares += more.ownSquares + own * own * weight
      sum.restSquares += more.restSquares + rest * rest * weight
      sum.products += more.products + own * rest * weight
      sum.own += own * (more.count / count)
      sum.rest += rest * (more.count / count)
      sum.count = count
    }
  }

  /// The covariance of shares if the best on the rest were the best on the item.
  func mostCovariance(around shares: ItemSums.Shares) -> Double {
    let ranked = ascending(\.rests, \.restWorth)
    var (next, used, sum) = (0, 0, 0.0)
    for (own, count) in ascending(\.scores, \.worth) {
      var number = count
      while number > 0 {
        let taken = min(number, ranked[next].count - used)
        sum += Double(taken) * (own - shares.own) * (ranked[next].share - shares.rest)
        number -= taken
        used += taken
        if used == ranked[next].count { (next, used) = (next + 1, 0) }
      }
    }
    return sum / (shares.count - 1)
  }

  private func ascending(
    _ values: KeyPath<ItemSums.Group, Frequencies>, _ worth: KeyPath<ItemSums.Group, Int>
  ) -> [(share: Double, count: Int)] {
    groups.flatMap { group in
      group[keyPath: values].ascending.map {
        (ItemSums.Group.share($0.value, of: group[keyPath: worth]), $0.count)
      }
    }.sorted { $0.share < $1.share }
  }
}

extension ItemSums.Group {
  fileprivate mutating func add(_ score: Int, _ rest: Int) {
    count += 1
    self.score += score
    scoreSquared += score * score
    self.rest += rest
    restSquared += rest * rest
    scoreRest += score * rest
    scores.add(score)
    rests.add(rest)
  }

  /// Nothing of nothing is nothing.
  fileprivate static func share(_ points: Int, of worth: Int) -> Double {
    worth > 0 ? Double(points) / Double(worth) : 0
  }

  fileprivate var shares: ItemSums.Shares {
    var found = ItemSums.Shares()
    let (n, worth, restWorth) = (Double(count), Double(worth), Double(max(1, restWorth)))
    found.count = n
    found.own = Self.share(score, of: self.worth * count)
    found.rest = Self.share(rest, of: self.restWorth * count)
    let sum = { (a: Int, b: Int, ab: Int) in Double(ItemSums.scatter(count, a, b, ab)) / n }
    found.ownSquares = sum(score, score, scoreSquared) / worth / worth
    found.restSquares = sum(rest, rest, restSquared) / restWorth / restWorth
    found.products = sum(score, rest, scoreRest) / worth / restWorth
    return found
  }
}
