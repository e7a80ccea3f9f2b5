import ExamModel
import Glibc
import PaperPress
import Storage
import Workers

/// What options and environment say, with defaults; flags come before the environment.
extension Invocation {
  var workspace: Workspace { Workspace(folder: value("--workspace") ?? ".") }

  var console: Console { Console(self) }

  var secretFile: String? { value("--secret-file") ?? environment("GRADUS_SECRET_FILE") }

  /// The press of the workspace's blueprint and secret.
  func press() throws -> (press: PaperPress, secret: ExamSecret) {
    let blueprint = try workspace.blueprint()
    let secret = try workspace.secret(file: secretFile)
    return (try PaperPress(blueprint, secret: secret, file: workspace.blueprintFile), secret)
  }

  func storeAddress() throws -> StoreAddress {
    try StoreAddress(value("--store") ?? environment("GRADUS_STORE") ?? workspace.defaultStore)
  }

  /// The store, its schema made on the first use.
  func openStore() async throws -> any Store {
    let store = try await storeAddress().open()
    let state = try await store.schema()
    // An empty store is made ready; one that is behind waits for its operator's word.
    if state.applied.isEmpty { _ = try await store.migrate() }
    return store
  }
}

/// An environment variable that is set and not empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}
