package import ExamModel

/// A batch within its test. Every key leads with the test, so that a sharded store can split by it.
package struct BatchKey: Sendable, Hashable {
  package var test: TestID
  package var batch: Int64
  package init(test: TestID, batch: Int64) {
    self.test = test
    self.batch = batch
  }
}

/// One grading of one batch with one version of the key.
package struct RunKey: Sendable, Hashable {
  package var test: TestID
  package var run: Int64
  package init(test: TestID, run: Int64) {
    self.test = test
    self.run = run
  }
}

/// What a message is about: an imported file and, where there is one by then, the run that grades
/// it.
package struct Trace: Sendable, Hashable {
  /// The first 32 digits of the file's digest: the same from import to webhook, in every run.
  package var id: String
  package var test: TestID
  package var run: Int64?
  package init(id: String, test: TestID, run: Int64?) {
    self.id = id
    self.test = test
    self.run = run
  }

  /// - Parameter digest: lowercase hexadecimal SHA-256 of a file.
  package static func id(of digest: String) -> String { String(digest.prefix(32)) }
}

package struct SchemaState: Sendable, Hashable {
  /// Names such as `0001_initial`, oldest first.
  package var applied: [String]
  package var pending: [String]
  /// `SQLite 3.40.1`, `PostgreSQL 15.18`.
  package var engine: String
  package init(applied: [String], pending: [String], engine: String) {
    self.applied = applied
    self.pending = pending
    self.engine = engine
  }
}

package struct TestRecord: Sendable, Hashable {
  package var id: TestID
  package var title: String
  /// Lowercase hexadecimal SHA-256 of the manifest that papers were committed to.
  package var manifestDigest: String
  package init(id: TestID, title: String, manifestDigest: String) {
    self.id = id
    self.title = title
    self.manifestDigest = manifestDigest
  }
}

/// What became of a row of an export.
package enum Disposition: Int16, Sendable, Hashable, CaseIterable {
  /// Graded, or waiting for it.
  case toGrade = 0
  /// An attempt of a candidate of whom another one counts.
  case superseded = 1
  /// Kept aside for a person to settle.
  case quarantined = 2
}

/// One row of an export, as it was exported.
package struct SubmissionRecord: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1; unique within its batch.
  package var line: Int
  /// Nil where the row could not be matched.
  package var candidate: CandidateID?
  /// Microseconds since 1970 in UTC; nil where the row tells no time.
  package var submittedMicroseconds: Int64?
  package var disposition: Disposition
  /// Why it is superseded or quarantined.
  package var reason: String?
  /// The raw cells, as many as the row had.
  package var cells: [String]
  /// A quarantined row as it stands in the file; nil for others.
  package var raw: String?

  package init(
    line: Int, candidate: CandidateID?, submittedMicroseconds: Int64?, disposition: Disposition,
    reason: String?, cells: [String], raw: String? = nil
  ) {
    self.line = line
    self.candidate = candidate
    self.submittedMicroseconds = submittedMicroseconds
    self.disposition = disposition
    self.reason = reason
    self.cells = cells
    self.raw = raw
  }
}

/// A file to be imported, with the run that is to grade it.
package struct NewBatch: Sendable {
  package var test: TestID
  /// Lowercase hexadecimal SHA-256 of the file.
  package var digest: String
  package var fileName: String
  /// Titles of the columns, as exported.
  package var columns: [String]
  /// How the columns are read, as text for whoever grades the rows.
  package var layout: String
  /// What all rows decided about `1,234`.
  package var numberLocale: NumberLocale
  package var rows: Int
  package var superseded: Int
  package var quarantined: Int
  /// Rows to be graded in one chunk, about 1,000.
  package var chunkSize: Int
  package var keyVersion: String
  package var legend: RunLegend
  package var events: [NewEvent]

  package init(
    test: TestID, digest: String, fileName: String, columns: [String], layout: String,
    numberLocale: NumberLocale, rows: Int, superseded: Int, quarantined: Int, chunkSize: Int,
    keyVersion: String,
    legend: RunLegend, events: [NewEvent]
  ) {
    self.test = test
    self.digest = digest
    self.fileName = fileName
    self.columns = columns
    self.layout = layout
    self.numberLocale = numberLocale
    self.rows = rows
    self.superseded = superseded
    self.quarantined = quarantined
    self.chunkSize = chunkSize
    self.keyVersion = keyVersion
    self.legend = legend
    self.events = events
  }
}

