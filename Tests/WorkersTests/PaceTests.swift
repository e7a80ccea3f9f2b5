import ExamModel
import Storage
import TestKit
import Testing
import Workers

@Suite("The pace of a run") struct PaceTests {
  private func run(graded: Int, setAside: Int = 0, paused: Int64? = nil) -> RunProgress {
    RunProgress(
      run: RunKey(test: "t", run: 1), batch: BatchKey(test: "t", batch: 1), fileName: "a.csv",
      digest: "d1", state: .running, chunks: 10, chunksDone: graded / 100, chunksSetAside: setAside,
      rows: 1100,
      graded: graded, superseded: 60, quarantined: 40, errors: [], startedMicroseconds: 0,
      finishedMicroseconds: nil, pausedMicroseconds: paused)
  }

  /// What is told after looks at these seconds, with so many graded.
  private func pace(_ looks: [(second: Int64, graded: Int)], setAside: Int = 0) -> Pace {
    var meter = PaceMeter()
    var pace = Pace()
    for look in looks {
      let run = run(graded: look.graded, setAside: setAside)
      let now = look.second * 1_000_000
      meter.note(Situation(nowMicroseconds: now, runs: [run], held: []))
      pace = meter.pace(of: run, at: now)
    }
    return pace
  }

  @Test("is the average at the first look and that of the last minute from then on")
  func rates() {
    #expect(pace([(10, 0)]) == Pace())
    #expect(pace([(100, 200)]) == Pace(candidatesPerSecond: 2, secondsLeft: 400))
    #expect(pace([(100, 200), (110, 300)]) == Pace(candidatesPerSecond: 10, secondsLeft: 70))
    #expect(
      pace([(100, 200), (110, 300), (170, 420)]) == Pace(candidatesPerSecond: 2, secondsLeft: 290))
    // A look or two without a landing says nothing yet; a minute does.
    #expect(pace([(100, 200), (110, 200)]).candidatesPerSecond == 200.0 / 110)
    #expect(pace([(100, 200), (161, 200)]) == Pace(candidatesPerSecond: 0, secondsLeft: nil))
  }

  @Test("tells no end of a paused run")
  func paused() {
    let pace = PaceMeter().pace(of: run(graded: 200, paused: 1), at: 100_000_000)
    #expect(pace == Pace(candidatesPerSecond: 2, secondsLeft: nil))
  }

  @Test("waits for no row of a chunk that was set aside")
  func setAside() {
    #expect(pace([(100, 200)], setAside: 4) == Pace(candidatesPerSecond: 2, secondsLeft: 200))
  }
}
