import Calculus
import ExamModel

// What is wrong with numbers from outside, in words; nil where nothing is. Families join these
// with `??`, so that each rests on those before it.

/// Numbers should lie in a range.
func within(_ range: ClosedRange<Int>, _ names: String, _ numbers: Int...) -> String? {
  unless(
    numbers.allSatisfy(range.contains),
    "\(names) \(numbers.count == 1 ? "lies" : "lie") \(between(range))")
}

/// Real numbers should lie in a range.
func within(_ range: ClosedRange<Double>, _ names: String, _ numbers: Double...) -> String? {
  unless(
    numbers.allSatisfy(range.contains),
    "\(names) \(numbers.count == 1 ? "lies" : "lie") between \(JSON.number(range.lowerBound).text) "
      + "and \(JSON.number(range.upperBound).text)")
}

/// A list should have so many numbers, all in a range.
func within(
  _ range: ClosedRange<Int>, _ name: String, _ list: [Int], count: ClosedRange<Int>
) -> String? {
  unless(
    count.contains(list.count) && list.allSatisfy(range.contains),
    "\(name): \(words(count)) whole numbers \(between(range))")
}

/// A list should have so many numbers, all in a range.
func within(_ range: ClosedRange<Int>, _ name: String, _ list: [Int], count: Int) -> String? {
  within(range, name, list, count: count...count)
}

/// A matrix should have a shape, and its entries lie in a range.
func within(
  _ range: ClosedRange<Int>, _ name: String, _ matrix: [[Int]], rows: ClosedRange<Int>, columns: Int
) -> String? {
  unless(
    rows.contains(matrix.count)
      && matrix.allSatisfy { $0.count == columns && $0.allSatisfy(range.contains) },
    "\(name): \(words(rows)) rows of \(columns) whole numbers \(between(range))")
}

/// A matrix should have a shape, and its entries lie in a range.
func within(
  _ range: ClosedRange<Int>, _ name: String, _ matrix: [[Int]], rows: Int, columns: Int
) -> String? {
  within(range, name, matrix, rows: rows...rows, columns: columns)
}

/// Fractions should lie above 0 and up to a bound.
func positive(
  _ names: String, _ xs: Rational..., upTo bound: Rational, denominators: Int = 100
) -> String? {
  unless(
    xs.allSatisfy { $0 > 0 && $0 <= bound && $0.denominator <= denominators },
    "\(names): fractions above 0 and up to \(bound), with denominators up to \(denominators)")
}

/// Fractions should lie above 0 and below a bound.
func positive(
  _ names: String, _ xs: Rational..., below bound: Rational, denominators: Int = 100
) -> String? {
  unless(
    xs.allSatisfy { $0 > 0 && $0 < bound && $0.denominator <= denominators },
    "\(names): fractions above 0 and below \(bound), with denominators up to \(denominators)")
}

/// Anything else should hold.
func unless(_ holds: Bool, _ words: @autoclosure () -> String) -> String? {
  holds ? nil : words()
}

private func between(_ range: ClosedRange<Int>) -> String {
  "between \(range.lowerBound) and \(range.upperBound)"
}

private func words(_ count: ClosedRange<Int>) -> String {
  count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
}
