import Storage
import TestKit
import Testing

@Suite("Every store") struct StoreConformanceTests {
  @Test("keeps its promises", arguments: StoreKind.available, StoreConformance.all)
  func keeps(kind: StoreKind, promise: StoreConformance) async throws {
    try await TemporaryStore.withStore(kind) { try await promise.check($0) }
  }
}