package struct ImportedBatch: Sendable, Hashable {
  package var batch: BatchKey
  /// Lowercase hexadecimal SHA-256 of the file.
  package var digest: String
  /// The latest run over the batch.
  package var run: RunKey
  package var columns: [String]
  /// How the columns are read; nil where that was not kept yet.
  package var layout: String?
  package var numberLocale: NumberLocale
  package init(
    batch: BatchKey, digest: String, run: RunKey, columns: [String], layout: String?,
    numberLocale: NumberLocale
  ) {
    self.batch = batch
    self.digest = digest
    self.run = run
    self.columns = columns
    self.layout = layout
    self.numberLocale = numberLocale
  }

  package var trace: Trace { Trace(id: Trace.id(of: digest), test: run.test, run: run.run) }
}

/// What the numbers in a run's results stand for.
package struct RunLegend: Sendable, Hashable {
  /// One answer column of the paper; results hold one entry for each, in this order.
  package struct Item: Sendable, Hashable {
    package var question: Int
    package var part: PartID
    package var family: FamilyID
    package var version: Int
    package init(question: Int, part: PartID, family: FamilyID, version: Int) {
      self.question = question
      self.part = part
      self.family = family
      self.version = version
    }
  }

  /// A mistake that results name as outcome `RunLegend.firstMistake` plus its index.
  package struct Mistake: Sendable, Hashable {
    package var family: FamilyID
    package var misconception: MisconceptionID
    package init(family: FamilyID, misconception: MisconceptionID) {
      self.family = family
      self.misconception = misconception
    }
  }

  package static let firstMistake: Int16 = 100

  package var items: [Item]
  package var mistakes: [Mistake]
  package init(items: [Item], mistakes: [Mistake]) {
    self.items = items
    self.mistakes = mistakes
  }
}

extension RunLegend {
  /// The word and, where it is one, the misconception that an outcome of this run stands for.
  package func outcome(_ code: Int16) -> (word: String, misconception: MisconceptionID?) {
    switch code {
    case OutcomeCode.correct: return ("correct", nil)
    case OutcomeCode.imprecise: return ("imprecise", nil)
    case OutcomeCode.followThrough: return ("followThrough", nil)
    case OutcomeCode.incorrect: return ("incorrect", nil)
    case OutcomeCode.blank: return ("blank", nil)
    case OutcomeCode.unreadable: return ("unreadable", nil)
    case OutcomeCode.void: return ("void", nil)
    default:
      let index = Int(code - Self.firstMistake)
      return (
        "misconception", mistakes.indices.contains(index) ? mistakes[index].misconception : nil
      )
    }
  }
}

/// Outcomes as results store them; from 100 on, a misconception of the run's legend.
package enum OutcomeCode {
  /// The candidate's paper does not ask this item.
  package static let notAsked: Int16 = 0
  package static let correct: Int16 = 1
  package static let imprecise: Int16 = 2
  package static let followThrough: Int16 = 3
  package static let incorrect: Int16 = 4
  package static let blank: Int16 = 5
  package static let unreadable: Int16 = 6
  /// Not marked any more, by a correction of the blueprint.
  package static let void: Int16 = 7

  /// What each is called, and any misconception.
  package static var words: [String] {
    let legend = RunLegend(items: [], mistakes: [])
    return (Array(correct...void) + [RunLegend.firstMistake]).map { legend.outcome($0).word }
  }
}

/// A candidate's verdicts: one row, with one entry an item of the run's legend.
package struct ResultRecord: Sendable, Hashable {
  package var candidate: CandidateID
  package var line: Int
  package var awarded: Points
  package var possible: Points
  package var outcomes: [Int16]
  /// Hundredths, aligned with `outcomes`.
  package var awardedEach: [Int32]
  /// Hundredths, aligned with `outcomes`.
  package var possibleEach: [Int32]

  package init(
    candidate: CandidateID, line: Int, awarded: Points, possible: Points, outcomes: [Int16],
    awardedEach: [Int32], possibleEach: [Int32]
  ) {
    self.candidate = candidate
    self.line = line
    self.awarded = awarded
    self.possible = possible
    self.outcomes = outcomes
    self.awardedEach = awardedEach
    self.possibleEach = possibleEach
  }
}

