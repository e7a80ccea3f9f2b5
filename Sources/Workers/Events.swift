import Cryptography
package import ExamModel
import FoundationEssentials
package import Storage
package import Webhooks

extension NewEvent {
  /// An event of this moment under an id that was never used: it is made once, in the transaction
  /// that causes it, and every delivery of it repeats id and bytes.
  ///
  /// - Precondition: there is a value for each of the type's fields, in their order.
  package init(_ type: EventType, of test: TestID?, _ values: [(String, JSON)]) throws {
    self.init(
      id: "evt_" + Hex.encode(try randomBytes(16)), test: test, type: type.name,
      payload: type.payload(at: Date.now.formatted(.iso8601), values).text)
  }

  /// `batch.imported`.
  static func imported(_ batch: NewBatch) throws -> NewEvent {
    try NewEvent(
      .batchImported, of: batch.test,
      [
        ("test", .string(batch.test.rawValue)), ("trace", .string(Trace.id(of: batch.digest))),
        ("file", .string(batch.fileName)),
        ("digest", .string(batch.digest)), ("rows", .integer(batch.rows)),
        ("superseded", .integer(batch.superseded)), ("quarantined", .integer(batch.quarantined)),
      ])
  }
}

extension GradingSummary {
  /// What is told to those who subscribed when the run ends.
  func events() throws -> [NewEvent] {
    var types = [progress.chunksSetAside == 0 ? EventType.batchGraded : .batchFailed]
    if unreadable + progress.quarantined > 0 { types.append(.batchNeedsReview) }
    return try types.map { type in
      try NewEvent(
        type, of: progress.run.test,
        [
          ("test", .string(progress.run.test.rawValue)), ("run", .integer(Int(progress.run.run))),
          ("trace", .string(progress.trace.id)), ("file", .string(progress.fileName)),
          ("rows", .integer(progress.rows)),
          ("graded", .integer(progress.graded)), ("superseded", .integer(progress.superseded)),
          ("quarantined", .integer(progress.quarantined)), ("unreadable", .integer(unreadable)),
          ("mean", .number((mean * 100).rounded() / 100)),
          ("report", .string("gradus results --run \(progress.run.run)")),
        ])
    }
  }
}
