internal import ExamModel

extension Connection {
  /// Days after which nobody asks any more who fired.
  private var keptDays: Int { 30 }

  func record(_ firing: Firing) throws(StoreError) -> String? {
    let schedule: SQL = "test_id = \(firing.test) and schedule = \(firing.schedule)"
    let isFirst = try changes(
      """
      insert into firing (test_id, schedule, due_at, fired_by, fired_at)
      values (\(firing.test), \(firing.schedule), \(dialect.instant(firing.dueMicroseconds)),
        \(firing.firedBy), \(dialect.now))
      on conflict (test_id, schedule, due_at) do nothing
      returning 1
      """)
    guard isFirst else { return try recorded(firing)?.firedBy ?? "" }
    _ = try rows(
      """
      delete from firing
      where \(schedule) and fired_at < \(dialect.now(plusSeconds: -keptDays * 86_400))
      """)
    return nil
  }

  /// The firing as it is kept; nil where nobody has fired.
  func recorded(_ firing: Firing) throws(StoreError) -> Firing? {
    try first(
      """
      select fired_by from firing where test_id = \(firing.test)
        and schedule = \(firing.schedule) and due_at = \(dialect.instant(firing.dueMicroseconds))
      """
    ).map { row in
      var firing = firing
      firing.firedBy = row.text(0)
      return firing
    }
  }
}
