-- Points are whole hundredths of a mark. Ids that name things sort by their bytes (collate "C"),
-- so that pages of results come in the same order on every server. Rows that come by the
-- thousand (submission, result, item_tally) have no foreign keys: they are copied in the
-- transaction that writes or fences what they belong to, and a check of each row would cost more
-- than the row and lock the chunk against its next owner.

-- What was applied to this database. The digest shows a migration that was edited afterwards.
create table migration (
  name text collate "C" not null,
  digest text not null,
  applied_at timestamptz not null,
  constraint migration_key primary key (name)
);

create table test (
  test_id text collate "C" not null,
  title text not null,
  manifest_digest text not null,
  -- The run whose results count; switched by one update.
  published_run bigint,
  registered_at timestamptz not null,
  constraint test_key primary key (test_id)
);

-- One imported file.
create table batch (
  test_id text collate "C" not null,
  batch_id bigint not null generated always as identity,
  digest text not null,
  file_name text not null,
  -- A JSON array as text, as jsonb holds no NUL.
  column_titles text not null,
  -- How its numbers are written, decided by all its rows: point, comma or undecided.
  number_locale text not null,
  row_count bigint not null,
  superseded_count bigint not null,
  quarantined_count bigint not null,
  imported_at timestamptz not null,
  -- How the file's columns are read, as JSON; null for files imported before this was kept.
  layout text,
  constraint batch_key primary key (test_id, batch_id),
  -- The same file is imported once.
  constraint batch_digest unique (test_id, digest),
  constraint batch_test foreign key (test_id) references test (test_id),
  constraint batch_number_locale check (number_locale in ('point', 'comma', 'undecided')),
  constraint batch_counts_balance check (row_count >= superseded_count + quarantined_count)
);

-- A row of a file as it was exported, so that a regrade needs no file.
create table submission (
  test_id text collate "C" not null,
  batch_id bigint not null,
  line bigint not null,
  candidate_id text collate "C",
  submitted_at timestamptz,
  disposition smallint not null,
  reason text,
  -- The raw cells, as many as the row had: a JSON array as text, as jsonb holds no NUL.
  cells text not null,
  -- The chunk that grades it; null for rows that nothing grades.
  chunk bigint,
  -- A quarantined row as it stands in the file: a JSON array of one text, as JSON writes NUL.
  raw text,
  constraint submission_key primary key (test_id, batch_id, line),
  constraint submission_disposition check (disposition between 0 and 2),
  constraint submission_chunk check ((disposition = 0) = (chunk is not null)),
  constraint submission_reason check (disposition = 0 or reason is not null)
);

-- One grading of one batch with one version of the key.
create table run (
  test_id text collate "C" not null,
  run_id bigint not null generated always as identity,
  batch_id bigint not null,
  key_version text not null,
  -- 0 running, 1 finished, 2 finished with chunks set aside
  state smallint not null default 0,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- Rows that a run leaves out, where a person's decisions made them others than the batch's.
  superseded_count bigint,
  quarantined_count bigint,
  -- Those of a higher priority are graded first.
  priority smallint not null default 0,
  -- Since when nobody takes its chunks; null while they are taken.
  paused_at timestamptz,
  -- When a person gave it up; its state is 2 then.
  cancelled_at timestamptz,
  constraint run_key primary key (test_id, run_id),
  constraint run_batch foreign key (test_id, batch_id) references batch (test_id, batch_id),
  constraint run_state check (state between 0 and 2),
  constraint run_finished check ((state = 0) = (finished_at is null))
);

create index run_of_batch on run (test_id, batch_id, run_id);

alter table test
  add constraint test_published_run foreign key (test_id, published_run)
  references run (test_id, run_id);

-- What position `item` of a result's arrays stands for.
create table run_item (
  test_id text collate "C" not null,
  run_id bigint not null,
  item integer not null,
  question integer not null,
  part_id text not null,
  family_id text not null,
  family_version integer not null,
  constraint run_item_key primary key (test_id, run_id, item),
  constraint run_item_run foreign key (test_id, run_id) references run (test_id, run_id)
);

