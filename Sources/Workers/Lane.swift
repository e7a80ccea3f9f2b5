import Storage

/// Does what a `LaneLife` decides: asks one store, grades, keeps time.
struct Lane: Sendable {
  let store: any Store
  let batch: ImportedBatch
  let grader: Grader
  let lease: LeaseTerms
  let name: String
  /// How long a store may not answer before the lane gives up; nil waits for ever.
  let patience: Duration?
  let meter: Meter?

  private var run: RunKey { batch.run }

  private enum Word: Sendable {
    case event(LaneLife.Event)
    case graded(ChunkClaim, Landing)
    /// The store could not be asked; the same question may be answered later.
    case unanswered(LaneLife.Event, StoreError)
    /// An error that waiting does not mend.
    case failed(StoreError)
  }

  /// Works until there is nothing left to do, or the flag is up and the chunk in hand has landed.
  ///
  /// - Parameter isWanted: asked after each chunk, and with true where there was none to claim;
  ///   false ends the lane.
  /// - Throws: what the store says that another attempt would not mend, or did not for too long.
  func run(
    until stop: StopFlag, isWanted: (_ isAtRest: Bool) async throws -> Bool
  ) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    var life = LaneLife(lease: lease, seed: UInt64.random(in: 1 ... .max))
    let (words, mouth) = AsyncStream.makeStream(of: (work: ChunkClaim?, word: Word).self)
    var timer: Task<Void, Never>?
    var grading: Task<Void, Never>?
    /// What was made of the claim in hand.
    var landing: Landing?
    var silentSince: ContinuousClock.Instant?
    var inHand: ChunkClaim?
    var claimedAt = start
    defer {
      timer?.cancel()
      grading?.cancel()
    }
    mouth.yield((nil, .event(.woke)))
    for await (work, word) in words {
      // Work that was dropped goes on to its end, by when another chunk may be in hand.
      if let work, work != inHand { continue }
      let event: LaneLife.Event
      switch word {
      case .failed(let error):
        await handOver(inHand)
        throw error
      case .unanswered(let heard, let error):
        let since = silentSince ?? clock.now
        if let patience, clock.now - since >= patience {
          await handOver(inHand)
          throw error
        }
        silentSince = since
        event = heard
      case .event(let heard):
        if heard != .woke { silentSince = nil }
        event = heard
      case .graded(let claim, let made):
        landing = made
        event = .graded(claim)
      }
      switch event {
      case .claimed(let claim):
        (inHand, landing) = (claim, nil)
        claimedAt = clock.now
        if let claim { meter?.claimed(claim, of: batch.trace, by: name) }
      case .landed(isOurs: true):
        if let claim = inHand {
          meter?.landed(
            claim, of: batch.trace, by: name, submissions: landing?.results.count ?? 0,
            after: clock.now - claimedAt)
        }
        inHand = nil
      case .landed, .settled: inHand = nil
      default: break
      }
      if case .landed = event, try await !isWanted(false) { return }
      if stop.isUp { _ = life.step(.stop, at: clock.now - start) }
      for action in life.step(event, at: clock.now - start) {
        switch action {
        case .end: return
        case .rest: if try await !isWanted(true) { return }
        case .dropWork: grading?.cancel()
        case .wait(let until):
          timer?.cancel()
          timer = Task {
            // Cancelled by the next wait, which then is the one that counts.
            guard (try? await clock.sleep(until: start + until)) != nil else { return }
            mouth.yield((nil, .event(.woke)))
          }
        case .grade(let claim):
          grading = Task { mouth.yield((claim, await grade(claim))) }
        case .claim, .beat, .land, .fail, .giveBack:
          let made = landing
          Task { mouth.yield((nil, await ask(action, landing: made))) }
        }
      }
      if life.hasEnded { return }
    }
    // Cancelled, as another lane has failed.
    await handOver(inHand)
  }

  /// The store failed and not the chunk: nobody is to count that as an attempt, or wait.
  private func handOver(_ claim: ChunkClaim?) async {
    guard let claim else { return }
    // Where this fails too, the lease will end.
    try? await store.giveBack(claim)
  }

  private func grade(_ claim: ChunkClaim) async -> Word {
    do throws(StoreError) {
      FaultPoint.claimed.pass()
      let rows = try await store.submissions(of: claim)
      let earlier = try await store.earlierResults(for: claim)
      FaultPoint.read.pass()
      let what = "lines \(rows.first?.line ?? 0) to \(rows.last?.line ?? 0) of run \(run.run)"
      let landing = HardDeadline(seconds: lease.deadlineSeconds).hold("grading \(what)") {
        grader.grade(rows, notBelow: earlier)
      }
      FaultPoint.graded.pass()
      return .graded(claim, landing)
    } catch {
      // It is the row's fault: parting the chunk finds which, and the others are graded.
      if error.kind == .damaged { return .event(.failedToGrade(claim, error.message)) }
      return word(on: error, telling: .storeFailed)
    }
  }

  private func ask(_ action: LaneLife.Action, landing: Landing?) async -> Word {
    do throws(StoreError) {
      switch action {
      case .claim:
        return .event(.claimed(try await store.claimChunk(of: run, as: name, lease: lease)))
      case .beat(let claim):
        return .event(.beat(claim, isOurs: try await store.heartbeat(claim, lease: lease)))
      case .land(let claim):
        guard let landing else { preconditionFailure("a chunk is landed once it is graded") }
        let isOurs = try await store.land(landing, for: claim)
        FaultPoint.committed.pass()
        return .event(.landed(isOurs: isOurs))
      case .fail(let claim, let error):
        try await store.fail(claim, error: error)
        meter?.failed(claim, of: batch.trace, by: name, because: error)
        return .event(.settled)
      case .giveBack(let claim):
        try await store.giveBack(claim)
        return .event(.settled)
      default: preconditionFailure("this is nothing to ask a store")
      }
    } catch {
      if case .beat(let claim) = action { return word(on: error, telling: .beatFailed(claim)) }
      return word(on: error, telling: .storeFailed)
    }
  }

  private func word(on error: StoreError, telling event: LaneLife.Event) -> Word {
    error.isPassing ? .unanswered(event, error) : .failed(error)
  }
}

extension StoreError {
  /// Whether the same question may be answered later: the server restarts, a lock is released.
  var isPassing: Bool { kind == .unreachable || kind == .busy || kind == .readOnly }
}
