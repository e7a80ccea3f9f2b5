import Storage
import Testing

@testable import Workers

@Suite("What a sender claims next") struct TrafficTests {
  private func claim(_ number: Int, of endpoint: Int64) -> DeliveryClaim {
    DeliveryClaim(
      event: NewEvent(id: "evt_\(endpoint)_\(number)", test: nil, type: "ping", payload: "{}"),
      endpoint: EndpointRecord(
        id: endpoint, url: "https://example.org/\(endpoint)", events: [],
        allowsPrivateAddresses: false, createdMicroseconds: 0, disabledReason: nil,
        failingSinceMicroseconds: nil),
      secrets: [], token: 1, attempt: 1)
  }

  private func arrived(_ claim: DeliveryClaim, after milliseconds: Int) -> DeliveryAttempt {
    DeliveryAttempt(
      claim: claim, status: 204, outcome: "204", milliseconds: milliseconds, next: .delivered)
  }

  @Test("a receiver of which nothing is known gets one attempt, and more once that has arrived")
  func trial() throws {
    var traffic = Traffic(givesUpOnUnreachable: false)
    let now = ContinuousClock.now
    let asked = traffic.terms(at: now)
    let first = try #require(asked)
    #expect(first.perEndpoint == 1 && first.only == nil)
    let claims = (1...3).map { claim(1, of: $0) }
    traffic.begin(claims, of: first, at: now)
    traffic.end(arrived(claims[0], after: 2))
    traffic.end(arrived(claims[1], after: 900))
    // The third is silent: nobody claims more for it.
    var shares: [Int64: Int] = [:]
    var walks = 0
    for round in 2..<200 {
      guard let terms = traffic.terms(at: now) else { break }
      guard let named = terms.only else {
        #expect(Set(terms.passingBy) == [1, 2, 3])
        traffic.begin([], of: terms, at: now)
        walks += 1
        continue
      }
      for endpoint in named {
        shares[endpoint] = max(shares[endpoint, default: 0], terms.perEndpoint)
        let more = (0..<terms.perEndpoint).map { claim(round * 1000 + $0, of: endpoint) }
        traffic.begin(more, of: terms, at: now)
        for one in more { traffic.end(arrived(one, after: endpoint == 1 ? 2 : 900)) }
      }
    }
    #expect(shares == [1: 512, 2: 32] && walks > 0)
  }
}
