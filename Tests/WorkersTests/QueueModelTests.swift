import ExamModel
import Storage
import TestKit
import Testing

/// The simulation is worth what its queue is worth: the same histories on the model and on a store.
@Suite("The queue's model") struct QueueModelTests {
  private enum Step { case claim(isOver: Bool), beat, land, giveBack, fail }

  @Test("does what the databases do", arguments: StoreKind.available, [1, 2, 3] as [UInt64])
  func differential(kind: StoreKind, seed: UInt64) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let hall = Hall(address: address)
      let (store, batch) = try await hall.imported(rows: 30, chunkSize: 10)
      var model = QueueModel(chunks: 3, rowsEach: 10)
      var dice = Dice(seed: seed)
      // What was claimed so far, old claims too: whoever wakes up late tries them.
      var claims: [(real: ChunkClaim, model: ChunkClaim)] = []
      for round in 0..<120 {
        let step =
          dice.pick([.claim(isOver: false), .claim(isOver: true), .beat, .land, .giveBack, .fail])
          as Step
        switch step {
        case .claim(let isOver):
          let lease = LeaseTerms(leaseSeconds: isOver ? 0 : 600, deadlineSeconds: 6000)
          let real = try await store.claimChunk(of: batch.run, as: "w", lease: lease)
          let claim = model.claim(lease: lease, at: .zero)
          #expect(real?.chunk == claim?.chunk, "round \(round)")
          #expect(real?.attempt == claim?.attempt, "round \(round)")
          guard let real, let claim else { break }
          #expect(claims.allSatisfy { $0.real.token < real.token }, "round \(round)")
          claims.append((real, claim))
        case .beat where !claims.isEmpty:
          let (real, claim) = dice.pick(claims)
          let lease = LeaseTerms(leaseSeconds: 600, deadlineSeconds: 6000)
          let isOurs = try await store.heartbeat(real, lease: lease)
          #expect(isOurs == model.beat(claim, lease: lease, at: .zero), "round \(round)")
        case .land where !claims.isEmpty && dice.oneIn(3):
          let (real, claim) = dice.pick(claims)
          let rows = try await store.submissions(of: real)
          let isLanded = try await store.land(hall.landing(rows), for: real)
          #expect(isLanded == model.land(claim), "round \(round)")
        case .giveBack where !claims.isEmpty:
          let (real, claim) = dice.pick(claims)
          try await store.giveBack(real)
          model.giveBack(claim)
        case .fail where !claims.isEmpty:
          let (real, claim) = dice.pick(claims)
          try await store.fail(real, error: "it broke")
          model.fail(claim, at: .zero)
          // What waiting would do, in the order in which the model's chunks come.
          try await hall.endRests()
          model.endRests()
        default: break
        }
      }
      let progress = try await store.progress(of: batch.run)
      #expect(progress.chunksDone == model.chunks.count { $0.state == .done })
      #expect(progress.chunksSetAside == model.chunks.count { $0.state == .setAside })
      #expect(progress.chunks == model.chunks.count { $0.state != .parted })
      #expect(
        progress.graded == model.chunks.reduce(0) { $0 + $1.landings * $1.rows.count })
      #expect(progress.quarantined == progress.chunksSetAside)
      await store.close()
    }
  }
}
