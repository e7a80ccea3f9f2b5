import Storage
import TestKit
import Testing

@Suite("Addresses of stores") struct StoreAddressTests {
  @Test(
    "are shown without passwords and options",
    arguments: [
      ("sqlite:exam.sqlite", "sqlite:exam.sqlite"),
      ("sqlite:/var/lib/a b?.db", "sqlite:/var/lib/a b?.db"),
      ("postgresql:///", "postgresql:///"),
      ("postgres://db.example/exams", "postgresql://db.example/exams"),
      ("postgresql://ann:canary@db.example:5433/exams", "postgresql://ann@db.example:5433/exams"),
      ("postgresql://ann@h/d?password=canary&sslmode=require", "postgresql://ann@h/d"),
      ("postgresql://h/d?user=ann&sslpassword=canary&passfile=canary", "postgresql://ann@h/d"),
      ("postgresql://ann:c%40n%2Fary@h1:1,h2:2/d", "postgresql://ann@h1,h2:1,2/d"),
      ("postgresql:///d?service=canary", "postgresql:///d"),
    ])
  func showsNoPassword(text: String, shown: String) throws {
    #expect(try StoreAddress(text).description == shown)
  }

  @Test(
    "that cannot be meant are refused without repeating a password",
    arguments: [
      "", "exam.sqlite", "mysql://ann:canary@h/d", "sqlite:", "sqlite:folder/", "sqlite::memory:",
      "sqlite://host/file", "postgresql://ann:can@canary@h/d", "postgresql://ann:can/canary@h/d",
      "postgresql://h/d?passwort=canary", "postgresql://h:canary/d", "postgresql://h/d?canary",
    ])
  func refuses(text: String) {
    let error = #expect(throws: StoreError.self) { try StoreAddress(text) }
    #expect(error?.kind == .badAddress)
    #expect(error?.description.contains("canary") == false)
  }
}
