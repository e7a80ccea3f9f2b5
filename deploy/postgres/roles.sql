-- Who may do what in a store on PostgreSQL. For psql, in the store's database, by somebody who may
-- create roles; after the first `gradus migrate`, and again after each later one:
--
--   psql -v ON_ERROR_STOP=1 -f roles.sql "$GRADUS_STORE"
--   create role grader login password … in role gradus_worker;    -- gradus worker, grade, sweep
--   create role clerk login password … in role gradus_owner;      -- migrate, regrade, review, erase
--   create role dean login password … in role gradus_reader;      -- reads schema `reading`
--   insert into reading.access values ('dean', 'mock-ml-2026');   -- … the tests that are named here
--
-- Nothing of Gradus needs a superuser. Workers on several machines share one login: whoever takes
-- over a chunk ends the stalled session that held it, which only the same login may do.

begin;

do $$
declare
  name text;
begin
  foreach name in array array['gradus_owner', 'gradus_worker', 'gradus_reader'] loop
    if not exists (select 1 from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
  end loop;
end
$$;

-- Everything belongs to the owner's role, whoever migrated.
do $$
declare
  relation record;
begin
  execute format('grant gradus_owner to %I', current_user);
  execute format('grant create on database %I to gradus_owner', current_database());
  grant all on schema public to gradus_owner;
  for relation in
    select oid::regclass as name, relkind from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
  loop
    execute format(
      'alter %s %s owner to gradus_owner',
      case relation.relkind when 'v' then 'view' else 'table' end, relation.name);
  end loop;
  alter function public.refuse_to_change_audit() owner to gradus_owner;
end
$$;

revoke all on schema public from public, gradus_worker, gradus_reader;
revoke all on all tables in schema public from public, gradus_worker, gradus_reader;
revoke all on all functions in schema public from public;

-- Workers import, grade, publish and deliver. They read no decision's way of being made, change no
-- answer, and only add to the audit trail. Their COPY goes past row-level security, which COPY does
-- not support; so no table that they fill has any.
grant usage on schema public to gradus_worker;
grant select on
  migration, test, batch, submission, run, run_item, run_mistake, chunk, result, item_tally,
  settlement, regrade, overrule, audit, endpoint, endpoint_secret, event, delivery, firing,
  delivery_attempt, mark
  to gradus_worker;
grant insert on
  test, batch, submission, run, run_item, run_mistake, chunk, result, item_tally, audit, event,
  delivery, delivery_attempt, firing
  to gradus_worker;
grant update on run, chunk, delivery to gradus_worker;
grant delete on firing to gradus_worker;
grant update (published_run) on test to gradus_worker;
-- A chunk that fails is split; a row that fails to the last goes to quarantine.
grant delete on chunk to gradus_worker;
grant update (disposition, chunk, reason) on submission to gradus_worker;
grant update (quarantined_count) on batch to gradus_worker;
grant update (disabled_reason, failing_since) on endpoint to gradus_worker;

-- Readers see published results of the tests that they were given, and nothing else: no raw answer,
-- no webhook's secret, no payload. The views read with their owner's rights and keep to the rows of
-- `access`, of which row-level security shows every role its own alone.
create schema if not exists reading authorization gradus_owner;
revoke all on schema reading from public, gradus_worker, gradus_reader;

create table if not exists reading.access (
  reader name not null,
  test_id text collate "C" not null,
  constraint access_key primary key (reader, test_id)
);
alter table reading.access owner to gradus_owner;
alter table reading.access enable row level security;
alter table reading.access force row level security;
drop policy if exists own_rows on reading.access;
create policy own_rows on reading.access for select using (reader = session_user);
drop policy if exists all_rows on reading.access;
create policy all_rows on reading.access
  using (pg_has_role(session_user, 'gradus_owner', 'usage'));

create or replace view reading.run with (security_barrier) as
select test.test_id, test.title, run.run_id, batch.file_name, batch.row_count, run.finished_at
from public.test
join public.run on run.test_id = test.test_id and run.run_id = test.published_run
join public.batch on batch.test_id = run.test_id and batch.batch_id = run.batch_id
where exists (
  select 1 from reading.access where access.reader = session_user and access.test_id = test.test_id);

create or replace view reading.mark with (security_barrier) as
select mark.*
from public.mark join reading.run on run.test_id = mark.test_id and run.run_id = mark.run_id;

create or replace view reading.total with (security_barrier) as
select test_id, run_id, candidate_id, sum(awarded) as awarded, sum(possible) as possible
from reading.mark group by test_id, run_id, candidate_id;

create or replace view reading.item with (security_barrier) as
select tally.test_id, tally.run_id, run_item.question, run_item.part_id, run_item.family_id,
  tally.outcome, sum(tally.result_count) as result_count,
  sum(tally.awarded_hundredths) / 100.0 as machine_awarded
from public.item_tally as tally
join reading.run on run.test_id = tally.test_id and run.run_id = tally.run_id
join public.run_item
  on run_item.test_id = tally.test_id and run_item.run_id = tally.run_id
  and run_item.item = tally.item
group by tally.test_id, tally.run_id, run_item.question, run_item.part_id, run_item.family_id,
  tally.outcome;

create or replace view reading.audit with (security_barrier) as
select audit.* from public.audit
where exists (
  select 1 from reading.access
  where access.reader = session_user and access.test_id = audit.test_id);

alter view reading.run owner to gradus_owner;
alter view reading.mark owner to gradus_owner;
alter view reading.total owner to gradus_owner;
alter view reading.item owner to gradus_owner;
alter view reading.audit owner to gradus_owner;

revoke all on all tables in schema reading from public, gradus_worker, gradus_reader;
grant usage on schema reading to gradus_reader;
grant select on reading.run, reading.mark, reading.total, reading.item, reading.audit
  to gradus_reader;

commit;
