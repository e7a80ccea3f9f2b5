import ExamModel
import Storage
import Workers

/// The runs that are under way, for a person.
struct StatusView {
  let situation: Situation
  let meter: PaceMeter
  /// Columns of the terminal.
  let width: Int
  let console: Console

  var running: [RunProgress] { situation.runs.filter { $0.state == .running } }

  var lines: [String] {
    running.flatMap(lines(of:)) + workers
  }

  private func lines(of run: RunProgress) -> [String] {
    let total = run.rows - run.superseded - run.quarantined
    let pace = meter.pace(of: run, at: situation.nowMicroseconds)
    let counts = ChunkCounts(run, situation)
    var lines = [
      console.bold("run \(run.run.run)") + "  \(run.fileName.onOneLine)"
        + console.faint("  \(run.run.test)")
        + (run.priority == 0 ? "" : "  priority \(run.priority)"),
      "  " + bar(run.graded, of: total) + "  \(run.graded) of \(total) graded",
      "  " + Self.sentence(pace),
      "  chunks: \(counts.waiting) waiting, \(counts.held) held, \(run.chunksDone) done"
        + (run.chunksSetAside > 0 ? ", \(run.chunksSetAside) set aside" : ""),
    ]
    if run.pausedMicroseconds != nil {
      lines[2] = "  " + console.yellow("paused; \"gradus run resume \(run.run.run)\" lets it go on")
    } else if !isWorked(on: run) {
      let other = running.first { $0.run.test == run.run.test && isWorked(on: $0) }
      lines[2] =
        "  "
        + (other.map { console.faint("waits, while run \($0.run.run) is worked on") }
          ?? console.yellow("nobody works on it; \"gradus worker\" does, or \"gradus grade\" again"))
    }
    return lines + [""]
  }

  private func isWorked(on run: RunProgress) -> Bool {
    situation.held(of: run.run).contains { situation.secondsLeft(of: $0) > 0 }
  }

  private func bar(_ done: Int, of total: Int) -> String {
    let length = max(10, min(40, width - 40))
    let filled = total > 0 ? min(length, done * length / total) : length
    let percent = total > 0 ? done * 100 / total : 100
    return String(repeating: "█", count: filled)
      + String(repeating: "░", count: length - filled) + " \(percent) %"
  }

  private static func sentence(_ pace: Pace) -> String {
    guard let rate = pace.candidatesPerSecond else { return "nothing has landed yet" }
    guard rate > 0 else { return "nothing has landed for a minute" }
    let tenths = Int((rate * 10).rounded())
    let speed = rate >= 10 ? "\(Int(rate.rounded()))" : "\(tenths / 10).\(tenths % 10)"
    return "\(speed) a second" + (pace.secondsLeft.map { ", \(duration($0)) left" } ?? "")
  }

  /// `8 s`, `3 min 20 s`, `2 h 5 min`, `4 d 7 h`.
  static func duration(_ seconds: Double) -> String {
    let seconds = seconds < 8.64e9 ? Int(seconds.rounded(.up)) : 8_640_000_000
    for (size, unit, smaller, name) in [
      (86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"),
    ] where seconds >= size {
      let rest = seconds % size / smaller
      return "\(seconds / size) \(unit)" + (rest > 0 ? " \(rest) \(name)" : "")
    }
    return "\(seconds) s"
  }

  /// Who holds what; a lane a row.
  private var workers: [String] {
    let held = situation.held.filter { chunk in running.contains { $0.run == chunk.run } }
    guard !held.isEmpty else { return [] }
    let rest = "  lane  run  chunk  attempt  lease left".count
    var table = TextTable(
      ["worker", "lane", "run", "chunk", "attempt", "lease left"], rightAligned: [1, 2, 3, 4, 5])
    for chunk in held {
      let (worker, lane) = chunk.workerAndLane
      let left = situation.secondsLeft(of: chunk)
      table.add([
        Self.shortened(worker, to: max(12, width - rest)), lane, "\(chunk.run.run)",
        "\(chunk.chunk)", "\(chunk.attempt)", left > 0 ? "\(left) s" : "over",
      ])
    }
    return table.text.split(separator: "\n").map(String.init) + [""]
  }

  /// The end of a name tells most: it is the process.
  private static func shortened(_ name: String, to length: Int) -> String {
    name.count <= length ? name : "…" + name.suffix(length - 1)
  }
}

struct ChunkCounts {
  let held: Int
  let waiting: Int

  init(_ run: RunProgress, _ situation: Situation) {
    held = situation.held(of: run.run).count
    waiting = max(0, run.chunks - run.chunksDone - run.chunksSetAside - held)
  }
}

extension HeldChunk {
  /// `host/4711/0` is lane 0 of `host/4711`.
  var workerAndLane: (worker: String, lane: String) {
    guard let slash = owner.lastIndex(of: "/") else { return (owner, "") }
    return (String(owner[..<slash]), String(owner[owner.index(after: slash)...]))
  }
}
