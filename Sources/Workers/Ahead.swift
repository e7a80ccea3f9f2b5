import Dispatch
import Synchronization

/// Values made on a thread of its own, a few ahead of whoever takes them.
///
/// One takes at a time. The thread ends behind the last value, with an error, or when nobody holds
/// this any more.
final class Ahead<Value: Sendable>: Sendable {
  private let shared = Shared()

  /// - Parameters:
  ///   - count: how many values may wait to be taken.
  ///   - begin: called on the thread; what it returns makes the next value, nil behind the last.
  init(_ count: Int, _ begin: @escaping @Sendable () throws -> () throws -> Value?) {
    for _ in 0..<count { shared.room.signal() }
    DispatchQueue(label: "gradus.ahead").async { [shared] in
      do {
        let next = try begin()
        while shared.hasRoom, let value = try next() { shared.add(.value(value)) }
        shared.add(.end)
      } catch {
        shared.add(.failure(error))
      }
    }
  }

  deinit { shared.giveUp() }

  /// The next value; nil behind the last, again and again.
  ///
  /// - Throws: what kept the next one from being made.
  func next() throws -> Value? {
    switch shared.take() {
    case .value(let value): return value
    case .end: return nil
    case .failure(let error): throw error
    }
  }

  private enum Step: Sendable {
    case value(Value)
    case end
    case failure(any Error)
  }

  private final class Shared: Sendable {
    /// How many values may still be added, and how many wait. They count from zero, as a semaphore
    /// may not end lower than it began.
    let room = DispatchSemaphore(value: 0)
    private let waiting = DispatchSemaphore(value: 0)
    private let steps = Mutex<[Step]>([])
    private let isGivenUp = Atomic(false)

    /// Waits for it; false where nobody takes any more.
    var hasRoom: Bool {
      room.wait()
      return !isGivenUp.load(ordering: .acquiring)
    }

    func add(_ step: Step) {
      steps.withLock { $0.append(step) }
      waiting.signal()
    }

    func take() -> Step {
      waiting.wait()
      let step = steps.withLock { $0.removeFirst() }
      switch step {
      case .value: room.signal()
      // What ended once has ended for good.
      case .end, .failure: add(.end)
      }
      return step
    }

    func giveUp() {
      isGivenUp.store(true, ordering: .releasing)
      room.signal()
    }
  }
}
