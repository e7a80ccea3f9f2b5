// What libFuzzer calls with bytes of its making: one reader, chosen by GRADUS_FUZZ. A reader may
// refuse whatever it likes; it must not crash, hang or grow. `make fuzz` builds and runs this.
import Calculus
import ExamModel
import Glibc
import Marking

/// Every reader by its name. A new one gets its line here and its seeds in .ci/fuzz.
private let readers: [String: @Sendable (String) -> Void] = [
  "number": reading(as: .number), "integer": reading(as: .integer), "shape": reading(as: .shape),
  "vector": reading(as: .vector), "matrix": reading(as: .matrix), "choice": reading(as: .choice),
  "choices": reading(as: .choices), "ordering": reading(as: .ordering),
  "matrices": { typed in
    let names = ["X", "y", "w", "b", "lambda", "W1"]
    guard let read = try? MatrixExpression(parsing: typed, names: names) else { return }
    _ = MatrixExpression.equality(key: read, answer: read)
    // A printed text may be longer or deeper than what was typed.
    _ = try? MatrixExpression(parsing: read.description, names: names)
  },
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
  },
]

/// Reads an answer of a kind; what is read can be printed and read again.
private func reading(as kind: AnswerKind) -> @Sendable (String) -> Void {
  let context = ReadingContext(options: ["A, or B", "a;b", "Early stopping", "no"])
  return { typed in
    let reading = Reading(typed, as: kind, in: context)
    guard case .value(let value, _) = reading else { return }
    let again = Reading(value.plainText, as: kind, in: context).value
    guard again?.plainText == value.plainText else {
      fatalError("\(typed) was read as \(value), which is read as \(String(describing: again))")
    }
  }
}

private let chosen: @Sendable ([UInt8]) -> Void = {
  let name = unsafe getenv("GRADUS_FUZZ").map { unsafe String(cString: $0) } ?? ""
  if let reader = byteReaders[name] { return reader }
  guard let reader = readers[name] else {
    let names = Array(readers.keys) + Array(byteReaders.keys)
    fatalError("GRADUS_FUZZ is \"\(name)\"; it may be \(names.sorted())")
  }
  return { reader(String(decoding: $0, as: UTF8.self)) }
}()

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe chosen(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
