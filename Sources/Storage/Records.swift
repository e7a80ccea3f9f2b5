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

extension RunKey {
  /// What is said of a run that is paused, and what ends that.
  package var pausedWords: String {
    "run \(run) is paused; \"gradus run resume \(run)\" lets it go on"
  }
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
  /// Who took it in, for the audit trail.
  package var importedBy: String

  package init(
    test: TestID, digest: String, fileName: String, columns: [String], layout: String,
    numberLocale: NumberLocale, rows: Int, superseded: Int, quarantined: Int, chunkSize: Int,
    keyVersion: String,
    legend: RunLegend, events: [NewEvent], importedBy: String = "gradus"
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
    self.importedBy = importedBy
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

  package var trace: Trace { Trace(of: run, in: digest) }
}

/// A run that has not ended, as far as whoever looks for work must know it.
package struct OpenRun: Sendable, Hashable {
  package let run: RunKey
  package let batch: BatchKey
  /// Lowercase hexadecimal SHA-256 of the file.
  package let digest: String
  /// What its verdicts depend on.
  package let keyVersion: String
  package let isPaused: Bool

  package var trace: Trace { Trace(of: run, in: digest) }
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
  /// The run ends as it is: what is graded stays, nothing more is, and it is not published.
  case cancelled
}

package enum RunState: Int16, Sendable, Hashable {
  case running = 0
  case finished = 1
  /// Finished, with rows that could not be graded.
  case incomplete = 2
  /// Given up by a person.
  case cancelled = 3

  package var word: String {
    switch self {
    case .running: "running"
    case .finished: "finished"
    case .incomplete: "incomplete"
    case .cancelled: "cancelled"
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

  package var trace: Trace { Trace(of: run, in: digest) }
}
