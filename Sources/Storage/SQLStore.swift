internal import ExamModel

/// What the two conformers share: every method whose statements both databases understand.
///
/// A conformer says how its connection is made and kept, how a transaction is carried through and
/// how rows go in by the thousand; the rest is here and in `Statements/`.
protocol SQLStore: Actor, Store {
  associatedtype Link: Connection

  /// Runs statements that change nothing; they may run twice.
  func reading<Result>(
    _ body: (Link) throws(StoreError) -> Result
  ) throws(StoreError) -> Result

  /// Runs statements whole or not at all; they may run twice where the first never happened.
  ///
  /// - Parameters:
  ///   - durability: whether the disk is waited for.
  ///   - settled: asks a new connection what became of a commit whose answer was lost; nil where
  ///     it did not happen. Without it a lost answer is thrown.
  func writing<Result>(
    _ durability: Durability, _ body: (Link) throws(StoreError) -> Result,
    settled: ((Link) throws(StoreError) -> Result?)?
  ) throws(StoreError) -> Result
}

enum Durability {
  /// On disk before the call returns.
  case durable
  /// May be lost with the machine; costs repeated work and nothing else.
  case expendable
}

extension SQLStore {
  func writing<Result>(
    _ body: (Link) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try writing(.durable, body, settled: nil)
  }

  package func register(_ test: TestRecord) async throws(StoreError) {
    try writing { link throws(StoreError) in try link.register(test) }
  }

  package func batch(
    of test: TestID, digest: String
  ) async throws(StoreError) -> ImportedBatch? {
    try reading { link throws(StoreError) in try link.batch(of: test, digest: digest) }
  }

  package func heartbeat(
    _ claim: ChunkClaim, lease: LeaseTerms
  ) async throws(StoreError) -> Bool {
    try writing(
      .expendable, { link throws(StoreError) in try link.heartbeat(claim, lease: lease) },
      settled: nil)
  }

  package func submissions(of claim: ChunkClaim) async throws(StoreError) -> [SubmissionRecord] {
    try reading { link throws(StoreError) in try link.submissions(of: claim) }
  }

  package func giveBack(_ claim: ChunkClaim) async throws(StoreError) {
    try writing { link throws(StoreError) in try link.giveBack(claim) }
  }

  package func fail(_ claim: ChunkClaim, error: String) async throws(StoreError) {
    try writing { link throws(StoreError) in try link.fail(claim, error: error) }
  }

  package func finish(_ run: RunKey, events: [NewEvent]) async throws(StoreError) -> Bool {
    try writing(
      .durable, { link throws(StoreError) in try link.finish(run, events: events) },
      settled: { link throws(StoreError) in try link.hasFinished(run) ? true : nil })
  }

  package func arrange(
    _ run: RunKey, _ change: RunArrangement, by person: String
  ) async throws(StoreError) -> Bool {
    try writing { link throws(StoreError) in try link.arrange(run, change, by: person) }
  }

  package func publish(_ run: RunKey, by person: String) async throws(StoreError) -> Bool {
    try writing { link throws(StoreError) in try link.publish(run, by: person) }
  }

  package func hasMoreUrgentWork(than run: RunKey) async throws(StoreError) -> Bool {
    try reading { link throws(StoreError) in try link.hasMoreUrgentWork(than: run) }
  }

  package func record(_ firing: Firing) async throws(StoreError) -> String? {
    try writing(
      .durable, { link throws(StoreError) in try link.record(firing) },
      settled: { link throws(StoreError) -> String?? in
        guard let kept = try link.recorded(firing) else { return nil }
        return .some(kept.firedBy == firing.firedBy ? nil : kept.firedBy)
      })
  }

  // MARK: Reading

  package func progress(of run: RunKey) async throws(StoreError) -> RunProgress {
    try reading { link throws(StoreError) in try link.progress(of: run) }
  }

  package func openRuns(of test: TestID) async throws(StoreError) -> [OpenRun] {
    try reading { link throws(StoreError) in try link.openRuns(of: test) }
  }

  package func runs(of test: TestID?) async throws(StoreError) -> [RunProgress] {
    try reading { link throws(StoreError) in try link.runs(of: test) }
  }

