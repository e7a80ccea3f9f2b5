// What libFuzzer calls with bytes of its making: one reader, chosen by GRADUS_FUZZ. A reader may
// refuse whatever it likes; it must not crash, hang or grow. `make fuzz` builds and runs this.
import Calculus
import ExamModel
import Glibc
import Marking

/// Every reader by its name. A new one gets its line here and its seeds in .ci/fuzz.
private let readers: [String: @Sendable (String) -> Void] = [
  "expression": { typed in
    let names = ["x", "y", "u", "w0", "x0", "lambda", "yhat", "L"]
    guard let read = try? Expression(parsing: typed, names: names) else { return }
    // What is read can be printed, read again and compared, unless it is too deep or too long then.
    let again: Expression
    do throws(ExpressionError) {
      again = try Expression(parsing: read.description, names: names)
    } catch {
      guard error.reason.contains("nested") || error.reason.contains("longer") else {
        fatalError("\(typed) was read as \(read), which cannot be read: \(error)")
      }
      return
    }
    _ = Expression.areEqual(read, again)
  }
]

private let chosen: @Sendable (String) -> Void = {
  let name = unsafe getenv("GRADUS_FUZZ").map { unsafe String(cString: $0) } ?? ""
  guard let reader = readers[name] else {
    fatalError("GRADUS_FUZZ is \"\(name)\"; it may be \(readers.keys.sorted())")
  }
  return reader
}()

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe chosen(
    String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
  return 0
}
