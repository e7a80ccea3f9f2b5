internal import ExamModel

// Payloads are thin: names and counts, never an answer, never a key.
extension EventType {
  /// Every type there is, in the order of an exam's life.
  package static let all = [
    batchImported, batchGraded, batchFailed, batchNeedsReview, regradeCompleted, submissionGraded,
    trial,
  ]

  /// Those that somebody can subscribe to.
  package static let subscribable = all.filter { $0 != trial }

  private static let test = Field("test", .text, "The test's id.", .string("mock-ml"))
  private static let run = Field("run", .count, "The grading run.", .integer(7))
  private static let trace = Field(
    "trace", .text,
    "Follows the file through logs: the first 32 digits of the SHA-256 of its bytes.",
    .string("9f86d081884c7d659a2feaa0c55ad015"))
  private static let file = Field(
    "file", .text, "The name of the imported file.", .string("responses.csv"))

  package static let batchImported = EventType(
    "batch.imported", "A file of responses is in the store and waits to be graded.",
    [
      test, trace, file,
      Field(
        "digest", .text, "SHA-256 of the file's bytes, which tells files of one name apart.",
        .string("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")),
      Field("rows", .count, "Rows of the file.", .integer(48)),
      Field("superseded", .count, "Rows that another attempt replaces.", .integer(5)),
      Field("quarantined", .count, "Rows that wait for a person.", .integer(3)),
    ])

  private static let outcome = [
    test, run, trace, file,
    Field("rows", .count, "Rows of the file.", .integer(48)),
    Field("graded", .count, "Rows that were graded.", .integer(40)),
    Field("superseded", .count, "Rows that another attempt replaces.", .integer(5)),
    Field("quarantined", .count, "Rows that wait for a person.", .integer(3)),
    Field("unreadable", .count, "Answers that wait for a person.", .integer(19)),
    Field("mean", .number, "Points a graded candidate got on average.", .number(12.25)),
    Field(
      "report", .text, "The command that shows the results of this run.",
      .string("gradus results --run 7")),
  ]

  package static let batchGraded = EventType(
    "batch.graded", "Every row of a file is graded and the results count.", outcome)
  package static let batchFailed = EventType(
    "batch.failed", "Grading has ended, and some rows could not be graded.", outcome)
  package static let batchNeedsReview = EventType(
    "batch.needs_review", "Grading has ended, and rows or answers wait for a person.", outcome)

  package static let regradeCompleted = EventType(
    "regrade.completed", "A graded file was graded anew; only who changed is named.",
    [
      test, run, trace, file,
      Field("earlier", .count, "The run it is compared with.", .integer(6)),
      Field(
        "policy", .text, "exact, or never-lower: the better of both verdicts counts.",
        .string("never-lower")),
      Field("compared", .count, "Candidates graded by both runs.", .integer(40)),
      Field("changed", .count, "Candidates whose points changed.", .integer(1)),
      Field("up", .count, "Candidates who gained.", .integer(1)),
      Field("down", .count, "Candidates who lost.", .integer(0)),
      Field(
        "candidates",
        .list([
          Field("candidate", .text, "The candidate's id.", .string("c007")),
          Field("before", .number, "Points by the earlier run.", .number(11.5)),
          Field("after", .number, "Points by this one.", .number(12.5)),
        ]),
        "Who changed; no more than \(mostNamed) are named.",
        .array([
          .object([
            ("candidate", .string("c007")), ("before", .number(11.5)), ("after", .number(12.5)),
          ])
        ])),
    ])

  /// Candidates that fit into the 20 kB that every receiver takes.
  package static let mostNamed = 200

  package static let submissionGraded = EventType(
    "submission.graded", "One candidate's submission is graded and counts.", isOnRequest: true,
    [
      test, run, trace,
      Field("candidate", .text, "The candidate's id.", .string("c007")),
      Field("line", .count, "The line of the submission in its file.", .integer(8)),
    ])

  package static let trial = EventType(
    "webhook.test", "Somebody tries out whether deliveries arrive.",
    [Field("message", .text, "Words for a person.", .string("This is a trial."))])
}
