// Typed answers read and compared per second on one core. Numbers come from a file of `typed<TAB>key`
// lines, so that Benchmarks/marking can hand the same ones to Python.
import ExamModel
import Foundation
import Marking

let clock = ContinuousClock()

/// Answers a second: all of them marked, until half a second has gone.
func rate(_ count: Int, _ round: () -> Int) -> Double {
  var (rounds, right) = (0, 0)
  let start = clock.now
  while clock.now - start < .milliseconds(500) {
    right += round()
    rounds += 1
  }
  precondition(right > 0, "no answer was right")
  return Double(rounds * count) / ((clock.now - start) / .seconds(1))
}

func show(_ what: String, _ rate: Double) {
  print("\(what)\t\(Int(rate.rounded()))")
}

guard CommandLine.arguments.count == 2,
  let text = try? String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
else {
  print("marking-speed FILE, with lines of typed answer, tab, key")
  exit(64)
}
let numbers = text.split(separator: "\n").map { line in
  let cells = line.split(separator: "\t")
  return (typed: String(cells[0]), key: Double(cells[1]) ?? 0)
}
let decimals = Tolerance.decimals(3)
show(
  "plain numbers, read and compared",
  rate(numbers.count) {
    numbers.reduce(0) { right, row in
      guard case .value(.number(let x), _) = Reading(row.typed, as: .number) else { return right }
      return right + (Acceptance.accepts(x, key: row.key, tolerance: decimals) ? 1 : 0)
    }
  })

let marker = Marker()
/// One typed answer of a kind against a key, over and over.
func mark(_ what: String, _ kind: AnswerKind, _ key: AnswerValue, _ typed: [String]) {
  let part = Part("x", kind, tolerance: kind == .shape ? .exact : decimals)
  show(
    what,
    rate(typed.count * 50) {
      (0..<50).reduce(0) { right, _ in
        typed.reduce(right) { right, text in
          let mark = marker.mark(text, part: part, key: key, worth: Points(1))
          return right + (mark.outcome == .correct ? 1 : 0)
        }
      }
    })
}
mark("plain numbers, as verdicts", .number, .number(0.269), ["0.269", "0.2689", ".269", "-0.27"])
mark(
  "other numbers, as verdicts", .number, .number(0.25),
  ["0,25", "1/4", "25%", "2.5e-1", "2.5×10^-1", "x = 0.25", "−0.25"])
mark(
  "shapes, as verdicts", .shape, .shape([3, 4]),
  ["(3, 4)", "3x4", "[3,4]", "torch.Size([3, 4])", "3 by 4", "(4, 3)"])
mark(
  "vectors of 3, as verdicts", .vector, .vector([0.1, 0.2, 0.7]),
  ["[0.1, 0.2, 0.7]", "0.1 0.2 0.7", "(0.1,0.2,0.7)", "0,1; 0,2; 0,7"])
mark(
  "matrices 2 × 3, as verdicts", .matrix, .matrix([[1, 0.5, 0.25], [0, 1, 2]]),
  ["[[1, 0.5, 0.25], [0, 1, 2]]", "[1 0.5 0.25; 0 1 2]", "1 1/2 1/4; 0 1 2"])
