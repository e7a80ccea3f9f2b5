import TestKit
import Testing

@testable import Storage

@Suite("What the doctor says of a schema that somebody changed") struct SchemaFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let done: String
    /// What is said of it; nil where it does no harm.
    let words: String?
    /// Whether the audit trail is open to changes with it.
    var opensTrail = false
    var testDescription: String { done }
  }

  private static let anywhere = [
    Fault(done: "drop table firing", words: "missing: table firing"),
    Fault(done: "drop view mark", words: "missing: view mark"),
    Fault(done: "drop index chunk_ready", words: "missing: index chunk_ready"),
    Fault(
      done: "create unique index one on result (line)", words: "added: index one"),
    Fault(done: "create table mine (n integer); create index my on chunk (owner)", words: nil),
  ]

  static let onSQLite =
    anywhere + [
      Fault(done: "alter table chunk add column more integer", words: "changed: table chunk"),
      Fault(
        done: """
          drop trigger audit_is_not_shortened;
          create trigger audit_is_not_shortened before delete on audit begin select 1; end
          """, words: "changed: trigger audit_is_not_shortened of audit", opensTrail: true),
      Fault(
        done: "drop trigger audit_is_not_changed",
        words: "missing: trigger audit_is_not_changed of audit", opensTrail: true),
      Fault(
        done: "create trigger my after insert on result begin delete from result; end",
        words: "added: trigger my of result"),
    ]

  static let onPostgreSQL =
    anywhere + [
      Fault(
        done: "alter table result drop constraint result_key",
        words: "missing: constraint result_key of result"),
      Fault(
        done: "alter table chunk drop column error",
        words: "missing: column error of chunk, constraint chunk_error of chunk"),
      Fault(
        done: "alter table result alter line drop not null", words: "changed: column line of result"
      ),
      Fault(
        done: "alter table result enable row level security",
        words: "added: setting row-level security of result"),
      Fault(
        done: "alter table endpoint_secret disable row level security",
        words: "missing: setting row-level security of endpoint_secret"),
      Fault(
        done: "alter policy endpoint_secret_for_senders on endpoint_secret using (true)",
        words: "changed: policy endpoint_secret_for_senders of endpoint_secret"),
      Fault(done: "alter view mark set (security_barrier)", words: "changed: view mark"),
      Fault(done: "alter table delivery_attempt set unlogged", words: "changed: table delivery_at"),
      Fault(
        done: "alter table run_item disable trigger all",
        words: "changed: constraint run_item_run of run_item"),
      Fault(
        done: """
          create or replace function refuse_to_change_audit() returns trigger language plpgsql
          as 'begin return old; end'
          """, words: "changed: function refuse_to_change_audit", opensTrail: true),
      Fault(
        done: """
          drop trigger audit_is_only_added_to on audit;
          create trigger audit_is_only_added_to before update on audit
          for each statement execute function refuse_to_change_audit()
          """, words: "changed: trigger audit_is_only_added_to of audit", opensTrail: true),
      Fault(
        done: "alter table audit disable trigger audit_is_only_added_to",
        words: "changed: trigger audit_is_only_added_to of audit", opensTrail: true),
      Fault(
        done: "create rule my as on delete to audit do instead nothing",
        words: "added: rule my of audit", opensTrail: true),
      Fault(done: "alter table result set (autovacuum_enabled = false)", words: nil),
    ]

  @Test(arguments: onSQLite) func ofSQLite(_ fault: Fault) async throws {
    try await TemporaryStore.withStore(.sqlite) { address in
      let store = try await address.open()
      _ = try await store.migrate()
      await store.close()
      let path = String(address.description.dropFirst("sqlite:".count))
      try check(fault, try SQLiteConnection(path: path, place: "s"))
    }
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func ofPostgreSQL() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let link = try PostgresConnection(PostgresAddress(try TemporaryStore.uri(of: address)))
      _ = try link.migrate()
      for fault in Self.onPostgreSQL { try check(fault, link) }
    }
  }

  /// What was done is taken back.
  private func check(_ fault: Fault, _ link: some Connection) throws {
    #expect(try link.examineSchema().findings.allSatisfy { $0.weight == .good })
    try link.begin()
    defer { link.rollback() }
    try link.execute(script: fault.done)
    let found = try link.examineSchema().findings
    let sentence = found.first { $0.subject == "schema" && $0.weight == .bad }?.sentence
    #expect(sentence?.contains(fault.words ?? "") == (fault.words == nil ? nil : true), "\(found)")
    #expect(
      (found.first { $0.subject == "audit" }?.weight == .bad) == fault.opensTrail,
      "\(fault.done): \(found)")
  }
}
