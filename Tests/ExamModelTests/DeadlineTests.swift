import ExamModel
import Testing

@Suite("Deadlines") struct DeadlineTests {
  @Test(
    "are a time on the clock of a stated place",
    arguments: [
      ("2026-03-05T18:00 Europe/Berlin", 1_772_733_600, .named("Europe/Berlin")),
      ("2026-03-05T18:00:30+01:00", 1_772_733_630, .offset(3600)),
      ("2026-03-05T18:00-05:30", 1_772_733_600, .offset(-19800)),
      ("2026-03-05T18:00Z", 1_772_733_600, .offset(0)),
      ("2026-03-05T18:00 UTC", 1_772_733_600, .offset(0)),
    ] as [(String, Int64, Deadline.Zone)])
  func read(_ text: String, _ seconds: Int64, _ zone: Deadline.Zone) {
    let deadline = Deadline(text)
    #expect(deadline?.localSeconds == seconds)
    #expect(deadline?.zone == zone)
  }

  @Test(
    "without a zone, or on no day of the calendar, are none",
    arguments: [
      "", "2026-03-05", "2026-03-05T18:00", "2026-02-29T18:00Z", "2026-13-01T18:00Z",
      "2026-03-05T24:00Z",
      "2026-03-05T18Z", "2026-3-5T18:00+1", "5/3/2026 18:00",
      "2026-03-05T18:00+01:00 Europe/Berlin",
      "2026-03-05T18:60Z", "2026-03-05T18:00+99:00", "-026-03-05T18:00Z",
    ])
  func refused(_ text: String) { #expect(Deadline(text) == nil) }

  @Test(
    "days of the calendar and their numbers go both ways",
    arguments: [-719_162, -1, 0, 59, 789, 11016, 20517, 2_932_896])
  func days(_ day: Int) {
    let text = CivilTime.text(microseconds: Int64(day) * 86_400_000_000 + 3_723_000_000)
    let parts = text.prefix { $0 != "T" }.split(separator: "-").compactMap { Int($0) }
    #expect(CivilTime.daysSince1970(parts[0], parts[1], parts[2]) == day)
    #expect(text.hasSuffix("T01:02:03Z"))
  }
}
