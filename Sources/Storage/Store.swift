package import ExamModel

/// Where tests, imports, results and deliveries are kept, worded by use.
///
/// There are two conformers, SQLite and PostgreSQL, held to one conformance suite. Every method is
/// one transaction: it happens whole or not at all. A conformer owns one connection and runs its
/// blocking calls on a lane of its own; a pool opens one store for each of its lanes.
package protocol Store: Sendable {
  /// Where this is, fit for a message: no password.
  nonisolated var address: String { get }

  // MARK: Schema

  /// Applies what is missing under a lock and returns the names of the migrations applied.
  ///
  /// - Throws: `.editedMigration` where an applied migration's digest is not ours, `.newerSchema`
  ///   where the store knows migrations that this program does not.
  func migrate() async throws(StoreError) -> [String]

  /// How the store stands; changes nothing.
  func schema() async throws(StoreError) -> SchemaState

  /// What its operator should know: versions, settings, rights. Changes nothing.
  func examine() async throws(StoreError) -> [Finding]

  // MARK: Import

  /// Records a test, or finds it again.
  ///
  /// - Throws: `.conflict` where the test is there with another manifest.
  func register(_ test: TestRecord) async throws(StoreError)

  /// The batch of a file that was imported before, and its latest run.
  func batch(of test: TestID, digest: String) async throws(StoreError) -> ImportedBatch?

  /// Keeps a file's rows, starts a run over those to be graded and writes the events it causes.
  ///
  /// - Throws: `.conflict` where the same digest is there already.
  func importBatch(
    _ batch: NewBatch, submissions: any Sequence<NewSubmission> & Sendable
  ) async throws(StoreError) -> ImportedBatch

  // MARK: Queue

  /// Takes the next chunk that is ready, or whose lease has run out; nil where there is none.
  ///
  /// The token grows with every claim of a chunk and never falls.
  func claimChunk(
    of run: RunKey?, as worker: String, lease: LeaseTerms
  ) async throws(StoreError) -> ChunkClaim?

  /// Prolongs the lease up to its hard deadline; false where the claim is no longer ours.
  func heartbeat(_ claim: ChunkClaim, lease: LeaseTerms) async throws(StoreError) -> Bool

  /// The rows of a claimed chunk, by line.
  func submissions(of claim: ChunkClaim) async throws(StoreError) -> [SubmissionRecord]

  /// Writes results, tallies and the chunk's completion; the fence is checked last.
  ///
  /// False, and nothing written, where the claim's token is no longer the chunk's. A connection
  /// lost while committing is settled by reading the chunk back.
  func land(_ landing: Landing, for claim: ChunkClaim) async throws(StoreError) -> Bool

  /// Returns a chunk unfinished, for another worker at once and without counting an attempt.
  func giveBack(_ claim: ChunkClaim) async throws(StoreError)

  /// Notes a failed attempt. After the second a chunk of many rows is parted and after the third
  /// dealt out row by row; the fifth sets the row that is left aside, into quarantine.
  func fail(_ claim: ChunkClaim, error: String) async throws(StoreError)

  /// Ends a run whose chunks have all ended, writes its events and makes it the published one,
  /// unless a newer import counts, or a later run over the same one.
  ///
  /// False where chunks are left or another worker was first.
  func finish(_ run: RunKey, events: [NewEvent]) async throws(StoreError) -> Bool

  /// Changes when a run's chunks are taken, with an entry in the audit trail; false where the run
  /// has ended.
  func arrange(
    _ run: RunKey, _ change: RunArrangement, by person: String
  ) async throws(StoreError) -> Bool

  /// Makes a run that has ended the one whose results count, with an entry in the audit trail; false
  /// where it is so already.
  ///
  /// - Throws: `.conflict` where it has not ended, or was cancelled.
  func publish(_ run: RunKey, by person: String) async throws(StoreError) -> Bool

  /// Whether chunks of the same test wait that come before this run's.
  func hasMoreUrgentWork(than run: RunKey) async throws(StoreError) -> Bool

  /// Writes down that a schedule fires: nil where this is the first to do so, else who was.
  func record(_ firing: Firing) async throws(StoreError) -> String?

  // MARK: Reading

  func progress(of run: RunKey) async throws(StoreError) -> RunProgress
  /// The runs of a test that have not ended, the most urgent first; without counting their chunks,
  /// as this is asked again and again.
  func openRuns(of test: TestID) async throws(StoreError) -> [OpenRun]
  /// All runs of a test, or of every test, newest first.
  func runs(of test: TestID?) async throws(StoreError) -> [RunProgress]
  /// The run whose results count; nil before the first has finished.
  func publishedRun(of test: TestID) async throws(StoreError) -> RunKey?
  /// The parts and misconceptions that a run's results refer to by number.
  func legend(of run: RunKey) async throws(StoreError) -> RunLegend
  /// Sums over the run's chunks.
  func tallies(of run: RunKey) async throws(StoreError) -> [ItemTally]
  /// One page of results in order of candidate, beginning after `candidate`.
  func results(
    of run: RunKey, after candidate: CandidateID?, limit: Int
  ) async throws(StoreError) -> [ResultRecord]
  /// The rows of a batch with one disposition, by line.
  func submissions(
    of batch: BatchKey, disposition: Disposition
  ) async throws(StoreError) -> [SubmissionRecord]
  /// All runs of a test, or of every test, newest first, with who holds which chunk.
  func situation(of test: TestID?) async throws(StoreError) -> Situation

  // MARK: Quarantine

  /// Every row of the test that waits for a person or was settled by one, by batch and line.
  func quarantine(of test: TestID) async throws(StoreError) -> [QuarantinedRow]
  /// Keeps a decision with who, when and why. A released row is graded by a new run over its batch,
  /// or by the latest one where nobody has begun it; that run is returned.
  ///
  /// - Throws: `.conflict` where the row is not in quarantine, was settled before, its candidate is
  ///   graded by another row and the decision does not replace it, or the batch is being graded.
  func settle(_ settlement: NewSettlement) async throws(StoreError) -> ImportedBatch

  // MARK: Regrading and review

  func batch(_ key: BatchKey) async throws(StoreError) -> ImportedBatch?
  /// Starts a run over the batch of an earlier run, whose verdicts stay; what is published changes
  /// when it has finished. The same regrade again finds the run that was begun and not ended.
  ///
  /// - Throws: `.conflict` where another run over the batch has not ended.
  func begin(_ regrade: NewRegrade) async throws(StoreError) -> ImportedBatch
  /// Starts a run over a batch of which all runs were cancelled; any other batch stays as it is.
  func begin(
    over batch: BatchKey, keyVersion: String, legend: RunLegend, by person: String
  ) async throws(StoreError) -> ImportedBatch
  /// Nil where the run is no regrade.
  func regrade(of run: RunKey) async throws(StoreError) -> RegradeRecord?
  /// What the run's verdicts depend on; whoever grades for it must have the same.
  func keyVersion(of run: RunKey) async throws(StoreError) -> String?
  /// The verdicts below which the chunk's may not fall; none where they may.
  func earlierResults(for claim: ChunkClaim) async throws(StoreError) -> [ResultRecord]
  /// One page of results with the raw cells they are about, in order of candidate; where an outcome
  /// is named, of those who have it somewhere.
  func answers(
    of run: RunKey, in batch: BatchKey, having outcome: Int16?, after candidate: CandidateID?,
    limit: Int
  ) async throws(StoreError) -> [GradedAnswers]
  /// The same of one candidate; nil where the run did not grade them.
  func answers(
    of candidate: CandidateID, run: RunKey, in batch: BatchKey
  ) async throws(StoreError) -> GradedAnswers?
  /// Keeps a person's decision about an answer beside the machine's verdicts, with an entry of
  /// `kind` in the audit trail.
  ///
  /// - Throws: `.conflict` where the row is not the candidate's.
  func write(_ overrule: Overrule, as kind: String, over run: RunKey) async throws(StoreError)
  /// The decisions that stand, for candidates after one and up to another; nil leaves an end open.
  func overrules(
    of batch: BatchKey, after candidate: CandidateID?, through last: CandidateID?
  ) async throws(StoreError) -> [Overrule]
  func overrules(
    of batch: BatchKey, of candidate: CandidateID
  ) async throws(StoreError) -> [Overrule]
  /// The run's results, as the machine gave them, of those whom a decision is about.
  func overruledResults(of run: RunKey) async throws(StoreError) -> [ResultRecord]

  // MARK: Audit

  /// The tests that have a trail or, as they have imports, ought to; nil is that of the store itself.
  func auditTrails() async throws(StoreError) -> [TestID?]
  /// One page of a trail, in order.
  func auditEntries(
    of test: TestID?, after number: Int, limit: Int
  ) async throws(StoreError) -> [AuditEntry]

  // MARK: Erasing

  /// Removes what is kept of a person in all imports and runs of a test, so that all counts still
  /// add up, and leaves an entry in the audit trail that does not name them. A dry one only counts.
  ///
  /// - Throws: `.conflict` where their answers are being graded.
  func erase(
    _ person: PersonalNames, of test: TestID, by actor: String, isDry: Bool
  ) async throws(StoreError) -> Erasure
  /// Those whose rows have a cell that is this text but for capitals and blanks, such as the address
  /// of somebody who is on no roster any more.
  func candidates(
    writing text: String, of test: TestID
  ) async throws(StoreError) -> [CandidateID]
  /// Removes the answers, verdicts and decisions of everybody; sums by question and the audit trail
  /// stay. A dry one only counts; with a limit, in microseconds since 1970 in UTC, a test that was
  /// imported to then or later is left alone.
  func eraseAnswers(
    of test: TestID, lastImportBefore limit: Int64?, by actor: String, isDry: Bool
  ) async throws(StoreError) -> Erasure
  /// Tests of which answers are kept.
  func testAges() async throws(StoreError) -> [TestAge]

  // MARK: Webhooks

  func addEndpoint(
    _ endpoint: NewEndpoint, by person: String
  ) async throws(StoreError) -> EndpointRecord
  /// All endpoints, oldest first.
  func endpoints() async throws(StoreError) -> [EndpointRecord]
  /// The keys that sign now, without their secrets, the newest first.
  func keys(of endpoint: Int64) async throws(StoreError) -> [EndpointKey]
  /// Puts new secrets beside the old ones, which sign too for `overlapSeconds` more; false where
  /// there is no such endpoint.
  func rotateSecrets(
    of endpoint: Int64, to secrets: [NewSecret], overlapSeconds: Int, by person: String
  ) async throws(StoreError) -> Bool
  /// False where there is no such endpoint.
  func removeEndpoint(_ id: Int64, by person: String) async throws(StoreError) -> Bool
  func setEndpoint(
    _ id: Int64, disabledBecause reason: String?, by person: String
  ) async throws(StoreError) -> Bool
  /// Writes an event for one endpoint, or for all that subscribe to its type.
  func enqueue(_ event: NewEvent, for endpoint: Int64?) async throws(StoreError)
  /// Takes due deliveries with the secrets that sign them: endpoint by endpoint in the order of
  /// their ids, of each the most overdue.
  func claimDeliveries(_ terms: DeliveryTerms) async throws(StoreError) -> [DeliveryClaim]
  /// Records attempts and what follows from them, in one transaction; returns those whose claims
  /// were still ours. An endpoint at which nothing arrived for five days is disabled.
  @discardableResult
  func record(_ attempts: [DeliveryAttempt]) async throws(StoreError) -> [DeliveryAttempt]
  /// The latest deliveries with their state, newest first.
  func deliveries(
    _ choice: DeliveryChoice, limit: Int
  ) async throws(StoreError) -> [DeliveryRecord]
  /// Every attempt to tell of an event, in order.
  func attempts(of event: String) async throws(StoreError) -> [AttemptRecord]
  /// Makes ended deliveries due again; returns how many. Disabled endpoints are left out.
  func redeliver(_ choice: DeliveryChoice) async throws(StoreError) -> Int

  /// Ends the connection; the store is not used afterwards.
  func close() async
}
