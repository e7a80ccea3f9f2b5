import CSV
import ExamModel
import Testing

@testable import ResponseSheets

@Suite("Reading stamps") struct TimestampTests {
  /// Whether the short way reads any stamp with the date.
  private static let dates = [
    ("2026/03/05", true), ("3/5/2026", true), ("2026-03-05", true), ("5-3-26", true),
    ("2026/13/05", true), (" 2026/3/5", true), ("05.03.2026", false), ("2026.3.5", false),
    ("Mar 5, 2026", false), ("203/5/5", false), ("3/5/203", false), ("12345/3/5", false),
    ("2026/3", false), ("2026/3/123", false),
  ]
  private static let clocks = [
    " 9:58:07", "T09:58:07.000", "t9:58", "  23:59:60", " 24:00", " 9:60", " 9:58:61", "", " 9",
    " 9:58:07.1234567", " 9:58:07.", " 9:58:07.12", "\u{A0}9:58", " 009:58", "x9:58", " 12:00:00",
  ]
  private static let halves = ["", " AM", "pm", " p.m.", " PMX", " a.m", " Pm ", " 下午", " AM1"]
  private static let zones = [
    "", " GMT+1", " UTC", "Z", "z", "+05:30", " -0800", " GMT-5:30", " GMT +1", " +15", " +1:60",
    " GMTX", " UTC+5:", "+12345", " EST", " +8 ", " (CET)", "-", " +05:301", "GMT UTC",
  ]

  @Test("the short way reads what the long one does, or leaves it", arguments: dates)
  func plainStamps(_ date: String, _ isShort: Bool) {
    var short = 0
    for clock in Self.clocks {
      for half in Self.halves {
        for zone in Self.zones {
          let text = date + clock + half + zone
          guard let plain = Timestamp(plain: text.utf8.span) else { continue }
          short += 1
          #expect(plain == Timestamp(text), "\(text)")
        }
      }
    }
    #expect((short > 100) == isShort, "\(short)")
  }

  @Test(
    "the stamps of services go the short way",
    arguments: [
      "2026/03/05 9:58:07 AM GMT+5:30", "3/5/2026 9:58:07", "2026-03-05T09:58:07.000+08:00",
      "2026-03-05 09:58:07 UTC", "2026-03-05 09:58:07 -0800", "5/3/26 9:58 pm",
    ])
  func usualStamps(_ text: String) {
    let stamp = Timestamp(plain: text.utf8.span)
    #expect(stamp != nil)
    #expect(stamp == Timestamp(text))
  }
}
