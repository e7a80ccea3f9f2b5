internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let firing: [StoreConformance] = [
    StoreConformance("a firing is the first one's, and one of another time or test is another") {
      hall in
      let (store, other) = (try await hall.prepared(), try await hall.open())
      let first = Firing(
        test: hall.test, schedule: "minutely", dueMicroseconds: 1_767_225_600_000_000,
        firedBy: "a/1")
      var second = first
      second.firedBy = "b/2"
      #expect(try await store.record(first) == nil)
      #expect(try await other.record(second) == "a/1")
      for change: (inout Firing) -> Void in [
        { $0.dueMicroseconds += 60_000_000 }, { $0.schedule = "Minutely" }, { $0.test = "other" },
      ] {
        var firing = second
        change(&firing)
        #expect(try await other.record(firing) == nil)
        #expect(try await store.record(firing) == "b/2")
      }
      let due = "select count(*) from firing where test_id = \(hall.test)" as SQL
      #expect(try await hall.inspect(due) == [["3"]])
    },
    StoreConformance("firings are forgotten after thirty days") { hall in
      let store = try await hall.prepared()
      var firing = Firing(test: hall.test, schedule: "s", dueMicroseconds: 0, firedBy: "a/1")
      for days in 0..<3 {
        firing.dueMicroseconds = Int64(days) * 86_400_000_000
        #expect(try await store.record(firing) == nil)
      }
      let isPostgres = store.address.hasPrefix("postgresql")
      try await hall.inspect(
        isPostgres
          ? "update firing set fired_at = fired_at - interval '31 days' where due_at < '1970-01-02'"
          : "update firing set fired_at = fired_at - 31 * 86400000000 where due_at = 0")
      firing.dueMicroseconds += 1
      #expect(try await store.record(firing) == nil)
      #expect(try await hall.inspect("select count(*) from firing") == [["3"]])
    },
  ]
}
