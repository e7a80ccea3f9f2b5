internal import Glibc

/// The few words in which the two databases differ, so that a statement can be written once.
enum Dialect: Sendable {
  case sqlite
  case postgres

  /// The folder of `Schema/` with its migrations.
  var folder: String {
    switch self {
    case .sqlite: "sqlite"
    case .postgres: "postgres"
    }
  }

  /// The present: the server's clock on PostgreSQL, this machine's on SQLite, which is the same
  /// for all who can open the file.
  var now: SQL {
    switch self {
    case .sqlite: "\(Self.clockMicroseconds())"
    case .postgres: "now()"
    }
  }

  /// The present as microseconds since 1970 in UTC.
  var nowMicroseconds: SQL {
    switch self {
    case .sqlite: now
    case .postgres: microseconds("clock_timestamp()")
    }
  }

  /// Who is connected, whatever role that user has taken on since.
  var sessionName: SQL {
    switch self {
    case .sqlite: "''"
    case .postgres: "session_user"
    }
  }

  func now(plusSeconds seconds: Int) -> SQL {
    switch self {
    case .sqlite: "\(Self.clockMicroseconds() + Int64(seconds) * 1_000_000)"
    case .postgres: "now() + make_interval(secs => \(seconds))"
    }
  }

  /// The same for a number of seconds that stands in a column as text.
  func now(plusSeconds column: SQL) -> SQL {
    switch self {
    case .sqlite: "\(now) + cast(\(column) as bigint) * 1000000"
    case .postgres: "now() + cast(\(column) as integer) * interval '1 second'"
    }
  }

  /// An instant, given in microseconds since 1970 in UTC.
  func instant(_ microseconds: Int64) -> SQL {
    switch self {
    case .sqlite: "\(microseconds)"
    case .postgres:
      "timestamptz 'epoch' + cast(\(microseconds) as bigint) * interval '1 microsecond'"
    }
  }

  /// An instant that does not come, for what waits until it is moved.
  var never: SQL {
    switch self {
    case .sqlite: "253370764800000000"
    case .postgres: "timestamptz '9999-01-01 00:00:00+00'"
    }
  }

  /// Reads a column of time as microseconds since 1970 in UTC.
  func microseconds(_ column: String) -> SQL {
    switch self {
    case .sqlite: "\(verbatim: column)"
    case .postgres: "cast(extract(epoch from \(verbatim: column)) * 1000000 as bigint)"
    }
  }

  /// Reads a column that holds a list of numbers as a JSON array.
  func numbers(_ column: String) -> SQL {
    switch self {
    case .sqlite: "\(verbatim: column)"
    case .postgres: "cast(array_to_json(\(verbatim: column)) as text)"
    }
  }

  /// Whether a column that holds a list of numbers has this one in it.
  func contains(_ column: String, _ number: Int) -> SQL {
    switch self {
    case .sqlite:
      "exists (select 1 from json_each(\(verbatim: column)) as each where each.value = \(number))"
    case .postgres: "cast(\(number) as smallint) = any (\(verbatim: column))"
    }
  }

  /// A query for these numbers, which are one value however many they are.
  func each(of numbers: some Collection<Int64>) -> SQL {
    let list = TextList.encode(Array(numbers))
    return switch self {
    case .sqlite: "select value from json_each(\(list))"
    case .postgres:
      "select cast(value as bigint) from jsonb_array_elements_text(cast(\(list) as jsonb)) as each (value)"
    }
  }

  /// The values of a JSON array as rows with the one column `value`.
  func values(ofJSON list: String) -> SQL {
    switch self {
    case .sqlite: "json_each(\(list)) as list"
    case .postgres: "jsonb_array_elements(cast(\(list) as jsonb)) as list (value)"
    }
  }

  /// The earlier of two instants.
  func earlier(_ one: SQL, _ other: SQL) -> SQL {
    switch self {
    case .sqlite: "min(\(one), \(other))"
    case .postgres: "least(\(one), \(other))"
    }
  }

  /// The larger of two numbers.
  func larger(_ one: SQL, _ other: SQL) -> SQL {
    switch self {
    case .sqlite: "max(\(one), \(other))"
    case .postgres: "greatest(\(one), \(other))"
    }
  }

  /// Passes by rows that others are about to take; SQLite has one writer and nobody to pass by.
  func skippingLocked(_ table: String) -> SQL {
    switch self {
    case .sqlite: ""
    case .postgres: "for update of \(verbatim: table) skip locked"
    }
  }

  /// Ends a subquery that names the rows to change, so that two who change many at once take them
  /// in one order and never wait for each other.
  func locking(inOrderOf column: String) -> SQL {
    switch self {
    case .sqlite: ""
    case .postgres: "order by \(verbatim: column) for update"
    }
  }

  static func clockMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
