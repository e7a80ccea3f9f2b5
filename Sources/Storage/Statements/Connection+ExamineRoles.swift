internal import ExamModel

// Whether who may do what on PostgreSQL is what deploy/postgres/roles.sql makes of it.
extension Connection {
  /// Nothing but advice where the script was never run here: then one login does everything.
  ///
  /// - Parameter parts: what the schema lacks; nobody can have a right to it.
  func examineRoles(without parts: [SchemaPart]) throws(StoreError) -> [Finding] {
    guard try haveRoles() else {
      return [
        Finding(
          "limits", .advice,
          "there are no roles for workers and readers, so whoever connects may do everything; run "
            + "deploy/postgres/roles.sql")
      ]
    }
    let (excess, missing) = try compareRights()
    let gone = Set(parts.map { "public." + $0.table })
    return [
      limits(excess, doors: try doors()), lacks(missing.filter { !gone.contains($0.relation) }),
      try readersView(), try logins(),
    ]
  }

  /// `x1 may use submission`, of those whom the script knows nothing of.
  func rightsBesideRoles() throws(StoreError) -> [String] {
    guard try haveRoles() else { return [] }
    return try rows(
      """
      \(acting)
      select person.rolname, string_agg(distinct relname, ', ' order by relname)
      from pg_class
      join pg_namespace on pg_namespace.oid = relnamespace and nspname in ('public', 'reading')
      cross join lateral (
        select grantee from aclexplode(relacl)
        union select grantee from pg_attribute, aclexplode(attacl) where attrelid = pg_class.oid
      ) as entry
      join pg_roles as person on person.oid = grantee
      where relkind in ('r', 'p', 'v') and not rolsuper and person.oid <> relowner
        and not \(isOurs("person.oid")) and not exists (
          select 1 from acting where login = person.oid and \(isOurs("acting.role")))
      group by 1 order by 1
      """
    ).map { "\($0.text(0)) may use \($0.text(1))" }
  }

  private func isOurs(_ role: String) -> SQL {
    """
    \(verbatim: role) in (select oid from pg_roles
      where rolname in ('gradus_owner', 'gradus_worker', 'gradus_reader'))
    """
  }

  /// Functions that do with their owner's rights what workers or readers may not do themselves.
  private func doors() throws(StoreError) -> [String] {
    try rows(
      """
      select distinct cast(pg_proc.oid as regprocedure) from pg_proc
      join pg_namespace on pg_namespace.oid = pronamespace and nspname in ('public', 'reading')
      join pg_roles as role on rolname in ('gradus_worker', 'gradus_reader')
      where prosecdef and has_function_privilege(role.oid, pg_proc.oid, 'execute') order by 1
      """
    ).map { $0.text(0) }
  }

  /// Roles belong to a server; what tells is whether this database knows of them.
  private func haveRoles() throws(StoreError) -> Bool {
    try exists(
      """
      select 1 from pg_class, pg_roles
      where rolname in ('gradus_owner', 'gradus_worker', 'gradus_reader')
        and relnamespace in (select oid from pg_namespace where nspname in ('public', 'reading'))
        and (relowner = pg_roles.oid
          or exists (select 1 from aclexplode(relacl) where grantee = pg_roles.oid))
      limit 1
      """)
  }

  // MARK: Rights

  /// Logins that may act as another role, however many roles are between.
  private var acting: SQL {
    """
    with recursive step (role, login) as (
      select roleid, member from pg_auth_members as grants
      where coalesce(to_jsonb(grants) ->> 'inherit_option', 'true') = 'true'
        or coalesce(to_jsonb(grants) ->> 'set_option', 'true') = 'true'
    ), acting (role, login) as (
      select role, login from step
      union select acting.role, step.login from acting join step on step.role = acting.login
    )
    """
  }

  /// What workers, readers and their logins may do beyond the script, and what the script gives
  /// and they lack. Logins that are more than that anyway are not asked for each right.
  private func compareRights() throws(StoreError) -> (
    excess: [RolesScript.Right], missing: [RolesScript.Right]
  ) {
    let ours = RolesScript.ours.rights
    let (people, actual) = (try confinedLogins(), try rights())
    let ofRoles = actual.filter { RolesScript.roles.contains($0.role) }
    var excess = ofRoles.subtracting(ours)
    for (login, role) in people {
      let granted = (ours.union(ofRoles)).filter { $0.role == role }.map { right in
        RolesScript.Right(
          role: login, verb: right.verb, relation: right.relation, column: right.column)
      }
      excess.formUnion(actual.filter { $0.role == login }.subtracting(granted))
    }
    return (Self.sorted(excess), Self.sorted(ours.subtracting(ofRoles)))
  }

