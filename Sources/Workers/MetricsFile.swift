package import ExamModel
import FoundationEssentials
import Glibc
package import Storage

/// Keeps a meter's numbers in a file that a Prometheus exporter reads.
package struct MetricsFile: Sendable {
  package let path: String
  package let version: String
  package let meter: Meter

  package init(path: String, version: String, meter: Meter) {
    self.path = path
    self.version = version
    self.meter = meter
  }

  /// Writes the file; whoever reads it meanwhile sees the old one or the new one, whole.
  ///
  /// - Throws: `WriteError` where the folder refuses.
  package func write(_ situation: Situation?) throws(WriteError) {
    let partial = "\(path).\(getpid()).partial"
    let now = Int(Date.now.timeIntervalSince1970)
    do throws(WriteError) {
      let page = meter.page(source: source, version: version, situation: situation, at: now)
      try Files.write(page, to: partial, isDurable: false)
      try Files.rename(partial, to: path)
    } catch {
      Files.remove(partial)
      throw error
    }
  }

  /// Writes it every ten seconds until the task is cancelled, and a last time then. A store that
  /// does not answer is said so in the file; a disk that is full is tried again.
  package func keep(_ store: StoreAddress, of test: TestID) async {
    while true {
      try? write(await Self.situation(of: test, in: store))
      guard (try? await Task.sleep(for: .seconds(10))) != nil else { break }
    }
    try? write(await Self.situation(of: test, in: store))
  }

  /// The file's name without its ending: no two files in one folder can have the same samples.
  private var source: String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".prom") ? name.dropLast(5) : name)
  }

  private static func situation(of test: TestID, in address: StoreAddress) async -> Situation? {
    guard let store = try? await address.open() else { return nil }
    let situation = try? await store.situation(of: test)
    await store.close()
    return situation
  }
}
