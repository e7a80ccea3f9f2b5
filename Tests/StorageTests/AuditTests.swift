import ExamModel
import Testing

@testable import Storage

@Suite("The chain of the audit trail") struct AuditTests {
  private func trail(_ count: Int) -> [AuditEntry] {
    var head = AuditEntry.beginning
    return (1...count).map { number in
      var entry = AuditEntry(
        test: "t", number: number, recordedMicroseconds: 1_767_225_600_000_000 + Int64(number),
        kind: "overrule", actor: "ruth", session: "", details: "{\"line\":\(number)}",
        previousHash: head, hash: "")
      entry.hash = entry.expectedHash
      head = entry.hash
      return entry
    }
  }

  private func firstBroken(_ entries: [AuditEntry]) -> BrokenLink? {
    var verification = AuditVerification()
    return entries.lazy.compactMap { verification.follow($0) }.first
  }

  @Test func hasThisHashForThisEntry() {
    // The same bytes through another program: printf … | sha256sum.
    #expect(
      trail(1)[0].hash == "335ed16336ff151764d99be69e3ebcd0f9b1f83de9dbe782e7acda55ed00b318")
  }

  @Test func isWholeWhereNothingWasTouched() { #expect(firstBroken(trail(5)) == nil) }

  @Test(
    "names the entry that was changed",
    arguments: [
      { (entry: inout AuditEntry) in entry.actor = "ben" },
      { $0.details = "{\"line\":9}" }, { $0.recordedMicroseconds += 1 }, { $0.kind = "x" },
      { $0.session = "root" }, { $0.hash = String($0.hash.reversed()) },
      // Moving bytes from one field to the next changes them too.
      { (entry: inout AuditEntry) in (entry.kind, entry.actor) = ("overruler", "uth") },
    ] as [@Sendable (inout AuditEntry) -> Void])
  func changed(_ change: @Sendable (inout AuditEntry) -> Void) {
    var entries = trail(5)
    change(&entries[2])
    #expect(firstBroken(entries)?.number == 3)
  }

  @Test func showsAnEntryThatWasHashedAnewAtTheNextOne() {
    var entries = trail(5)
    entries[2].actor = "ben"
    entries[2].hash = entries[2].expectedHash
    #expect(firstBroken(entries)?.number == 4)
  }

  @Test func showsWhatIsMissing() {
    var entries = trail(5)
    entries.remove(at: 1)
    #expect(firstBroken(entries)?.finding == "entry 2 before it is missing")
    entries.removeFirst(2)
    #expect(firstBroken(entries)?.finding == "entries 1 to 3 before it are missing")
  }
}
