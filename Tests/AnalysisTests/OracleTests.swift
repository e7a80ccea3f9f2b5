import Analysis
import ExamModel
import Foundation
import TestKit
import Testing

/// What NumPy and SciPy compute on generated cohorts; `Tests/Oracle/cohorts.py` writes the file.
private let oracle: JSON = {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "statistics.json")
  do {
    return try JSON(parsing: String(contentsOf: file, encoding: .utf8), file: "statistics.json")
  } catch {
    preconditionFailure("\(error)")
  }
}()

private func expectNear(
  _ value: Double?, _ wanted: JSON?, within tolerance: Double = 1e-6, _ what: String = "",
  at place: SourceLocation = #_sourceLocation
) {
  guard let value, let wanted = wanted?.double else {
    Issue.record("\(what) is missing", sourceLocation: place)
    return
  }
  let distance = (value - wanted).magnitude / max(1, wanted.magnitude)
  #expect(distance <= tolerance, "\(what): \(value), not \(wanted)", sourceLocation: place)
}

@Suite("Statistics agree with an independent implementation") struct OracleTests {
  @Test(arguments: 0..<3) func classicalStatistics(cohort: Int) throws {
    let wanted = try #require(oracle["cohorts"]?.array?[cohort])
    let worth = (wanted["worth"]?.array ?? []).compactMap(\.int)
    var sums = ItemSums(itemCount: worth.count)
    for row in wanted["scores"]?.array ?? [] {
      sums.add((row.array ?? []).map(\.int), most: worth)
    }
    expectNear(sums.mean, wanted["mean"], "mean")
    expectNear(sums.variance, wanted["variance"], "variance")
    let reliability = try #require(Reliability(sums))
    expectNear(reliability.alpha, wanted["alpha"], "alpha")
    expectNear(reliability.error, wanted["error"], "error")
    expectNear(reliability.interval.lowerBound, wanted["interval"]?.array?[0], "interval")
    expectNear(reliability.interval.upperBound, wanted["interval"]?.array?[1], "interval")
    for (index, found) in sums.statistics().enumerated() {
      let item = try #require(wanted["items"]?.array?[index])
      expectNear(found.facility, item["facility"], "facility \(index)")
      expectNear(found.deviation, item["deviation"], "deviation \(index)")
      expectNear(found.discrimination, item["discrimination"], "discrimination \(index)")
      expectNear(found.efficiency, item["efficiency"], "efficiency \(index)")
      expectNear(found.weight, wanted["weights"]?.array?[index], "weight \(index)")
    }
  }

  @Test(arguments: 0..<3) func rightAndWrong(cohort: Int) throws {
    let wanted = try #require(oracle["cohorts"]?.array?[cohort])
    let rows = (wanted["right"]?.array ?? []).map { ($0.string ?? "").map { $0 == "1" } }
    var sums = ItemSums(itemCount: rows[0].count)
    var counts = RaschCounts(itemCount: rows[0].count)
    for row in rows {
      sums.add(row.map { $0 ? 1 : 0 }, most: row.map { _ in 1 })
      counts.add(row)
    }
    expectNear(sums.alpha(), wanted["kr20"], "KR-20")
    let fit = try #require(counts.fit())
    for (index, difficulty) in fit.difficulties.enumerated() {
      expectNear(difficulty, wanted["rasch"]?.array?[index], within: 1e-3, "difficulty \(index)")
    }
  }

  @Test func distributions() throws {
    for row in (oracle["chiSquaredTails"]?.array ?? []).compactMap(\.doubles) {
      let tail = Distributions.chiSquaredTail(row[0], degrees: Int(row[1]))
      #expect((tail - row[2]).magnitude <= 1e-10 + 1e-8 * row[2], "\(row): \(tail)")
    }
    for row in (oracle["fQuantiles"]?.array ?? []).compactMap(\.doubles) {
      let quantile = Distributions.fQuantile(row[0], row[1], row[2])
      #expect((quantile - row[3]).magnitude <= 1e-7 * row[3], "\(row): \(quantile)")
    }
  }

  @Test func homogeneity() throws {
    for wanted in oracle["homogeneity"]?.array ?? [] {
      let groups = (wanted["table"]?.array ?? []).compactMap(\.doubles).map {
        Homogeneity.Group(name: "", right: Int($0[0]), count: Int($0[0] + $0[1]))
      }
      let found = try #require(Homogeneity(groups))
      expectNear(found.chiSquared, wanted["chiSquared"], "χ²")
      expectNear(found.chance, wanted["chance"], "chance")
    }
    #expect(Distributions.holm([0.01, 0.04, 0.03, 0.5]) == [0.04, 0.09, 0.09, 0.5])
  }
}

