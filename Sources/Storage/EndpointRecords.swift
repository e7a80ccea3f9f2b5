/// A key that signs what an endpoint is sent.
package struct NewSecret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// `whsec_…`, or `whsk_…` for half of a key pair.
  package var text: String
  /// The other half, `whpk_…`, which is no secret.
  package var publicKey: String?
  package init(text: String, publicKey: String? = nil) {
    self.text = text
    self.publicKey = publicKey
  }

  package var description: String { "(hidden)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

package struct NewEndpoint: Sendable, Hashable {
  package var url: String
  package var secrets: [NewSecret]
  /// Types of event; empty subscribes to all but those that are sent on request only.
  package var events: [String]
  package var allowsPrivateAddresses: Bool
  package init(url: String, secrets: [NewSecret], events: [String], allowsPrivateAddresses: Bool) {
    self.url = url
    self.secrets = secrets
    self.events = events
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }
}

package struct EndpointRecord: Sendable, Hashable {
  package var id: Int64
  package var url: String
  package var events: [String]
  package var allowsPrivateAddresses: Bool
  package var createdMicroseconds: Int64
  /// Nil while the endpoint is in use.
  package var disabledReason: String?
  /// Since when nothing has arrived; nil while deliveries succeed.
  package var failingSinceMicroseconds: Int64?
  package init(
    id: Int64, url: String, events: [String], allowsPrivateAddresses: Bool,
    createdMicroseconds: Int64, disabledReason: String?, failingSinceMicroseconds: Int64?
  ) {
    self.id = id
    self.url = url
    self.events = events
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.createdMicroseconds = createdMicroseconds
    self.disabledReason = disabledReason
    self.failingSinceMicroseconds = failingSinceMicroseconds
  }
}

/// What may be shown of a key that signs.
package struct EndpointKey: Sendable, Hashable {
  /// Nil for a secret that both sides share.
  package var publicKey: String?
  package var createdMicroseconds: Int64
  /// When it stops to sign; nil for a key in use.
  package var validUntilMicroseconds: Int64?
  package init(publicKey: String?, createdMicroseconds: Int64, validUntilMicroseconds: Int64?) {
    self.publicKey = publicKey
    self.createdMicroseconds = createdMicroseconds
    self.validUntilMicroseconds = validUntilMicroseconds
  }
}
