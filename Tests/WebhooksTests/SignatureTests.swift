import Testing

@testable import Webhooks

private let published = (
  secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
  timestamp: Int64(1_649_367_553), body: #"{"email":"test@example.com","username":"test_user"}"#,
  signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
)

@Suite("Signatures") struct SignatureTests {
  private let secret: WebhookSecret
  private let body = Array(published.body.utf8)

  init() throws { secret = try WebhookSecret(text: published.secret) }

  private func kind(_ body: () throws -> Void) -> WebhookError.Kind? {
    do { try body() } catch { return (error as? WebhookError)?.kind }
    return nil
  }

  @Test("the vector that Standard Webhooks publishes")
  func vector() throws {
    let message = try WebhookMessage(
      id: published.id, timestamp: published.timestamp, body: body)
    #expect(WebhookSignature.sign(message, with: [.shared(secret)]) == published.signature)
    try WebhookSignature.verify(
      id: published.id, timestamp: String(published.timestamp), signatures: published.signature,
      body: body, with: .shared(secret), now: published.timestamp)
  }

  @Test(
    "whatever differs is refused for its reason",
    arguments: [
      (["id": "msg_27UH4WbU6Z5A5EzD8u03UvzRbpl"], .noMatchingSignature),
      (["id": "a.b"], .malformedID), (["id": ""], .malformedID),
      (["timestamp": "1649367554"], .noMatchingSignature),
      (["timestamp": "1649367553.0"], .malformedTimestamp),
      (["timestamp": "-1"], .malformedTimestamp),
      (["timestamp": "99999999999999999999"], .malformedTimestamp),
      (["timestamp": "1649367252"], .tooOld), (["timestamp": "1649367854"], .tooNew),
      (["body": "{}"], .noMatchingSignature),
      (["signature": "v1,"], .noMatchingSignature), (["signature": ""], .noMatchingSignature),
      (["signature": "v1a,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="], .noMatchingSignature),
      (["signature": "tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="], .noMatchingSignature),
    ] as [([String: String], WebhookError.Kind)])
  func refused(_ change: [String: String], _ expected: WebhookError.Kind) {
    let found = kind {
      try WebhookSignature.verify(
        id: change["id"] ?? published.id,
        timestamp: change["timestamp"] ?? String(published.timestamp),
        signatures: change["signature"] ?? published.signature,
        body: change["body"].map { Array($0.utf8) } ?? body, with: .shared(secret),
        now: published.timestamp)
    }
    #expect(found == expected)
  }

