package import Storage
internal import Testing

/// One promise that every store keeps, as a test that takes the address of an empty store.
///
///     @Test(arguments: StoreKind.available, StoreConformance.all)
///     func keeps(kind: StoreKind, promise: StoreConformance) async throws {
///       try await TemporaryStore.withStore(kind) { try await promise.check($0) }
///     }
package struct StoreConformance: Sendable, CustomTestStringConvertible {
  let sentence: String
  private let body: @Sendable (Hall) async throws -> Void

  init(_ sentence: String, _ body: @escaping @Sendable (Hall) async throws -> Void) {
    self.sentence = sentence
    self.body = body
  }

  /// Records an issue where the promise is broken.
  package func check(_ address: StoreAddress) async throws {
    try await body(Hall(address: address))
  }

  package var testDescription: String { sentence }

  /// All promises, those of the schema first.
  package static let all =
    schema + importing + quarantining + deciding + reviewing + auditing + erasing + reading + queue
    + firing
    + landing
    + webhooks
}

/// The kind of the error that `body` throws; nil where it throws none or another type's.
func errorKind(_ body: () async throws -> Void) async -> StoreError.Kind? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? StoreError)?.kind
  }
}

extension LeaseTerms {
  /// A lease that has run out as soon as it is given, so that no test has to wait for one.
  static let alreadyOver = LeaseTerms(leaseSeconds: 0)
}
