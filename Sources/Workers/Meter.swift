package import Storage
import Synchronization

/// Counts what one process does, for Prometheus, and tells of its steps, for a log.
package final class Meter: Sendable {
  /// Upper ends of the classes of seconds that a chunk took, from its claim to its landing.
  static let chunkSeconds: [Double] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]

  struct Counts: Sendable {
    var submissions = 0
    var chunksFailed = 0
    /// By class of `chunkSeconds`, each alone; the last one is beyond all.
    var chunks = [Int](repeating: 0, count: chunkSeconds.count + 1)
    var secondsInChunks = 0.0
    var storeOutages = 0
    var webhooks = Delivery.Report()
    /// Files of a sweep by what became of them; nil without one.
    var files: [String: Int]?
  }

  private let counts = Mutex(Counts())

  private let tell: (@Sendable (Step) -> Void)?

  /// - Parameter tell: is told each step as it is taken; nil where nobody keeps a log.
  package init(telling tell: (@Sendable (Step) -> Void)? = nil) { self.tell = tell }

  func claimed(_ claim: ChunkClaim, of trace: Trace, by worker: String) {
    tell?(.claimed(claim, of: trace, by: worker))
  }

  func landed(
    _ claim: ChunkClaim, of trace: Trace, by worker: String, submissions: Int, after time: Duration
  ) {
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    tell?(.landed(claim, of: trace, by: worker, candidates: submissions, seconds: seconds))
    counts.withLock {
      $0.submissions += submissions
      $0.secondsInChunks += seconds
      $0.chunks[Self.chunkSeconds.firstIndex { seconds <= $0 } ?? Self.chunkSeconds.count] += 1
    }
  }

  func failed(_ claim: ChunkClaim, of trace: Trace, by worker: String, because error: String) {
    tell?(.failed(claim, of: trace, by: worker, because: error))
    counts.withLock { $0.chunksFailed += 1 }
  }

  package func missedStore() { counts.withLock { $0.storeOutages += 1 } }

  func count(_ attempt: DeliveryAttempt) {
    tell?(.attempted(attempt))
    counts.withLock { $0.webhooks.count(attempt) }
  }

  /// One file of a sweep; nil tells that there was a sweep.
  package func swept(_ fate: String?) {
    counts.withLock {
      var files = $0.files ?? [:]
      if let fate { files[fate, default: 0] += 1 }
      $0.files = files
    }
  }

  /// The text for Prometheus.
  ///
  /// - Parameters:
  ///   - source: what tells this file's samples from those of others beside it.
  ///   - situation: how the store's runs stand; nil where it did not answer.
  ///   - seconds: since 1970.
  package func page(
    source: String, version: String, situation: Situation?, at seconds: Int
  ) -> String {
    let counts = counts.withLock { $0 }
    var page = MetricsPage(source: source)
    page.add("gradus_build_info", .gauge, "The release.", [([("version", version)], 1)])
    page.add(
      "gradus_written_timestamp_seconds", .gauge, "When this file was written.", Double(seconds))
    page.add("gradus_store_up", .gauge, "Whether the store answers.", situation == nil ? 0 : 1)
    if let situation { page.add(situation) }
    if let files = counts.files {
      page.add(
        "gradus_sweep_files", .gauge, "Files of the last sweep by what became of them.",
        ["graded", "imported", "rejected", "incomplete", "left", "gone"].map {
          ([("fate", $0)], Double(files[$0] ?? 0))
        })
    }
    page.add(
      "gradus_submissions_graded_total", .counter, "Submissions that this process has graded.",
      Double(counts.submissions))
    page.add(
      "gradus_chunks_failed_total", .counter, "Chunks that failed in this process.",
      Double(counts.chunksFailed))
    page.add(
      "gradus_store_outages_total", .counter, "Times that the store did not answer.",
      Double(counts.storeOutages))
    page.add(
      "gradus_webhook_attempts_total", .counter, "Webhooks sent, by what came of it.",
      [
        ([("result", "delivered")], Double(counts.webhooks.delivered)),
        ([("result", "postponed")], Double(counts.webhooks.postponed)),
        ([("result", "dead")], Double(counts.webhooks.dead)),
      ])
    page.addHistogram(
      "gradus_chunk_duration_seconds", "From a chunk's claim to its landing.",
      limits: Self.chunkSeconds, counts: counts.chunks, sum: counts.secondsInChunks)
    return page.text
  }
}

/// The text exposition format of Prometheus.
struct MetricsPage {
  enum Kind: String { case counter, gauge, histogram }

  /// A label of every sample.
  let source: String
  private(set) var text = ""

  init(source: String) { self.source = source }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    add(name, kind, help, [([], value)])
  }

  mutating func add(
    _ name: String, _ kind: Kind, _ help: String,
    _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  /// - Parameter counts: by class, each alone, with one more for what is beyond all limits.
  mutating func addHistogram(
    _ name: String, _ help: String, limits: [Double], counts: [Int], sum: Double
  ) {
    add(name, .histogram, help, [])
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      let limit = index < limits.count ? Self.number(limits[index]) : "+Inf"
      line(name + "_bucket", [("le", limit)], Double(total))
    }
    line(name + "_sum", [], sum)
    line(name + "_count", [], Double(total))
  }

  mutating func add(_ situation: Situation) {
    let running = situation.runs.filter { $0.state == .running }
    let (paused, open) = (
      running.filter { $0.pausedMicroseconds != nil },
      running.filter { $0.pausedMicroseconds == nil }
    )
    let held = open.map { situation.held(of: $0.run).count { situation.secondsLeft(of: $0) > 0 } }
      .reduce(0, +)
    let ended = open.map { $0.chunksDone + $0.chunksSetAside }.reduce(0, +)
    add(
      "gradus_runs", .gauge, "Runs of the test that have not ended.",
      [([("state", "running")], Double(open.count)), ([("state", "paused")], Double(paused.count))])
    add(
      "gradus_queue_chunks", .gauge, "Chunks of running runs that wait for a worker, or have one.",
      [
        ([("state", "waiting")], Double(max(0, open.map(\.chunks).reduce(0, +) - ended - held))),
        ([("state", "held")], Double(held)),
      ])
    let oldest = open.map(\.startedMicroseconds).min()
    add(
      "gradus_queue_age_seconds", .gauge, "Since the oldest running run was begun; 0 without one.",
      oldest.map { Double((situation.nowMicroseconds - $0) / 1_000_000) } ?? 0)
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
    let inside = (labels + [("source", source)]).map { "\($0)=\"\(Self.escaped($1))\"" }
    text += "\(name){\(inside.joined(separator: ","))} \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    value.map { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : String($0) }
      .joined()
  }
}