  private static func sorted(_ rights: Set<RolesScript.Right>) -> [RolesScript.Right] {
    rights.sorted { ($0.role, $0.words) < ($1.role, $1.words) }
  }

  private func confinedLogins() throws(StoreError) -> [(login: String, role: String)] {
    try rows(
      """
      \(acting)
      select login.rolname, role.rolname
      from acting
      join pg_roles as login on login.oid = acting.login
      join pg_roles as role on role.oid = acting.role
      where login.rolcanlogin and not login.rolsuper
        and role.rolname in ('gradus_worker', 'gradus_reader')
        and not exists (
          select 1 from acting as other join pg_roles as owner on owner.oid = other.role
          where other.login = login.oid and owner.rolname = 'gradus_owner')
      """
    ).map { ($0.text(0), $0.text(1)) }
  }

  /// Every right that the two roles and their logins have here, however they came by it.
  private func rights() throws(StoreError) -> Set<RolesScript.Right> {
    let found = try rows(
      """
      \(acting), person as (
        select oid, rolname from pg_roles
        where rolname in ('gradus_worker', 'gradus_reader')
          or rolcanlogin and exists (
            select 1 from acting join pg_roles as role on role.oid = acting.role
            where acting.login = pg_roles.oid
              and role.rolname in ('gradus_worker', 'gradus_reader'))
      ), place as (
        select oid, nspname from pg_namespace where nspname in ('public', 'reading')
      ), relation as (
        select pg_class.oid, nspname || '.' || relname as name
        from pg_class join place on place.oid = relnamespace where relkind in ('r', 'p', 'v')
      ), verb (name) as (
        values ('select'), ('insert'), ('update'), ('delete'), ('truncate'), ('references'),
          ('trigger')
      )
      select rolname, verb.name, relation.name, null
      from person, relation, verb
      where has_table_privilege(person.oid, relation.oid, verb.name)
      union all
      select rolname, verb.name, relation.name, attname
      from person, verb, relation join pg_attribute on attrelid = relation.oid
      where attacl is not null and attnum > 0 and not attisdropped
        and verb.name in ('select', 'insert', 'update', 'references')
        and has_column_privilege(person.oid, relation.oid, attnum, verb.name)
        and not has_table_privilege(person.oid, relation.oid, verb.name)
      union all
      select rolname, verb, nspname, null
      from person, place, (values ('usage'), ('create')) as of_schema (verb)
      where has_schema_privilege(person.oid, place.oid, verb)
      """)
    return Set(
      found.map {
        RolesScript.Right(
          role: $0.text(0), verb: $0.text(1), relation: $0.text(2), column: $0.optionalText(3))
      })
  }

  private func limits(_ excess: [RolesScript.Right], doors: [String]) -> Finding {
    guard excess.isEmpty else {
      return Finding(
        "limits", .bad,
        "\(Self.words(excess, "has")); run deploy/postgres/roles.sql, and revoke what a login was "
          + "given beside it")
    }
    guard doors.isEmpty else {
      return Finding(
        "limits", .bad,
        "workers or readers may call \(listed(doors)), which does with its owner's rights what they may "
          + "not; drop it, or revoke its execution from public")
    }
    return Finding(
      "limits", .good, "workers change no answer, verdict or trail; readers see published results")
  }

  private func lacks(_ missing: [RolesScript.Right]) -> Finding {
    missing.isEmpty
      ? Finding("grants", .good, "workers and readers may do what they need to")
      : Finding(
        "grants", .bad,
        "\(Self.words(missing, "lacks")), without which commands fail; run "
          + "deploy/postgres/roles.sql")
  }

  /// The first few in words and the others as a number.
  private static func words(_ rights: [RolesScript.Right], _ verb: String) -> String {
    var person = ""
    let words = rights.map { right in
      defer { person = right.role }
      guard right.role != person else { return right.words }
      let isRole = RolesScript.roles.contains(right.role)
      let who = isRole ? "a \(right.role.dropFirst("gradus_".count))" : right.role
      return "\(who) \(verb) \(right.words)"
    }
    return listed(words)
  }

  // MARK: What readers see

  /// Whether rows are kept from readers: by the policies of `access` and by the views.
  private func readersView() throws(StoreError) -> Finding {
    let faults = try accessFaults() + viewFaults()
    return faults.isEmpty
      ? Finding("reading", .good, "readers are shown the tests that they were given, and no others")
      : Finding(
        "reading", .bad, "\(faults.joined(separator: "; ")); run deploy/postgres/roles.sql")
  }

