// Reads a CSV file and says how fast: csv-speed FILE MODE LANES
//   fields   finds every field of every record
//   strings  also makes a String of each, as readers of data frames do
import CSV
import Glibc

let arguments = CommandLine.arguments
guard arguments.count == 4, let lanes = Int(arguments[3]), (1...64).contains(lanes) else {
  print("usage: csv-speed FILE fields|strings LANES")
  exit(64)
}
let makesStrings = arguments[2] == "strings"
let path = arguments[1]

/// Reads the file's bytes from `start` to `end` and returns records, fields and a sum over them.
@Sendable func read(from start: Int, to end: Int, strings: Bool) -> (Int, Int, Int) {
  let file = open(path, O_RDONLY)
  guard file >= 0, lseek(file, off_t(start), SEEK_SET) >= 0 else { fatalError("\(path)") }
  defer { close(file) }
  var reader = CSVReader()
  var (records, fields, sum, left) = (0, 0, 0, end - start)
  let take = { () in
    while reader.advance() {
      records += 1
      fields += reader.fieldCount
      if strings {
        for field in 0..<reader.fieldCount { sum &+= reader.text(of: field).utf8.count }
      }
    }
  }
  var piece = [UInt8](repeating: 0, count: 262_144)
  while left > 0 {
    let got = piece.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, min(left, $0.count)) }
    guard got > 0 else { break }
    left -= got
    reader.feed(piece[..<got])
    take()
  }
  reader.finish()
  take()
  return (records, fields, sum)
}

/// Where a record begins at or behind a place; the file has no line end inside quotation marks
/// that a line of its own could be mistaken for.
func recordStart(atOrAfter place: Int) -> Int {
  guard place > 0 else { return 0 }
  let file = open(path, O_RDONLY)
  defer { close(file) }
  lseek(file, off_t(place), SEEK_SET)
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  let got = Glibc.read(file, &bytes, bytes.count)
  return place + (bytes[..<got].firstIndex(of: 10).map { $0 + 1 } ?? got)
}

var status = stat()
guard stat(path, &status) == 0 else { fatalError("\(path)") }
let size = Int(status.st_size)
let cuts = (0..<lanes).map { recordStart(atOrAfter: size / lanes * $0) } + [size]
let clock = ContinuousClock()
let start = clock.now
let parts = await withTaskGroup(of: (Int, Int, Int).self) { group in
  for lane in 0..<lanes {
    let (from, to) = (cuts[lane], cuts[lane + 1])
    group.addTask { read(from: from, to: to, strings: makesStrings) }
  }
  var parts: [(Int, Int, Int)] = []
  for await part in group { parts.append(part) }
  return parts
}
let seconds = (clock.now - start) / .seconds(1)
let records = parts.reduce(0) { $0 + $1.0 }
let fields = parts.reduce(0) { $0 + $1.1 }
print("\(Int(Double(size) / 1e6 / seconds)) MB/s \(records) records \(fields) fields")