  @Test("a header that is missing is named", arguments: 0..<3)
  func missing(_ index: Int) {
    var headers: [String?] = [published.id, String(published.timestamp), published.signature]
    headers[index] = nil
    let error = #expect(throws: WebhookError.self) {
      try WebhookSignature.verify(
        id: headers[0], timestamp: headers[1], signatures: headers[2], body: body,
        with: .shared(secret),
        now: published.timestamp)
    }
    #expect(error?.kind == .missingHeader)
    #expect(error?.description.contains(["-id", "-timestamp", "-signature"][index]) == true)
  }

  @Test("either of two secrets verifies, and a third does not")
  func rotation() throws {
    let (old, new, other) = (
      try WebhookSecret.random(), try WebhookSecret.random(), try WebhookSecret.random()
    )
    let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: body)
    let signatures =
      "v2,nonsense " + WebhookSignature.sign(message, with: [.shared(old), .shared(new)])
    for (secret, expected) in [(old, nil), (new, nil), (other, .noMatchingSignature)]
      as [(WebhookSecret, WebhookError.Kind?)]
    {
      let found = kind {
        try WebhookSignature.verify(
          id: "evt_1", timestamp: "1000", signatures: signatures, body: body, with: .shared(secret),
          now: 1300)
      }
      #expect(found == expected)
    }
  }

  @Test(
    "a text that is no secret is refused and not repeated",
    arguments: [
      "", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7o",
      "whsec_!!FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_c2hvcnQ=", " " + published.secret,
      "whsec_" + String(repeating: "AAAA", count: 22),
    ])
  func malformed(_ text: String) {
    let error = #expect(throws: WebhookError.self) { try WebhookSecret(text: text) }
    #expect(error?.kind == .malformedSecret)
    #expect(text.count < 8 || error?.description.contains(text.suffix(8)) == false)
  }

  @Test("the key pair and signature that Svix publishes, beside a shared secret's")
  func keyPair() throws {
    let text =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
    let pair = try WebhookKeyPair(text: text)
    #expect(pair.publicKey.text == "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=")
    #expect(pair.text == text && !"\(pair)".contains("6Xb"))
    let body = Array(#"{"test": 2432232314}"#.utf8)
    let message = try WebhookMessage(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: body)
    let signature =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
    #expect(WebhookSignature.sign(message, with: [.pair(pair)]) == signature)
    let both = WebhookSignature.sign(message, with: [.shared(secret), .pair(pair)])
    let checks: [(WebhookCheck, [UInt8], WebhookError.Kind?)] = [
      (.publicKey(pair.publicKey), body, nil), (.shared(secret), body, nil),
      (.publicKey(pair.publicKey), body + [0x20], .noMatchingSignature),
      (.publicKey(try WebhookKeyPair.random().publicKey), body, .noMatchingSignature),
    ]
    for (check, body, expected) in checks {
      let found = kind {
        try WebhookSignature.verify(
          id: message.id, timestamp: "1614265330", signatures: both, body: body, with: check,
          now: 1_614_265_330)
      }
      #expect(found == expected)
    }
    for broken in ["whsk_", "whsk_AAAA", text.replacing("6Xb", with: "6Xc")] {
      #expect(throws: WebhookError.self) { try WebhookKeyPair(text: broken) }
    }
  }

  @Test("a secret shows itself to its owner only")
  func hidden() throws {
    #expect(secret.text == published.secret)
    let fresh = try WebhookSecret.random()
    #expect(try WebhookSecret(text: fresh.text).key == fresh.key)
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(describing: [secret]), String(reflecting: secret), dumped] {
      #expect(!text.contains("C2FVsBQI") && !text.contains("11, 97"), "\(text)")
    }
  }
}

@Suite("When to try again") struct RetryTests {
  @Test("the standard schedule spans about three days in ten attempts")
  func standard() {
    let schedule = RetrySchedule.standard
    #expect(schedule.attemptLimit == 10)
    let pauses = (1..<10).compactMap { schedule.delay(afterAttempt: $0, jitter: 0.5) }
    #expect(pauses.count == 9 && pauses == pauses.sorted() && pauses[0] == .seconds(5))
    #expect((60...80).contains(pauses.reduce(.zero, +) / .seconds(3600)))
    #expect(schedule.delay(afterAttempt: 10, jitter: 0.5) == nil)
  }

  @Test("chance and a receiver's wish move a pause within bounds")
  func bounds() {
    let schedule = RetrySchedule(delays: [.zero, .seconds(100)])
    let delay = { (jitter: Double, asked: Int?) in
      schedule.delay(afterAttempt: 1, jitter: jitter, retryAfterSeconds: asked)
    }
    #expect(delay(0, nil) == .seconds(80) && delay(1, nil) == .seconds(120))
    #expect(delay(0, 150) == .seconds(150) && delay(1, 150) == .seconds(180))
    #expect(delay(0.5, 0) == .seconds(100) && delay(0.5, 999_999) == .seconds(200))
  }

  @Test(
    "Retry-After in seconds and as a date",
    arguments: [
      ("0", 0), ("120", 120), (" 7", 7), ("604801", 604_800),
      ("99999999999999999999", 604_800), ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
      ("Sun, 06 Nov 1994 08:49:36 GMT", 0), ("Tue, 06 Dec 1994 08:49:37 GMT", 604_800),
      ("", nil), ("-5", nil), ("1.5", nil), ("soon", nil),
      ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
      ("Sun, 32 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil),
    ] as [(String, Int?)])
  func retryAfter(_ text: String, _ expected: Int?) {
    #expect(RetryAfter.seconds(text, now: 784_111_777) == expected)
  }
}
