// How long claims take in a queue of many chunks, from the first to those beside many that ended.
// usage: queue-speed STORE [CHUNKS] [CLAIMS]

import ExamModel
import Foundation
import Storage

guard (2...4).contains(CommandLine.arguments.count) else {
  FileHandle.standardError.write(Data("usage: queue-speed STORE [CHUNKS] [CLAIMS]\n".utf8))
  exit(64)
}
let store = try await StoreAddress(CommandLine.arguments[1]).open()
let chunks = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 0 : 1_000_000
let claims = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 0 : 10_000

_ = try await store.migrate()
let test: TestID = "queue-speed"
try await store.register(TestRecord(id: test, title: "Queue", manifestDigest: "m"))
let rows = (0..<chunks).lazy.map { line in
  NewSubmission(
    line: line + 2, candidate: CandidateID("c\(line)"), submittedMicroseconds: nil,
    disposition: .toGrade, reason: nil, cells: PackedTexts(["1"]))
}
let new = NewBatch(
  test: test, digest: UUID().uuidString, fileName: "queue.csv", columns: ["A"], layout: "{}",
  numberLocale: .point, rows: chunks, superseded: 0, quarantined: 0, chunkSize: 1, keyVersion: "k",
  legend: RunLegend(
    items: [.init(question: 1, part: "a", family: "matdim.product", version: 1)], mistakes: []),
  events: [])
let batch = try await store.importBatch(new, submissions: Array(rows))

let clock = ContinuousClock()
var claiming: [Duration] = []
var landing: [Duration] = []
for _ in 0..<claims {
  let start = clock.now
  guard let claim = try await store.claimChunk(of: batch.run, as: "speed", lease: LeaseTerms())
  else { break }
  let claimed = clock.now
  let result = ResultRecord(
    candidate: CandidateID("c\(claim.chunk)"), line: claim.chunk + 2, awarded: .zero,
    possible: .zero, outcomes: [1], awardedEach: [0], possibleEach: [0])
  let tally = ItemTally(item: 0, outcome: 1, count: 1, awarded: .zero)
  _ = try await store.land(Landing(results: [result], tallies: [tally]), for: claim)
  claiming.append(claimed - start)
  landing.append(clock.now - claimed)
}
await store.close()

for (what, times) in [("claim", claiming.sorted()), ("land", landing.sorted())] {
  let at = { (share: Double) -> String in
    let time = times[min(times.count - 1, Int(share * Double(times.count)))]
    return (time / .milliseconds(1)).formatted(.number.precision(.fractionLength(2)))
  }
  print("\(what): p50 \(at(0.5)) ms, p99 \(at(0.99)) ms, longest \(at(1)) ms, of \(times.count)")
}