-- What outcome 100 + `mistake` stands for.
create table run_mistake (
  test_id text collate "C" not null,
  run_id bigint not null,
  mistake integer not null,
  family_id text not null,
  misconception_id text not null,
  constraint run_mistake_key primary key (test_id, run_id, mistake),
  constraint run_mistake_run foreign key (test_id, run_id) references run (test_id, run_id)
);

-- About a thousand rows that one worker grades at a time.
create table chunk (
  test_id text collate "C" not null,
  run_id bigint not null,
  chunk bigint not null,
  -- Bounds of its rows in the file, so that reading a chunk needs no second index.
  first_line bigint not null,
  last_line bigint not null,
  -- 0 ready, 1 claimed, 2 done, 3 set aside
  state smallint not null default 0,
  -- Grows with every claim and never falls: whoever holds an older one can change nothing.
  token bigint not null default 0,
  attempt integer not null default 0,
  run_after timestamptz not null,
  owner text,
  -- The session that holds the claim: only ending it stops a worker that stalls inside COPY.
  backend_pid integer,
  backend_start timestamptz,
  lease_until timestamptz,
  deadline timestamptz,
  graded_count bigint not null default 0,
  error text,
  -- Where it was split off: the number under which its rows stand in `submission`; else null.
  source bigint,
  constraint chunk_key primary key (test_id, run_id, chunk),
  constraint chunk_run foreign key (test_id, run_id) references run (test_id, run_id),
  constraint chunk_state check (state between 0 and 3),
  constraint chunk_lease check ((state = 1) = (lease_until is not null)),
  constraint chunk_deadline check ((state = 1) = (deadline is not null)),
  constraint chunk_error check (state <> 3 or error is not null)
) with (fillfactor = 70);

-- Two small indexes whatever the size of the table: what can be claimed, what may have expired.
-- Neither holds lease_until, so that heartbeats stay within their page (HOT).
create index chunk_ready on chunk (test_id, run_id, run_after, chunk) where state = 0;
create index chunk_claimed on chunk (test_id, run_id, chunk) where state = 1;

-- A candidate's verdicts in one row: three bytes a mark instead of a hundred.
create table result (
  test_id text collate "C" not null,
  run_id bigint not null,
  candidate_id text collate "C" not null,
  line bigint not null,
  awarded_hundredths bigint not null,
  possible_hundredths bigint not null,
  -- Arrays with one entry for each run_item, in its order.
  outcomes smallint[] not null,
  awarded_each integer[] not null,
  possible_each integer[] not null,
  -- Never hit while the fence holds: a tripwire against grading anyone twice.
  constraint result_key primary key (test_id, run_id, candidate_id)
);

-- How often a chunk gave one outcome to one item.
create table item_tally (
  test_id text collate "C" not null,
  run_id bigint not null,
  chunk bigint not null,
  item integer not null,
  outcome smallint not null,
  result_count bigint not null,
  awarded_hundredths bigint not null,
  constraint item_tally_key primary key (test_id, run_id, chunk, item, outcome)
);

-- What a person decided about a quarantined row: who, when and why.
create table settlement (
  test_id text collate "C" not null,
  batch_id bigint not null,
  line bigint not null,
  -- 0 released, 1 discarded
  decision smallint not null,
  -- Whom the row was released to; null where it was discarded.
  candidate_id text collate "C",
  -- Why the row had been set aside.
  quarantine_reason text not null,
  reason text not null,
  settled_by text not null,
  settled_at timestamptz not null,
  constraint settlement_key primary key (test_id, batch_id, line),
  constraint settlement_decision check (decision between 0 and 1),
  constraint settlement_candidate check ((decision = 0) = (candidate_id is not null))
);

