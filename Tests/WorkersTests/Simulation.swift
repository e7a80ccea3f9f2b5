import ExamModel
import Storage
import Workers

/// Lanes, a network and a store on a virtual clock, all of whose misfortunes come from one seed.
struct Simulation {
  struct Weather {
    /// Chances in a thousand.
    var lostRequests = 20
    var lostReplies = 20
    var doubledReplies = 20
    var crashes = 3
    var pauses = 5
    var partitions = 2
    var stalls = 5
    var failures = 5
    /// SIGTERM; a lane that has ended is started again.
    var stops = 2
    /// How far lanes' clocks run fast or slow, in percent.
    var drift = 5

    static let calm = Weather(
      lostRequests: 0, lostReplies: 0, doubledReplies: 0, crashes: 0, pauses: 0, partitions: 0,
      stalls: 0, failures: 0, stops: 0, drift: 0)
  }

  private enum Happening {
    case event(lane: Int, life: Int, LaneLife.Event)
    case timer(lane: Int, life: Int, number: Int)
    case work(lane: Int, life: Int, number: Int, ChunkClaim)
    case request(lane: Int, life: Int, LaneLife.Action)
    case restart(lane: Int)
    case storeRestarts
    case heal
  }

  private struct Lane {
    var life: LaneLife
    /// Which process this is; answers to a dead one are dropped.
    var number = 0
    var timer = 0
    var work = 0
    var pausedUntil = Duration.zero
    var cutUntil = Duration.zero
    var rate = 1.0
    var isDown = false
  }

  /// What a row does to whoever grades it.
  enum Poison { case crashes, hangs }

  let seed: UInt64
  private(set) var queue: QueueModel
  private(set) var violations: [String] = []
  private var lanes: [Lane] = []
  private var agenda = Agenda<Happening>()
  private var dice: Dice
  private var now = Duration.zero
  private var weather: Weather
  private let lease = LeaseTerms(leaseSeconds: 30, deadlineSeconds: 300)
  private var tokens: [Int: Int64] = [:]
  private let poison: [Int: Poison]
  private let healAt: Duration

  init(
    seed: UInt64, lanes count: Int, chunks: Int, rowsEach: Int = 10, weather: Weather = Weather(),
    healAt: Duration = .seconds(300), poison: [Int: Poison] = [:],
    without missing: Set<QueueModel.Guard> = []
  ) {
    self.seed = seed
    self.weather = weather
    self.healAt = healAt
    dice = Dice(seed: seed)
    self.poison = poison
    queue = QueueModel(chunks: chunks, rowsEach: rowsEach, without: missing)
    for index in 0..<count {
      var lane = Lane(
        life: LaneLife(lease: lease, poll: .seconds(2), seed: dice.next() | 1))
      lane.rate = 1 + Double(dice.integer(in: -weather.drift...weather.drift)) / 100
      lanes.append(lane)
      agenda.add(.event(lane: index, life: 0, .woke), at: milliseconds(0...500))
    }
    agenda.add(.heal, at: healAt)
    if weather.crashes > 0 {
      for _ in 0..<3 { agenda.add(.storeRestarts, at: .seconds(dice.integer(in: 1...250))) }
    }
  }

