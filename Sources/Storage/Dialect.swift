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

  /// The earlier of two instants.
  func earlier(_ one: SQL, _ other: SQL) -> SQL {
    switch self {
    case .sqlite: "min(\(one), \(other))"
    case .postgres: "least(\(one), \(other))"
    }
  }

  /// Passes by rows that others are about to take; SQLite has one writer and nobody to pass by.
  func skippingLocked(_ table: String) -> SQL {
    switch self {
    case .sqlite: ""
    case .postgres: "for update of \(verbatim: table) skip locked"
    }
  }

  static func clockMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
