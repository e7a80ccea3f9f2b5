/// When to try again: ten attempts over about three days, further and further apart.
package struct RetrySchedule: Hashable, Sendable {
  /// The pause before each attempt; the first is the pause before the first attempt.
  package let delays: [Duration]

  /// The example of Standard Webhooks: long enough for a receiver to be repaired over a weekend.
  package static let standard = RetrySchedule(
    delays: [
      .zero, .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600),
      .seconds(5 * 3600), .seconds(10 * 3600), .seconds(14 * 3600), .seconds(20 * 3600),
      .seconds(24 * 3600),
    ])

  /// Spreads the attempts that one outage has lined up.
  private static let jitterShare = 0.2

  /// - Precondition: there is at least one delay, and none is negative.
  package init(delays: [Duration]) {
    precondition(
      !delays.isEmpty && delays.allSatisfy { $0 >= .zero },
      "a retry schedule needs one delay or more, none negative")
    self.delays = delays
  }

  /// How many attempts are made in all.
  package var attemptLimit: Int { delays.count }

  /// The pause after the attempt of this number, counted from 1, or nil to give up.
  ///
  /// Without a `Retry-After` the pause is the schedule's, ±20 %. With one it is what the
  /// receiver asked for, up to 20 % later, but neither below the schedule's nor above twice that:
  /// a receiver may slow us down and may not park us for ever.
  /// - Parameter jitter: A random number from 0 to 1; one half leaves the schedule as it is.
  package func delay(
    afterAttempt attempt: Int, jitter: Double, retryAfterSeconds: Int? = nil
  ) -> Duration? {
    precondition(attempt >= 1, "attempts are counted from 1")
    precondition((0...1).contains(jitter), "jitter is a number from 0 to 1")
    guard attempt < delays.count else { return nil }
    let base = delays[attempt]
    guard let retryAfterSeconds else {
      return base * (1 + Self.jitterShare * (2 * jitter - 1))
    }
    let asked = Duration.seconds(retryAfterSeconds) * (1 + Self.jitterShare * jitter)
    return min(max(asked, base), base * 2)
  }
}
