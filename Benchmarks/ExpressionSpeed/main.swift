// Expressions read and compared per second on one core, over a file of judged pairs.
//   expression-speed PAIRS.tsv [equal|different]
import Calculus
import Glibc

/// The file's lines after its titles, as two expressions and a verdict.
func rows(_ path: String) -> [[String]] {
  guard let file = fopen(path, "r") else { fatalError("\(path) cannot be opened") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
    bytes += chunk.prefix(count)
  }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map {
    $0.split(separator: "\t").map(String.init)
  }
}

let vocabulary = ExpressionVocabulary(["x", "y", "w", "u"])
let wanted = CommandLine.arguments.dropFirst(2).first
let pairs = rows(CommandLine.arguments[1]).filter { wanted == nil || $0[2] == wanted! }
let keys = try pairs.map {
  ExpressionKey(try Expression(parsing: $0[0], in: vocabulary), over: vocabulary.names)
}

/// How often a second each of the pairs is done, over rounds of at least two seconds.
func rate(_ work: (Int) throws -> Bool) rethrows -> (perSecond: Double, share: Double) {
  let clock = ContinuousClock()
  let start = clock.now
  var (done, right) = (0, 0)
  while clock.now - start < .seconds(2) {
    for index in pairs.indices where try work(index) { right += 1 }
    done += pairs.count
  }
  return (Double(done) / ((clock.now - start) / .seconds(1)), Double(right) / Double(done))
}

let read = try rate {
  _ = try Expression(asTyped: pairs[$0][1], in: vocabulary); return true
}
let both = try rate {
  let answer = try Expression(asTyped: pairs[$0][1], in: vocabulary)
  return keys[$0].equality(with: answer) == (pairs[$0][2] == "equal" ? .equal : .different)
}
print("\(pairs.count) pairs, \(wanted ?? "all")")
print("read               \(Int(read.perSecond)) a second")
print("read and compared  \(Int(both.perSecond)) a second, \(both.share * 100) % right")
