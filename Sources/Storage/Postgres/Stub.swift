struct PostgresAddress: Sendable, Hashable, CustomStringConvertible {
  var description: String { "" }
  init(_ t: String) throws(StoreError) { throw StoreError(.failed, "x") }
}
package actor PostgresStore {
  init(_ a: PostgresAddress) {}
  func open() throws(StoreError) {}
}
extension PostgresStore { package func inspect(_ s: SQL) throws(StoreError) -> [[String?]] { [] } }