@Suite("Statistics of odd cohorts") struct OddCohortTests {
  @Test func whereNobodyDiffersNothingIsSaid() {
    var sums = ItemSums(itemCount: 2)
    #expect(sums.mean == nil && sums.alpha() == nil)
    for _ in 0..<3 { sums.add([100, 50], most: [100, 100]) }
    #expect(sums.alpha() == nil && sums.statistics()[0].discrimination == nil)
    #expect(sums.statistics()[1].facility == 0.5)
  }

  @Test func anItemThatEverybodyHadRightDoesNotMoveTheOthers() throws {
    var (with, without) = (RaschCounts(itemCount: 4), RaschCounts(itemCount: 3))
    for bits in [1, 2, 2, 3, 4, 5, 1, 6, 1, 7, 0] {
      let row = (0..<3).map { bits >> $0 & 1 == 1 }
      with.add(row + [true])
      without.add(row)
    }
    let (more, less) = (try #require(with.fit()), try #require(without.fit()))
    #expect(more.difficulties[3] == nil)
    for item in 0..<3 {
      let difference = (more.difficulties[item] ?? 9) - (less.difficulties[item] ?? 0)
      #expect(difference.magnitude < 1e-9)
    }
  }

  @Test("answers that cost points count like any others: only differences tell")
  func belowZero() {
    let scores = [[300, 0, 100], [-50, 25, 0], [100, -25, -100], [0, 50, 200], [-50, 0, -100]]
    let statistics = [0, 1000].map { shift in
      var sums = ItemSums(itemCount: 3)
      for row in scores { sums.add(row.map { $0 + shift }, most: [300, 50, 200]) }
      let totals = sums.totals.ascending.map { [$0.value - 3 * shift, $0.count] }
      #expect(totals == [[-150, 1], [-25, 2], [250, 1], [400, 1]])
      return sums.statistics().map { item in
        var item = item
        item.facility = nil
        return item
      }
    }
    expectSame(statistics[0], statistics[1])
  }

  @Test("a paper of which everything is worth as many times more says the same")
  func otherWorths() {
    let scores = [[300, 0, 100], [-50, 25, 0], [100, 50, -100], [0, 50, 200], [300, 0, 200]]
    let statistics = [1, 3].map { factor in
      var sums = ItemSums(itemCount: 3)
      for (index, row) in scores.enumerated() {
        let times = index.isMultiple(of: 2) ? factor : 1
        sums.add(row.map { $0 * times }, most: [300, 50, 200].map { $0 * times })
      }
      return sums.statistics().map { item in
        var item = item
        // Deviations are in points of the largest worth; facility and weight go by points.
        item.deviation = item.deviation.map { $0 / Double(factor) }
        (item.facility, item.weight) = (nil, nil)
        return item
      }
    }
    expectSame(statistics[0], statistics[1])
    var full = ItemSums(itemCount: 2)
    for worth in [33, 50, 17, 50] { full.add([worth, 100 - worth], most: [worth, 100 - worth]) }
    for item in full.statistics() {
      #expect(item.deviation == 0 && item.discrimination == nil && item.facility == 1)
    }
  }

  private func expectSame(_ some: [ItemStatistics], _ others: [ItemStatistics]) {
    for (a, b) in zip(some, others) {
      #expect(a.discrimination != nil && a.efficiency != nil && a.count == b.count)
      for path in [
        \ItemStatistics.deviation, \.discrimination, \.efficiency, \.weight,
      ] {
        #expect(((a[keyPath: path] ?? 0) - (b[keyPath: path] ?? 0)).magnitude < 1e-12)
      }
    }
  }

  /// NumPy's `quantile` gives these.
  @Test(arguments: [
    ([-75, -34, 50, 100, 216, 300], [-13.0, 75, 187]), ([1, 2, 3, 4], [1.75, 2.5, 3.25]),
    ([5], [5, 5, 5]), ([0, 0, 7], [0, 0, 3.5]),
  ])
  func quartiles(totals: [Int], wanted: [Double]) {
    var sums = ItemSums(itemCount: 1)
    for total in totals { sums.add([total], most: [300]) }
    #expect([0.25, 0.5, 0.75].map { sums.totals.quantile($0) } == wanted)
    #expect(ItemSums(itemCount: 1).totals.quantile(0.5) == nil)
  }

  @Test func whoWasNotAskedDoesNotCount() {
    var sums = ItemSums(itemCount: 2)
    sums.add([100, nil], most: [100, 0])
    sums.add([0, 100], most: [300, 100])
    #expect(sums.statistics().map(\.count) == [2, 1])
    // The most may differ from draw to draw.
    #expect(sums.statistics()[0].facility == 0.25)
    #expect(sums.statistics()[1].facility == 1)
  }
}