  package func publishedRun(of test: TestID) async throws(StoreError) -> RunKey? {
    try reading { link throws(StoreError) in try link.publishedRun(of: test) }
  }

  package func legend(of run: RunKey) async throws(StoreError) -> RunLegend {
    try reading { link throws(StoreError) in try link.legend(of: run) }
  }

  package func tallies(of run: RunKey) async throws(StoreError) -> [ItemTally] {
    try reading { link throws(StoreError) in try link.tallies(of: run) }
  }

  package func results(
    of run: RunKey, after candidate: CandidateID?, limit: Int
  ) async throws(StoreError) -> [ResultRecord] {
    try reading { link throws(StoreError) in
      try link.results(of: run, after: candidate, limit: limit)
    }
  }

  package func submissions(
    of batch: BatchKey, disposition: Disposition
  ) async throws(StoreError) -> [SubmissionRecord] {
    try reading { link throws(StoreError) in
      try link.submissions(of: batch, disposition: disposition)
    }
  }

  package func situation(of test: TestID?) async throws(StoreError) -> Situation {
    try reading { link throws(StoreError) in try link.situation(of: test) }
  }

  // MARK: Quarantine

  package func quarantine(of test: TestID) async throws(StoreError) -> [QuarantinedRow] {
    try reading { link throws(StoreError) in try link.quarantine(of: test) }
  }

  package func settle(_ settlement: NewSettlement) async throws(StoreError) -> ImportedBatch {
    try writing { link throws(StoreError) in try link.settle(settlement) }
  }

  // MARK: Regrading and review

  package func batch(_ key: BatchKey) async throws(StoreError) -> ImportedBatch? {
    try reading { link throws(StoreError) in try link.batch(key) }
  }

  package func begin(_ regrade: NewRegrade) async throws(StoreError) -> ImportedBatch {
    try writing { link throws(StoreError) in try link.begin(regrade) }
  }

  package func begin(
    over batch: BatchKey, keyVersion: String, legend: RunLegend, by person: String
  ) async throws(StoreError) -> ImportedBatch {
    try writing { link throws(StoreError) in
      try link.begin(over: batch, keyVersion: keyVersion, legend: legend, by: person)
    }
  }

  package func regrade(of run: RunKey) async throws(StoreError) -> RegradeRecord? {
    try reading { link throws(StoreError) in try link.regrade(of: run) }
  }

  package func keyVersion(of run: RunKey) async throws(StoreError) -> String? {
    try reading { link throws(StoreError) in try link.keyVersion(of: run) }
  }

  package func earlierResults(for claim: ChunkClaim) async throws(StoreError) -> [ResultRecord] {
    try reading { link throws(StoreError) in try link.earlierResults(for: claim) }
  }

  package func answers(
    of run: RunKey, in batch: BatchKey, having outcome: Int16?, after candidate: CandidateID?,
    limit: Int
  ) async throws(StoreError) -> [GradedAnswers] {
    try reading { link throws(StoreError) in
      try link.answers(of: run, in: batch, having: outcome, after: candidate, limit: limit)
    }
  }

  package func write(
    _ overrule: Overrule, as kind: String, over run: RunKey
  ) async throws(StoreError) {
    try writing { link throws(StoreError) in try link.write(overrule, as: kind, over: run) }
  }

  package func overrules(
    of batch: BatchKey, after candidate: CandidateID?, through last: CandidateID?
  ) async throws(StoreError) -> [Overrule] {
    try reading { link throws(StoreError) in
      try link.overrules(of: batch, after: candidate, through: last)
    }
  }

  package func answers(
    of candidate: CandidateID, run: RunKey, in batch: BatchKey
  ) async throws(StoreError) -> GradedAnswers? {
    try reading { link throws(StoreError) in
      try link.answers(of: candidate, run: run, in: batch)
    }
  }

  package func overrules(
    of batch: BatchKey, of candidate: CandidateID
  ) async throws(StoreError) -> [Overrule] {
    try reading { link throws(StoreError) in try link.overrules(of: batch, of: candidate) }
  }

  package func overruledResults(of run: RunKey) async throws(StoreError) -> [ResultRecord] {
    try reading { link throws(StoreError) in try link.overruledResults(of: run) }
  }

