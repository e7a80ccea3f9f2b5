internal import ExamModel
internal import Glibc

// What a store's operator should know: versions, settings, who may do what.
extension Connection {
  /// Of a store that holds nothing yet, the place alone.
  ///
  /// - Throws: what `requireSchema` does, where there is a schema.
  func examine() throws(StoreError) -> [Finding] {
    let isEmpty = try !hasTable("migration")
    if !isEmpty { try requireSchema() }
    switch dialect {
    case .sqlite: return try examineFile(isEmpty: isEmpty)
    case .postgres:
      let server = try examineServer()
      guard !isEmpty else { return server }
      let (schema, difference) = try examineSchema()
      let rights = try [role(), strangers()] + examineRoles(without: difference.missing)
      let work = difference.isReadable ? try examineWork() : []
      return server + rights + schema + work
    }
  }

  // MARK: SQLite

  private func examineFile(isEmpty: Bool) throws(StoreError) -> [Finding] {
    let path = try first("select file from pragma_database_list where name = 'main'")?.text(0) ?? ""
    let integrity = try wholeness(ofFile: path)
    // Of a damaged file nothing else can be believed.
    guard integrity.weight == .good else { return [integrity] }
    var findings = [integrity, try writing()]
    let mode = try first("pragma journal_mode")?.text(0) ?? ""
    findings.append(
      mode == "wal"
        ? Finding("settings", .good, "readers and the writer do not wait for one another")
        : Finding(
          "settings", .bad,
          "the journal is kept as \"\(mode)\", which this file system may force; move the file to a "
            + "local disk"))
    findings.append(
      NetworkFileSystem.caution(about: path).map { Finding("disk", .bad, $0) }
        ?? Finding("disk", .good, "the file is on no network that is known to be one"))
    var status = stat()
    if stat(path, &status) == 0 {
      findings.append(
        status.st_mode & 0o077 == 0
          ? Finding("rights", .good, "only you can open the file")
          : Finding(
            "rights", .bad,
            "others can open the file, which holds answers and the webhooks' secrets; run "
              + "\"chmod 600 \(path)\""))
    }
    guard !isEmpty else { return findings }
    let (schema, difference) = try examineSchema()
    return try findings + schema + (difference.isReadable ? examineWork() : [])
  }

  // MARK: PostgreSQL

  private func examineServer() throws(StoreError) -> [Finding] {
    try [server(), durability(), writability(), wire(), clock()] + examineSessions()
  }

  private func server() throws(StoreError) -> Finding {
    let number = try first("select cast(current_setting('server_version_num') as integer)")
    return number?.int(0) ?? 0 >= 140_000
      ? Finding("server", .good, engine)
      : Finding(
        "server", .bad,
        "\(engine) is older than 14, the oldest that this is tested with; upgrade it")
  }

  private func durability() throws(StoreError) -> Finding {
    let off = try rows(
      """
      select name from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
      order by 1
      """
    ).map { $0.text(0) }
    return off.isEmpty
      ? Finding("settings", .good, "what was reported as done survives a power cut")
      : Finding(
        "settings", .bad,
        "\(off.joined(separator: ", ")) \(off.count == 1 ? "is" : "are") off, so a power cut may "
          + "lose what was reported as done; turn \(off.count == 1 ? "it" : "them") on")
  }

  private func writability() throws(StoreError) -> Finding {
    let row = try first(
      """
      select pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'
      """)
    if row?.flag(0) == true {
      return Finding(
        "writing", .bad,
        "this server is a standby, which takes no writes; name the primary in the store's address")
    }
    return row?.flag(1) == true
      ? Finding(
        "writing", .bad,
        "default_transaction_read_only is on, so nothing can be imported or graded; turn it off for "
          + "server, database and role")
      : Finding("writing", .good, "the server takes writes")
  }

  private func wire() throws(StoreError) -> Finding {
    let row = try first(
      """
      select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
        inet_client_addr() is null or inet_client_addr() <<= inet '127.0.0.0/8'
          or inet_client_addr() = inet '::1'
      """)
    if row?.flag(0) == true {
      return Finding("connection", .good, "encrypted")
    }
    return row?.flag(1) == true
      ? Finding("connection", .good, "within this machine")
      : Finding(
        "connection", .bad,
        "answers cross the network in the clear; add sslmode=verify-full to the store's address")
  }

  private func clock() throws(StoreError) -> Finding {
    let before = Dialect.clockMicroseconds()
    let server = try first("select \(dialect.nowMicroseconds)")?.integer(0) ?? before
    let offset = Double(server - before) / 1_000_000
    return offset.magnitude < 5
      ? Finding("clock", .good, "server and machine agree")
      : Finding(
        "clock", .advice,
        "the server's clock is \(Int(offset.magnitude.rounded())) s "
          + "\(offset > 0 ? "ahead of" : "behind") this machine's; leases go by the server's, "
          + "signatures of webhooks by this one's: set both by NTP")
  }

  private func role() throws(StoreError) -> Finding {
    let row = try first(
      "select session_user, rolsuper, rolbypassrls from pg_roles where rolname = session_user")
    let name = row?.text(0) ?? "?"
    if row?.flag(1) == true || row?.flag(2) == true {
      return Finding(
        "role", .advice,
        "\(name) is \(row?.flag(1) == true ? "a superuser" : "exempt from row-level security"), "
          + "which nothing here needs; make logins with deploy/postgres/roles.sql")
    }
    let member = try rows(
      """
      select rolname from pg_roles
      where rolname in ('gradus_owner', 'gradus_worker', 'gradus_reader')
        and pg_has_role(session_user, oid, 'usage')
      order by 1
      """
    ).map { $0.text(0).dropFirst("gradus_".count) }
    guard let first = member.first else {
      return Finding(
        "role", .advice,
        "\(name) has none of the roles owner, worker and reader; deploy/postgres/roles.sql makes "
          + "them")
    }
    return member.count == 1
      ? Finding("role", .good, "\(name) is \(first == "owner" ? "an" : "a") \(first)")
      : Finding(
        "role", .advice,
        "\(name) is \(member.joined(separator: " and ")) at once; give each task a login of its own"
      )
  }

  private func strangers() throws(StoreError) -> Finding {
    let open = try rows(
      """
      select distinct relname from pg_class, aclexplode(relacl) as entry
      where relnamespace in (select oid from pg_namespace where nspname in ('public', 'reading'))
        and relkind in ('r', 'v') and entry.grantee = 0 order by 1
      """
    ).map { $0.text(0) }
    guard open.isEmpty else {
      return Finding(
        "rights", .bad,
        "everybody who connects may use \(open.joined(separator: ", ")); run deploy/postgres/roles.sql"
      )
    }
    let others = try rightsBesideRoles()
    return others.isEmpty
      ? Finding("rights", .good, "no table is open to everybody, or to somebody without a role")
      : Finding(
        "rights", .advice,
        "\(listed(others)) without one of the roles owner, worker and reader; see that this is meant, "
          + "or revoke it")
  }
}