-- What makes a run a regrade: a second grading of a batch, with another version of the key.
create table regrade (
  test_id text collate "C" not null,
  run_id bigint not null,
  -- The run whose verdicts it is compared with; they stay as they are.
  earlier_run bigint not null,
  -- 0 exact: what comes out counts; 1 never lower: of each part, the better of both verdicts
  policy smallint not null,
  reason text not null,
  begun_by text not null,
  constraint regrade_key primary key (test_id, run_id),
  constraint regrade_run foreign key (test_id, run_id) references run (test_id, run_id),
  constraint regrade_earlier_run foreign key (test_id, earlier_run)
    references run (test_id, run_id),
  constraint regrade_policy check (policy between 0 and 1)
);

-- What a person decided about one answer, beside the machine's verdicts: of an answer's decisions
-- the one with the highest number stands, in every run over its row.
create table overrule (
  test_id text collate "C" not null,
  batch_id bigint not null,
  line bigint not null,
  question integer not null,
  part_id text not null,
  number integer not null,
  candidate_id text collate "C" not null,
  -- The outcome as a person sees it; null where only the points were set.
  outcome smallint,
  awarded_hundredths bigint not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  constraint overrule_key primary key (test_id, batch_id, line, question, part_id, number),
  constraint overrule_number check (number > 0)
);

create index overrule_of_candidate on overrule (test_id, candidate_id);

-- What happened that a later reader may doubt. Rows are only ever added, and each hashes the one
-- before it in its test's trail; none names a candidate, as none can be erased.
create table audit (
  -- Empty for what belongs to no test.
  test_id text collate "C" not null,
  number bigint not null,
  -- Microseconds since 1970 in UTC, a plain number as it is hashed.
  recorded_us bigint not null,
  kind text not null,
  actor text not null,
  -- Who was connected to the database; empty where it knows no users.
  session_name text not null,
  -- A JSON object.
  details text not null,
  previous_hash text not null,
  hash text not null,
  constraint audit_key primary key (test_id, number)
);

create function refuse_to_change_audit() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is only ever added to';
end
$$;

create trigger audit_is_only_added_to before update or delete or truncate on audit
for each statement execute function refuse_to_change_audit();

-- A receiver of webhooks.
create table endpoint (
  endpoint_id bigint not null generated always as identity,
  url text not null,
  -- Types of event, a JSON array; an empty one subscribes to all.
  event_types jsonb not null,
  allows_private_addresses boolean not null,
  created_at timestamptz not null,
  -- Null while it is in use.
  disabled_reason text,
  -- Since when nothing has arrived; null while deliveries succeed.
  failing_since timestamptz,
  constraint endpoint_key primary key (endpoint_id)
);

-- What signs an endpoint's deliveries stands apart from the endpoint, so that who reads the one
-- need not see the other.
create table endpoint_secret (
  endpoint_id bigint not null,
  -- Counts up with every change of keys.
  number integer not null,
  -- whsec_… or whsk_…
  secret text not null,
  -- whpk_…, what receivers verify with where the secret is half of a key pair.
  public_key text,
  created_at timestamptz not null,
  -- Null for those in use; what was replaced signs too until then.
  valid_until timestamptz,
  constraint endpoint_secret_key primary key (endpoint_id, number),
  constraint endpoint_secret_endpoint foreign key (endpoint_id)
    references endpoint (endpoint_id) on delete cascade
);

-- No grant of reading alone opens this table, not even one on all tables or pg_read_all_data:
-- rows show to its owner and to roles that may record deliveries.
revoke all on endpoint_secret from public;
alter table endpoint_secret enable row level security;
create policy endpoint_secret_for_senders on endpoint_secret
  using (has_table_privilege('delivery', 'update'));

-- The outbox: written in the transaction that causes the event.
create table event (
  event_id text collate "C" not null,
  test_id text collate "C",
  type text not null,
  -- The exact bytes that are signed and sent.
  payload text not null,
  created_at timestamptz not null,
  constraint event_key primary key (event_id),
  constraint event_test foreign key (test_id) references test (test_id)
);