  // MARK: Audit

  package func auditTrails() async throws(StoreError) -> [TestID?] {
    try reading { link throws(StoreError) in try link.auditTrails() }
  }

  package func auditEntries(
    of test: TestID?, after number: Int, limit: Int
  ) async throws(StoreError) -> [AuditEntry] {
    try reading { link throws(StoreError) in
      try link.auditEntries(of: test, after: number, limit: limit)
    }
  }

  // MARK: Erasing

  package func erase(
    _ person: PersonalNames, of test: TestID, by actor: String, isDry: Bool
  ) async throws(StoreError) -> Erasure {
    try writing { link throws(StoreError) in
      try link.erase(person, of: test, by: actor, isDry: isDry)
    }
  }

  package func candidates(
    writing text: String, of test: TestID
  ) async throws(StoreError) -> [CandidateID] {
    try reading { link throws(StoreError) in try link.candidates(writing: text, of: test) }
  }

  package func eraseAnswers(
    of test: TestID, lastImportBefore limit: Int64?, by actor: String, isDry: Bool
  ) async throws(StoreError) -> Erasure {
    try writing { link throws(StoreError) in
      try link.eraseAnswers(of: test, lastImportBefore: limit, by: actor, isDry: isDry)
    }
  }

  package func testAges() async throws(StoreError) -> [TestAge] {
    try reading { link throws(StoreError) in try link.testAges() }
  }

  // MARK: Webhooks

  package func addEndpoint(
    _ endpoint: NewEndpoint, by person: String
  ) async throws(StoreError) -> EndpointRecord {
    try writing { link throws(StoreError) in try link.addEndpoint(endpoint, by: person) }
  }

  package func endpoints() async throws(StoreError) -> [EndpointRecord] {
    try reading { link throws(StoreError) in try link.endpoints() }
  }

  package func keys(of endpoint: Int64) async throws(StoreError) -> [EndpointKey] {
    try reading { link throws(StoreError) in try link.keys(of: endpoint) }
  }

  package func rotateSecrets(
    of endpoint: Int64, to secrets: [NewSecret], overlapSeconds: Int, by person: String
  ) async throws(StoreError) -> Bool {
    try writing { link throws(StoreError) in
      try link.rotateSecrets(
        of: endpoint, to: secrets, overlapSeconds: overlapSeconds, by: person)
    }
  }

  package func removeEndpoint(_ id: Int64, by person: String) async throws(StoreError) -> Bool {
    try writing { link throws(StoreError) in try link.removeEndpoint(id, by: person) }
  }

  package func setEndpoint(
    _ id: Int64, disabledBecause reason: String?, by person: String
  ) async throws(StoreError) -> Bool {
    try writing { link throws(StoreError) in
      try link.setEndpoint(id, disabledBecause: reason, by: person)
    }
  }

  package func enqueue(_ event: NewEvent, for endpoint: Int64?) async throws(StoreError) {
    try writing { link throws(StoreError) in try link.enqueue(event, for: endpoint) }
  }

  /// A claim that is lost with the machine is made again, and its event delivered twice.
  package func claimDeliveries(
    _ terms: DeliveryTerms
  ) async throws(StoreError) -> [DeliveryClaim] {
    try writing(
      .expendable, { link throws(StoreError) in try link.claimDeliveries(terms) }, settled: nil)
  }

  package func record(
    _ attempts: [DeliveryAttempt]
  ) async throws(StoreError) -> [DeliveryAttempt] {
    try writing(
      .durable, { link throws(StoreError) in try link.record(attempts) },
      settled: { link throws(StoreError) in try link.recorded(attempts) })
  }

  package func deliveries(
    _ choice: DeliveryChoice, limit: Int
  ) async throws(StoreError) -> [DeliveryRecord] {
    try reading { link throws(StoreError) in try link.deliveries(choice, limit: limit) }
  }

  package func attempts(of event: String) async throws(StoreError) -> [AttemptRecord] {
    try reading { link throws(StoreError) in try link.attempts(of: event) }
  }

  package func redeliver(_ choice: DeliveryChoice) async throws(StoreError) -> Int {
    try writing { link throws(StoreError) in try link.redeliver(choice) }
  }
}
