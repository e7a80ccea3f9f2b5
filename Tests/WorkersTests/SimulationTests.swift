import Foundation
import Storage
import TestKit
import Testing
import Workers

@Suite("Many lanes through a bad day") struct SimulationTests {
  /// More seeds in the long run, which `GRADUS_SEEDS` asks for; `GRADUS_SEED` replays one.
  private static let seeds: Range<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["GRADUS_SEED"].flatMap(UInt64.init) { return one..<(one + 1) }
    return 0..<(environment["GRADUS_SEEDS"].flatMap(UInt64.init) ?? 50)
  }()

  @Test("crashes, stops, pauses, lost and doubled answers, drift and partitions change no result")
  func storms() {
    for seed in Self.seeds {
      var simulation = Simulation(seed: seed, lanes: 12, chunks: 40)
      simulation.run()
      #expect(simulation.violations == [], "replay with GRADUS_SEED=\(seed)")
      // No row of these is to blame for anything.
      #expect(simulation.setAside == [], "replay with GRADUS_SEED=\(seed)")
    }
  }

  @Test("rows that crash or hang their workers are set aside alone, and all others are graded")
  func poison() {
    for seed in Self.seeds.prefix(10) {
      var simulation = Simulation(
        seed: seed, lanes: 12, chunks: 10, rowsEach: 40, weather: .calm,
        poison: [7: .crashes, 8: .hangs, 399: .crashes])
      simulation.run()
      #expect(simulation.violations == [], "replay with GRADUS_SEED=\(seed)")
      #expect(simulation.setAside == [7, 8, 399])
    }
  }

  @Test("two thousand lanes at once")
  func crowds() {
    var simulation = Simulation(seed: 1, lanes: 2000, chunks: 2000, healAt: .seconds(60))
    simulation.run()
    #expect(simulation.violations == [])
  }

  @Test("the same seed gives the same day")
  func replay() {
    var (first, second) = (
      Simulation(seed: 7, lanes: 12, chunks: 40), Simulation(seed: 7, lanes: 12, chunks: 40)
    )
    first.run()
    second.run()
    #expect(first.queue.chunks.map(\.token) == second.queue.chunks.map(\.token))
    #expect(first.queue.chunks.contains { $0.token > 1 })
  }

  @Test(
    "without its guards the queue is caught within fifty days",
    arguments: [
      [.token], [.state], [.token, .state], [.lease],
    ] as [Set<QueueModel.Guard>])
  func mutations(missing: Set<QueueModel.Guard>) {
    let caught = (0..<50 as Range<UInt64>).first { seed in
      var simulation = Simulation(seed: seed, lanes: 12, chunks: 40, without: missing)
      simulation.run()
      return !simulation.violations.isEmpty || !simulation.setAside.isEmpty
    }
    #expect(caught != nil)
  }
}
