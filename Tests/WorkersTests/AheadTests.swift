import Dispatch
import Synchronization
import Testing

@testable import Workers

@Suite("Values made ahead") struct AheadTests {
  private struct Mishap: Error {}

  @Test("come in order, and nothing behind the last, however often it is asked for")
  func order() throws {
    let numbers = Ahead(3) {
      var next = 0
      return {
        next += 1
        return next <= 1000 ? next : nil
      }
    }
    for number in 1...1000 { #expect(try numbers.next() == number) }
    #expect(try numbers.next() == nil)
    #expect(try numbers.next() == nil)
  }

  @Test("what keeps the next one from being made is thrown in its place")
  func failures() throws {
    let numbers = Ahead(3) {
      var next = 0
      return {
        next += 1
        if next == 3 { throw Mishap() }
        return next
      }
    }
    #expect(try numbers.next() == 1)
    #expect(try numbers.next() == 2)
    #expect(throws: Mishap.self) { try numbers.next() }
    let unbegun = Ahead<Int>(3) { throw Mishap() }
    #expect(throws: Mishap.self) { try unbegun.next() }
  }

  @Test("no more wait than there is room for")
  func room() throws {
    let made = Counter()
    let numbers = Ahead(3) { { made.add() } }
    for taken in 1...200 {
      _ = try numbers.next()
      #expect(made.count.load(ordering: .sequentiallyConsistent) <= taken + 3)
    }
  }

  @Test("are made no more when nobody takes them")
  func giveUp() throws {
    let ended = DispatchSemaphore(value: 0)
    var numbers: Ahead<Int>? = Ahead(3) {
      let made = Counter(ended)
      return { made.add() }
    }
    #expect(try numbers?.next() == 1)
    numbers = nil
    ended.wait()
  }

  private final class Counter: Sendable {
    let count = Atomic(0)
    private let ended: DispatchSemaphore?
    init(_ ended: DispatchSemaphore? = nil) { self.ended = ended }
    deinit { ended?.signal() }
    func add() -> Int {
      count.add(1, ordering: .sequentiallyConsistent).newValue
    }
  }
}
