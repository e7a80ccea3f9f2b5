import Storage
enum WebhookCommands { static let all: [Command] = [] }
struct Delivery { let store: any Store
  struct R { let attempts = 0; let sentence = "" }
  func deliverDue() async throws -> R { R() } }