create table delivery (
  event_id text collate "C" not null,
  endpoint_id bigint not null,
  -- 0 pending, 1 delivered, 2 dead
  state smallint not null default 0,
  attempt integer not null default 0,
  token bigint not null default 0,
  -- When the next attempt is due; while one is being made, when its lease ends.
  next_at timestamptz not null,
  last_status integer,
  last_outcome text,
  created_at timestamptz not null,
  constraint delivery_key primary key (event_id, endpoint_id),
  constraint delivery_event foreign key (event_id) references event (event_id),
  constraint delivery_endpoint foreign key (endpoint_id)
    references endpoint (endpoint_id) on delete cascade,
  constraint delivery_state check (state between 0 and 2)
) with (fillfactor = 70);

-- A claim goes from receiver to receiver and looks at the head of each queue alone.
create index delivery_waiting on delivery (endpoint_id, next_at) where state = 0;
create index delivery_latest on delivery (created_at);
-- Removing an endpoint looks for its deliveries.
create index delivery_of_endpoint on delivery (endpoint_id);

-- Every attempt with what came of it; the token tells attempts of a replayed delivery apart.
create table delivery_attempt (
  event_id text collate "C" not null,
  endpoint_id bigint not null,
  token bigint not null,
  made_at timestamptz not null,
  status integer,
  outcome text not null,
  duration_ms bigint not null,
  constraint delivery_attempt_key primary key (event_id, endpoint_id, token),
  constraint delivery_attempt_delivery foreign key (event_id, endpoint_id)
    references delivery (event_id, endpoint_id) on delete cascade
);

-- Which firings of a schedule have happened. Of all who fire at once, on any number of machines, the
-- first to write the row sweeps; so none of them needs to lead.
create table firing (
  test_id text collate "C" not null,
  schedule text collate "C" not null,
  -- The beginning of the period, by the clock of whoever fires.
  due_at timestamptz not null,
  fired_by text not null,
  fired_at timestamptz not null,
  constraint firing_key primary key (test_id, schedule, due_at)
);

-- Results as people read them: one row for each part that a candidate was asked, in marks. The
-- outcome is the machine's; `awarded` is what counts, a person's decision where there is one.
create view mark as
select
  result.test_id,
  result.run_id,
  result.candidate_id,
  result.line,
  run_item.question,
  run_item.part_id,
  run_item.family_id,
  case
    when each.outcome >= 100 then 'misconception'
    when each.outcome = 1 then 'correct'
    when each.outcome = 2 then 'imprecise'
    when each.outcome = 3 then 'followThrough'
    when each.outcome = 4 then 'incorrect'
    when each.outcome = 5 then 'blank'
    when each.outcome = 6 then 'unreadable'
    when each.outcome = 7 then 'void'
  end as outcome,
  run_mistake.misconception_id,
  cast(
    case
      when each.outcome = 7 or overrule.number is null then each.awarded
      else least(overrule.awarded_hundredths, each.possible)
    end / 100.0 as numeric(12, 2)) as awarded,
  cast(each.possible / 100.0 as numeric(12, 2)) as possible,
  cast(each.awarded / 100.0 as numeric(12, 2)) as machine_awarded,
  overrule.decided_by as overruled_by
from result
join run on run.test_id = result.test_id and run.run_id = result.run_id
cross join lateral
  unnest(result.outcomes, result.awarded_each, result.possible_each)
  with ordinality as each (outcome, awarded, possible, place)
join run_item
  on run_item.test_id = result.test_id
  and run_item.run_id = result.run_id
  and run_item.item = each.place - 1
left join run_mistake
  on run_mistake.test_id = result.test_id
  and run_mistake.run_id = result.run_id
  and run_mistake.mistake = each.outcome - 100
left join overrule
  on overrule.test_id = result.test_id
  and overrule.batch_id = run.batch_id
  and overrule.line = result.line
  and overrule.question = run_item.question
  and overrule.part_id = run_item.part_id
  and not exists (
    select 1 from overrule as later
    where later.test_id = overrule.test_id
      and later.batch_id = overrule.batch_id
      and later.line = overrule.line
      and later.question = overrule.question
      and later.part_id = overrule.part_id
      and later.number > overrule.number)
where each.outcome <> 0;