  private mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
    .milliseconds(dice.integer(in: range))
  }

  private mutating func happens(_ perMille: Int) -> Bool { dice.below(1000) < perMille }

  /// Runs until every chunk has ended, or well past the hour at which all misfortune stops.
  mutating func run() {
    let end = healAt + .seconds(3600)
    while let (time, happening) = agenda.next(), time < end, violations.isEmpty {
      now = time
      take(happening)
      check()
      if queue.hasEnded {
        _ = queue.finish()
        _ = queue.finish()
        break
      }
    }
    if !queue.hasEnded { violations.append("\(seed): chunks are left an hour after the storm") }
    if queue.finishes > 1 { violations.append("\(seed): the run ended twice") }
    var landings: [Int: Int] = [:]
    for (index, chunk) in queue.chunks.enumerated() {
      for row in chunk.rows { landings[row, default: 0] += chunk.landings }
      if chunk.state == .done, chunk.landings != 1 {
        violations.append("\(seed): chunk \(index) landed \(chunk.landings) times")
      }
      if chunk.state == .setAside, chunk.landings != 0 || chunk.attempt < QueueModel.attemptLimit {
        violations.append("\(seed): chunk \(index) was set aside after \(chunk.attempt) attempts")
      }
      if chunk.state == .setAside, chunk.rows.count > 1 {
        violations.append("\(seed): \(chunk.rows.count) rows were set aside together")
      }
    }
    if landings.values.contains(where: { $0 > 1 }) {
      violations.append("\(seed): a row landed twice")
    }
    for row in poison.keys where landings[row] != 0 { violations.append("\(seed): poison landed") }
  }

  /// Rows that ended without a result.
  var setAside: [Int] {
    queue.chunks.filter { $0.state == .setAside }.flatMap(\.rows).sorted()
  }

  private mutating func check() {
    if queue.staleLandings > 0 { violations.append("\(seed): a stale landing counted at \(now)") }
  }

  private mutating func take(_ happening: Happening) {
    switch happening {
    case .heal:
      weather = .calm
      for index in lanes.indices { (lanes[index].pausedUntil, lanes[index].cutUntil) = (now, now) }
    case .storeRestarts:
      // What is under way is lost; what is committed stays.
      for index in lanes.indices { lanes[index].cutUntil = now + .seconds(5) }
    case .restart(let index):
      lanes[index].life = LaneLife(lease: lease, poll: .seconds(2), seed: dice.next() | 1)
      lanes[index].isDown = false
      tell(index, .woke)
    case .timer(let index, let life, let number):
      guard lanes[index].number == life, lanes[index].timer == number else { return }
      deliver(.woke, to: index, happening)
    case .event(let index, let life, let event):
      guard lanes[index].number == life else { return }
      deliver(event, to: index, happening)
    case .work(let index, let life, let number, let claim):
      guard lanes[index].number == life, lanes[index].work == number else { return }
      let poison = poison
      switch queue.chunks[claim.chunk].rows.compactMap({ poison[$0] }).first {
      case .crashes: return crash(index)
      case .hangs: return
      case nil: break
      }
      let event: LaneLife.Event =
        happens(weather.failures) ? .failedToGrade(claim, "it broke") : .graded(claim)
      deliver(event, to: index, happening)
    case .request(let index, let life, let action): serve(action, of: index, life: life)
    }
  }

  /// A paused lane hears of everything when it wakes.
  private mutating func deliver(_ event: LaneLife.Event, to index: Int, _ happening: Happening) {
    guard !lanes[index].isDown else { return }
    if lanes[index].pausedUntil > now {
      agenda.add(happening, at: lanes[index].pausedUntil)
      return
    }
    tell(index, event)
  }

  private mutating func tell(_ index: Int, _ event: LaneLife.Event) {
    let rate = lanes[index].rate
    let actions = lanes[index].life.step(event, at: now * rate)
    for action in actions {
      if happens(weather.crashes) {
        crash(index)
        return
      }
      if happens(weather.stops) {
        agenda.add(
          .event(lane: index, life: lanes[index].number, .stop), at: now + milliseconds(0...1000))
      }
      if happens(weather.pauses) { lanes[index].pausedUntil = now + milliseconds(10...90_000) }
      if happens(weather.partitions) { lanes[index].cutUntil = now + milliseconds(10...120_000) }
      perform(action, of: index)
    }
  }

  private mutating func crash(_ index: Int) {
    lanes[index].number += 1
    lanes[index].isDown = true
    agenda.add(.restart(lane: index), at: now + milliseconds(100...20_000))
  }

  private mutating func perform(_ action: LaneLife.Action, of index: Int) {
    let life = lanes[index].number
    switch action {
    case .wait(let until):
      lanes[index].timer += 1
      // A clock that was divided by may be a hair early, and the lane would wait again and again.
      let time = max(now, until / lanes[index].rate) + .microseconds(1)
      agenda.add(.timer(lane: index, life: life, number: lanes[index].timer), at: time)
    case .grade(let claim):
      lanes[index].work += 1
      let time = now + milliseconds(happens(weather.pauses * 10) ? 1...400_000 : 500...5000)
      agenda.add(.work(lane: index, life: life, number: lanes[index].work, claim), at: time)
    case .dropWork: lanes[index].work += 1
    case .rest: break
    // Whatever watches over workers starts another.
    case .end: crash(index)
    case .claim, .beat, .land, .fail, .giveBack:
      let isLost = happens(weather.lostRequests) || lanes[index].cutUntil > now
      // A process that is stopped sends when it wakes; a stalled connection delivers late.
      var arrival = max(now, lanes[index].pausedUntil) + milliseconds(1...50)
      if happens(weather.stalls) { arrival += milliseconds(10...120_000) }
      if isLost {
        reply(to: action, nil, index, life, at: now + milliseconds(1...30_000))
      } else {
        agenda.add(.request(lane: index, life: life, action), at: arrival)
      }
    }
  }

  private mutating func serve(_ action: LaneLife.Action, of index: Int, life: Int) {
    // A request that left a lane is carried out even if the lane died meanwhile.
    let answer: LaneLife.Event
    switch action {
    case .claim:
      let claim = queue.claim(lease: lease, at: now)
      if let claim {
        if claim.token <= tokens[claim.chunk] ?? 0 { violations.append("\(seed): a token fell") }
        tokens[claim.chunk] = claim.token
      }
      answer = .claimed(claim)
    case .beat(let claim):
      answer = .beat(claim, isOurs: queue.beat(claim, lease: lease, at: now))
    case .land(let claim): answer = .landed(isOurs: queue.land(claim))
    case .fail(let claim, _):
      queue.fail(claim, at: now)
      answer = .settled
    case .giveBack(let claim):
      queue.giveBack(claim)
      answer = .settled
    default: return
    }
    let isLost = happens(weather.lostReplies) || lanes[index].cutUntil > now
    if isLost, case .land(let claim) = action, !happens(300) {
      // The store settles a lost answer by reading the chunk back.
      let settled = LaneLife.Event.landed(isOurs: queue.isLanded(claim))
      agenda.add(.event(lane: index, life: life, settled), at: now + milliseconds(1...20_000))
      return
    }
    reply(to: action, isLost ? nil : answer, index, life, at: now + milliseconds(1...50))
    if happens(weather.doubledReplies) {
      agenda.add(.event(lane: index, life: life, answer), at: now + milliseconds(1...5000))
    }
  }

  private mutating func reply(
    to action: LaneLife.Action, _ answer: LaneLife.Event?, _ index: Int, _ life: Int,
    at time: Duration
  ) {
    let event: LaneLife.Event
    if let answer {
      event = answer
    } else if case .beat(let claim) = action {
      event = .beatFailed(claim)
    } else {
      event = .storeFailed
    }
    agenda.add(.event(lane: index, life: life, event), at: time)
  }
}

/// What is to happen, earliest first; of equal times what was added first.
struct Agenda<Item> {
  private var heap: [(time: Duration, number: Int, item: Item)] = []
  private var added = 0

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    (heap[a].time, heap[a].number) < (heap[b].time, heap[b].number)
  }

  mutating func add(_ item: Item, at time: Duration) {
    heap.append((time, added, item))
    added += 1
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (time: Duration, item: Item)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && isBefore(child, least) { least = child }
      if least == parent { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return (first.time, first.item)
  }
}