  private func accessFaults() throws(StoreError) -> [String] {
    let table = try first(
      """
      select relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) = 'gradus_owner'
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where nspname = 'reading' and relname = 'access' and relkind = 'r'
      """)
    guard let table else { return ["reading.access is missing"] }
    var faults: [String] = []
    if !table.flag(0) { faults.append("row-level security is off for reading.access") }
    if !table.flag(1) { faults.append("row-level security is not forced on reading.access") }
    if !table.flag(2) { faults.append("reading.access does not belong to gradus_owner") }
    let found = try rows(
      """
      select policyname, cmd, coalesce(qual, '') || coalesce(with_check, ''),
        permissive = 'PERMISSIVE' and roles = '{public}'
      from pg_policies where schemaname = 'reading' and tablename = 'access'
      """)
    let policies = found.map { row in
      RolesScript.policy(name: row.text(0), command: row.text(1), condition: row.text(2))
        + (row.flag(3) ? "" : " for some")
    }
    let ours = RolesScript.ours.policies
    for name in Set(ours.symmetricDifference(policies).map { $0.prefix { $0 != " " } }).sorted() {
      let isOurs = ours.contains { $0.hasPrefix("\(name) ") }
      let isThere = found.contains { $0.text(0) == name }
      faults.append(
        !isOurs
          ? "reading.access has a policy \(name) that is none of ours: drop it"
          : "the policy \(name) of reading.access is \(isThere ? "another one" : "missing")")
    }
    return faults
  }

  /// Each view asks `access`, or another view that does; what else it says is not compared, as every
  /// PostgreSQL writes it in its own words.
  private func viewFaults() throws(StoreError) -> [String] {
    var faults: [String] = []
    for view in RolesScript.ours.views {
      let row = try first(
        """
        select exists (select 1 from pg_options_to_table(reloptions)
            where option_name = 'security_barrier'
              and coalesce(option_value, 'true') in ('true', 'on', 'yes', '1')),
          pg_get_userbyid(relowner) = 'gradus_owner',
          exists (select 1 from pg_rewrite
            join pg_depend on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid
            join pg_class as source on refclassid = 'pg_class'::regclass and source.oid = refobjid
            where ev_class = pg_class.oid and source.oid <> pg_class.oid
              and source.relnamespace = pg_class.relnamespace)
        from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname || '.' || relname = \(view) and relkind = 'v'
        """)
      guard let row else {
        faults.append("the view \(view) is missing")
        continue
      }
      if !row.flag(0) { faults.append("the view \(view) is no security barrier") }
      if !row.flag(1) { faults.append("the view \(view) does not belong to gradus_owner") }
      if !row.flag(2) { faults.append("the view \(view) does not ask reading.access") }
    }
    return faults
  }

  // MARK: Logins

  private func logins() throws(StoreError) -> Finding {
    let found = try rows(
      """
      \(acting)
      select login.rolname, substr(role.rolname, 8), login.rolsuper, login.rolbypassrls,
        (select min(relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
          where nspname in ('public', 'reading') and relkind in ('r', 'p', 'v')
            and relowner = login.oid),
        (select string_agg(distinct power.rolname, ' and ' order by power.rolname)
          from acting as other join pg_roles as power on power.oid = other.role
          where other.login = login.oid and power.rolname in (
            'gradus_owner', 'pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
            'pg_write_server_files', 'pg_execute_server_program')),
        login.rolcreaterole or role.rolcreaterole, login.rolreplication or role.rolreplication
      from acting
      join pg_roles as login on login.oid = acting.login
      join pg_roles as role on role.oid = acting.role
      where login.rolcanlogin and role.rolname in ('gradus_worker', 'gradus_reader')
      order by 1, 2
      """)
    let faults = found.compactMap { row -> String? in
      let more = [
        row.flag(2) ? "is a superuser" : nil,
        row.flag(3) && !row.flag(2) ? "is exempt from row-level security" : nil,
        row.optionalText(5).map { "is a member of \($0)" },
        row.optionalText(4).map { "owns \($0)" },
        row.flag(6) ? "may give roles (createrole)" : nil,
        row.flag(7) ? "may copy the whole server (replication)" : nil,
      ].compactMap { $0 }
      guard !more.isEmpty else { return nil }
      return "\(row.text(0)), a \(row.text(1)), \(more.joined(separator: " and "))"
    }
    return faults.isEmpty
      ? Finding("logins", .good, "no worker's or reader's login is more than that")
      : Finding(
        "logins", .bad,
        "\(faults.joined(separator: "; ")), so that no limit holds for it; take that away, or use a "
          + "login of its own for each task")
  }
}
