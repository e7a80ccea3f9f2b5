// Whether tables and all that belongs to them are as the migrations make them.
extension Connection {
  /// What differs, and whether the audit trail is still guarded.
  func examineSchema() throws(StoreError) -> (
    findings: [Finding], difference: SchemaDifference
  ) {
    let difference = SchemaDifference(of: try schemaParts(), from: try partsOfFreshSchema())
    let around = difference.faults(around: "audit", function: "refuse_to_change_audit")
    let schema =
      difference.all.isEmpty
      ? Finding("schema", .good, "tables, indexes and triggers are as the migrations make them")
      : Finding(
        "schema", .bad,
        "not as the migrations make it, so that commands may fail or promises not hold; \(difference.words); "
          + "undo that, or restore a backup")
    let audit =
      around.all.isEmpty
      ? Finding(
        "audit", .good, "the trail can only be added to; \"gradus audit verify\" checks it")
      : Finding(
        "audit", .bad,
        "what keeps the audit trail from being changed is not as it was made (\(around.words)); run "
          + "\"gradus audit verify\" and restore it from Schema/")
    return ([schema, audit], difference)
  }

  private func partsOfFreshSchema() throws(StoreError) -> [SchemaPart] {
    switch dialect {
    case .postgres: return SchemaPart.catalogue
    case .sqlite:
      let fresh = try SQLiteConnection(path: ":memory:", place: place)
      _ = try fresh.migrate()
      return try fresh.schemaParts()
    }
  }

  func schemaParts() throws(StoreError) -> [SchemaPart] {
    let found =
      switch dialect {
      case .sqlite:
        """
        select type, name, tbl_name, sql from sqlite_master where sql is not null
          and name not like 'sqlite%' order by type, name
        """ as SQL
      case .postgres: Self.catalogueQuery
      }
    return try rows(found).map {
      SchemaPart(kind: $0.text(0), name: $0.text(1), table: $0.text(2), definition: $0.text(3))
    }
  }

  /// Of names and definitions, what is the same on every server: no owners, rights or numbers, and
  /// no settings that tune a table.
  private static var catalogueQuery: SQL {
    """
    with place as (
      select pg_namespace.oid, nspname from pg_namespace
      join pg_class on relnamespace = pg_namespace.oid
      where relname = 'migration' and pg_table_is_visible(pg_class.oid)
    ), relation as (
      select pg_class.* from pg_class join place on relnamespace = place.oid
    ), part (kind, name, relation, definition) as (
      select 'table', relname, relname,
        case relpersistence when 'u' then 'unlogged' else '' end
      from relation where relkind in ('r', 'p')
      union all
      select 'view', relname, relname, concat_ws(' ', reloptions, pg_get_viewdef(oid))
      from relation where relkind = 'v'
      union all
      select 'column', attname, relname, concat_ws(' ', format_type(atttypid, atttypmod),
        (select 'collate ' || collname from pg_collation
          where pg_collation.oid = attcollation and collname <> 'default'),
        case when attnotnull then 'not null' end, nullif(attidentity, ''),
        (select pg_get_expr(adbin, adrelid) from pg_attrdef
          where adrelid = attrelid and adnum = attnum))
      from relation join pg_attribute on attrelid = relation.oid
      where relkind in ('r', 'p') and attnum > 0 and not attisdropped
      union all
      select 'constraint', conname, relname, concat_ws(' ', pg_get_constraintdef(pg_constraint.oid),
        (select 'disabled' from pg_trigger
          where tgconstraint = pg_constraint.oid and tgenabled = 'D' limit 1))
      from relation join pg_constraint on conrelid = relation.oid
      where contype in ('p', 'u', 'f', 'c', 'x')
      union all
      select 'index', own.relname, relation.relname, pg_get_indexdef(own.oid, 0, true)
      from relation join pg_index on indrelid = relation.oid
      join pg_class as own on own.oid = indexrelid
      where not exists (select 1 from pg_constraint where conindid = own.oid)
      union all
      select 'trigger', tgname, relname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid, true),
        case when tgenabled not in ('O', 'A') then 'disabled' end)
      from relation join pg_trigger on tgrelid = relation.oid where not tgisinternal
      union all
      select 'rule', rulename, relname, pg_get_ruledef(pg_rewrite.oid, true)
      from relation join pg_rewrite on ev_class = relation.oid where rulename <> '_RETURN'
      union all
      select 'policy', polname, relname, concat_ws(' ', polcmd, polpermissive,
        case when polroles <> array[cast(0 as oid)] then 'for some' end,
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
      from relation join pg_policy on polrelid = relation.oid
      union all
      select 'setting', 'row-level security', relname,
        case when relforcerowsecurity then 'forced' else '' end
      from relation where relrowsecurity
      union all
      select 'function', proname, proname,
        replace(pg_get_functiondef(pg_proc.oid), nspname || '.', '')
      from pg_proc join place on pronamespace = place.oid
      where prokind = 'f' and prorettype = cast('trigger' as regtype)
    )
    select kind, name, relation, definition from part
    order by relation collate "C", kind collate "C", name collate "C"
    """
  }
}