/// How often one outcome was given to one item.
package struct ItemTally: Sendable, Hashable {
  /// Index into the legend's items.
  package var item: Int
  package var outcome: Int16
  package var count: Int
  package var awarded: Points
  package init(item: Int, outcome: Int16, count: Int, awarded: Points) {
    self.item = item
    self.outcome = outcome
    self.count = count
    self.awarded = awarded
  }
}

/// Everything that one chunk's grading writes.
package struct Landing: Sendable {
  package var results: [ResultRecord]
  package var tallies: [ItemTally]
  package init(results: [ResultRecord], tallies: [ItemTally]) {
    self.results = results
    self.tallies = tallies
  }
}

package struct LeaseTerms: Sendable, Hashable {
  /// Seconds from a claim or heartbeat after which others may take the chunk.
  package var leaseSeconds: Int
  /// Seconds from the claim after which no heartbeat helps.
  package var deadlineSeconds: Int
  package init(leaseSeconds: Int = 30, deadlineSeconds: Int = 600) {
    self.leaseSeconds = leaseSeconds
    self.deadlineSeconds = deadlineSeconds
  }
}

/// The right to grade one chunk, as long as its token is the chunk's.
package struct ChunkClaim: Sendable, Hashable {
  package var run: RunKey
  package var batch: BatchKey
  package var chunk: Int
  package var token: Int64
  /// 1 for the first try.
  package var attempt: Int
  package init(run: RunKey, batch: BatchKey, chunk: Int, token: Int64, attempt: Int) {
    self.run = run
    self.batch = batch
    self.chunk = chunk
    self.token = token
    self.attempt = attempt
  }
}

/// When a run's chunks are taken.
package enum RunArrangement: Sendable, Hashable {
  /// Runs of a higher priority are graded first; 0 unless it is set.
  case priority(Int16)
  /// Chunks in hand are landed, and no others taken.
  case paused
  case resumed
}

package enum RunState: Int16, Sendable, Hashable {
  case running = 0
  case finished = 1
  /// Finished, with rows that could not be graded.
  case incomplete = 2

  package var word: String {
    switch self {
    case .running: "running"
    case .finished: "finished"
    case .incomplete: "incomplete"
    }
  }
}

package struct RunProgress: Sendable, Hashable {
  package var run: RunKey
  package var batch: BatchKey
  package var fileName: String
  /// Lowercase hexadecimal SHA-256 of the file.
  package var digest: String
  package var state: RunState
  package var chunks: Int
  package var chunksDone: Int
  package var chunksSetAside: Int
  /// Rows of the file; equals `graded + superseded + quarantined` once the run is finished.
  package var rows: Int
  package var graded: Int
  package var superseded: Int
  package var quarantined: Int
  /// Errors of chunks set aside, by chunk.
  package var errors: [String]
  /// Microseconds since 1970 in UTC.
  package var startedMicroseconds: Int64
  package var finishedMicroseconds: Int64?
  /// Runs of a higher priority are graded first.
  package var priority: Int
  /// Since when no chunk is taken; nil while they are.
  package var pausedMicroseconds: Int64?

  package init(
    run: RunKey, batch: BatchKey, fileName: String, digest: String, state: RunState, chunks: Int,
    chunksDone: Int, chunksSetAside: Int, rows: Int, graded: Int, superseded: Int, quarantined: Int,
    errors: [String], startedMicroseconds: Int64, finishedMicroseconds: Int64?, priority: Int = 0,
    pausedMicroseconds: Int64? = nil
  ) {
    self.run = run
    self.batch = batch
    self.fileName = fileName
    self.digest = digest
    self.state = state
    self.chunks = chunks
    self.chunksDone = chunksDone
    self.chunksSetAside = chunksSetAside
    self.rows = rows
    self.graded = graded
    self.superseded = superseded
    self.quarantined = quarantined
    self.errors = errors
    self.startedMicroseconds = startedMicroseconds
    self.finishedMicroseconds = finishedMicroseconds
    self.priority = priority
    self.pausedMicroseconds = pausedMicroseconds
  }

  package var trace: Trace { Trace(id: Trace.id(of: digest), test: run.test, run: run.run) }
}
