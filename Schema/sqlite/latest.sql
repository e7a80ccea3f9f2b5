-- Times are microseconds since 1970 in UTC, points whole hundredths of a mark.
-- Lists are JSON arrays as text: readable with json_each, and JSON writes NUL as \u0000.
-- Rows that come by the thousand (submission, result, item_tally) have no foreign keys: they are
-- written in the transaction that writes or fences what they belong to.

-- What was applied to this file. The digest shows a migration that was edited afterwards.
create table migration (
  name text not null,
  digest text not null,
  applied_at integer not null,
  constraint migration_key primary key (name)
) strict;

create table test (
  test_id text not null,
  title text not null,
  manifest_digest text not null,
  -- The run whose results count; switched by one update.
  published_run integer,
  registered_at integer not null,
  constraint test_key primary key (test_id),
  constraint test_published_run foreign key (test_id, published_run)
    references run (test_id, run_id)
) strict;

-- One imported file. Ids come from autoincrement, so that none is ever given out twice.
create table batch (
  batch_id integer primary key autoincrement,
  test_id text not null,
  digest text not null,
  file_name text not null,
  column_titles text not null,
  -- How its numbers are written, decided by all its rows: point, comma or undecided.
  number_locale text not null,
  row_count integer not null,
  superseded_count integer not null,
  quarantined_count integer not null,
  imported_at integer not null,
  -- How the file's columns are read, as JSON; null for files imported before this was kept.
  layout text,
  constraint batch_key unique (test_id, batch_id),
  -- The same file is imported once.
  constraint batch_digest unique (test_id, digest),
  constraint batch_test foreign key (test_id) references test (test_id),
  constraint batch_number_locale check (number_locale in ('point', 'comma', 'undecided')),
  constraint batch_counts_balance check (row_count >= superseded_count + quarantined_count)
) strict;

-- A row of a file as it was exported, so that a regrade needs no file.
create table submission (
  test_id text not null,
  batch_id integer not null,
  line integer not null,
  candidate_id text,
  submitted_at integer,
  disposition integer not null,
  reason text,
  -- The raw cells, as many as the row had.
  cells text not null,
  -- The chunk that grades it; null for rows that nothing grades.
  chunk integer,
  -- A quarantined row as it stands in the file: a JSON array of one text, as JSON writes NUL.
  raw text,
  constraint submission_key primary key (test_id, batch_id, line),
  constraint submission_disposition check (disposition between 0 and 2),
  constraint submission_chunk check ((disposition = 0) = (chunk is not null)),
  constraint submission_reason check (disposition = 0 or reason is not null)
) strict, without rowid;

-- One grading of one batch with one version of the key.
create table run (
  run_id integer primary key autoincrement,
  test_id text not null,
  batch_id integer not null,
  key_version text not null,
  -- 0 running, 1 finished, 2 finished with chunks set aside
  state integer not null default 0,
  started_at integer not null,
  finished_at integer,
  -- Rows that a run leaves out, where a person's decisions made them others than the batch's.
  superseded_count integer,
  quarantined_count integer,
  -- Those of a higher priority are graded first.
  priority integer not null default 0,
  -- Since when nobody takes its chunks; null while they are taken.
  paused_at integer,
  -- When a person gave it up; its state is 2 then.
  cancelled_at integer,
  constraint run_key unique (test_id, run_id),
  constraint run_batch foreign key (test_id, batch_id) references batch (test_id, batch_id),
  constraint run_state check (state between 0 and 2),
  constraint run_finished check ((state = 0) = (finished_at is null))
) strict;

create index run_of_batch on run (test_id, batch_id, run_id);

-- What position `item` of a result's lists stands for.
create table run_item (
  test_id text not null,
  run_id integer not null,
  item integer not null,
  question integer not null,
  part_id text not null,
  family_id text not null,
  family_version integer not null,
  constraint run_item_key primary key (test_id, run_id, item),
  constraint run_item_run foreign key (test_id, run_id) references run (test_id, run_id)
) strict, without rowid;

-- What outcome 100 + `mistake` stands for.
create table run_mistake (
  test_id text not null,
  run_id integer not null,
  mistake integer not null,
  family_id text not null,
  misconception_id text not null,
  constraint run_mistake_key primary key (test_id, run_id, mistake),
  constraint run_mistake_run foreign key (test_id, run_id) references run (test_id, run_id)
) strict, without rowid;

-- About a thousand rows that one worker grades at a time.
create table chunk (
  test_id text not null,
  run_id integer not null,
  chunk integer not null,
  -- Bounds of its rows in the file, so that reading a chunk needs no second index.
  first_line integer not null,
  last_line integer not null,
  -- 0 ready, 1 claimed, 2 done, 3 set aside
  state integer not null default 0,
  -- Grows with every claim and never falls: whoever holds an older one can change nothing.
  token integer not null default 0,
  attempt integer not null default 0,
  run_after integer not null,
  owner text,
  lease_until integer,
  deadline integer,
  graded_count integer not null default 0,
  error text,
  -- Where it was split off: the number under which its rows stand in `submission`; else null.
  source integer,
  constraint chunk_key primary key (test_id, run_id, chunk),
  constraint chunk_run foreign key (test_id, run_id) references run (test_id, run_id),
  constraint chunk_state check (state between 0 and 3),
  constraint chunk_lease check ((state = 1) = (lease_until is not null)),
  constraint chunk_deadline check ((state = 1) = (deadline is not null)),
  constraint chunk_error check (state <> 3 or error is not null)
) strict, without rowid;

-- Two small indexes whatever the size of the table: what can be claimed, what may have expired.
create index chunk_ready on chunk (test_id, run_id, run_after, chunk) where state = 0;
create index chunk_claimed on chunk (test_id, run_id, chunk) where state = 1;

-- A candidate's verdicts in one row: three bytes a mark instead of a hundred.
create table result (
  test_id text not null,
  run_id integer not null,
  candidate_id text not null,
  line integer not null,
  awarded_hundredths integer not null,
  possible_hundredths integer not null,
  -- Lists with one entry for each run_item, in its order.
  outcomes text not null,
  awarded_each text not null,
  possible_each text not null,
  -- Never hit while the fence holds: a tripwire against grading anyone twice.
  constraint result_key primary key (test_id, run_id, candidate_id)
) strict;

-- How often a chunk gave one outcome to one item.
create table item_tally (
  test_id text not null,
  run_id integer not null,
  chunk integer not null,
  item integer not null,
  outcome integer not null,
  result_count integer not null,
  awarded_hundredths integer not null,
  constraint item_tally_key primary key (test_id, run_id, chunk, item, outcome)
) strict, without rowid;

-- What a person decided about a quarantined row: who, when and why.
create table settlement (
  test_id text not null,
  batch_id integer not null,
  line integer not null,
  -- 0 released, 1 discarded
  decision integer not null,
  -- Whom the row was released to; null where it was discarded.
  candidate_id text,
  -- Why the row had been set aside.
  quarantine_reason text not null,
  reason text not null,
  settled_by text not null,
  settled_at integer not null,
  constraint settlement_key primary key (test_id, batch_id, line),
  constraint settlement_decision check (decision between 0 and 1),
  constraint settlement_candidate check ((decision = 0) = (candidate_id is not null))
) strict, without rowid;

-- What makes a run a regrade: a second grading of a batch, with another version of the key.
create table regrade (
  test_id text not null,
  run_id integer not null,
  -- The run whose verdicts it is compared with; they stay as they are.
  earlier_run integer not null,
  -- 0 exact: what comes out counts; 1 never lower: of each part, the better of both verdicts
  policy integer not null,
  reason text not null,
  begun_by text not null,
  constraint regrade_key primary key (test_id, run_id),
  constraint regrade_run foreign key (test_id, run_id) references run (test_id, run_id),
  constraint regrade_earlier_run foreign key (test_id, earlier_run)
    references run (test_id, run_id),
  constraint regrade_policy check (policy between 0 and 1)
) strict, without rowid;

-- What a person decided about one answer, beside the machine's verdicts: of an answer's decisions
-- the one with the highest number stands, in every run over its row.
create table overrule (
  test_id text not null,
  batch_id integer not null,
  line integer not null,
  question integer not null,
  part_id text not null,
  number integer not null,
  candidate_id text not null,
  -- The outcome as a person sees it; null where only the points were set.
  outcome integer,
  awarded_hundredths integer not null,
  reason text not null,
  decided_by text not null,
  decided_at integer not null,
  constraint overrule_key primary key (test_id, batch_id, line, question, part_id, number),
  constraint overrule_number check (number > 0)
) strict, without rowid;

create index overrule_of_candidate on overrule (test_id, candidate_id);

-- What happened that a later reader may doubt. Rows are only ever added, and each hashes the one
-- before it in its test's trail; none names a candidate, as none can be erased.
create table audit (
  -- Empty for what belongs to no test.
  test_id text not null,
  number integer not null,
  -- Microseconds since 1970 in UTC, a plain number as it is hashed.
  recorded_us integer not null,
  kind text not null,
  actor text not null,
  -- Who was connected to the database; empty where it knows no users.
  session_name text not null,
  -- A JSON object.
  details text not null,
  previous_hash text not null,
  hash text not null,
  constraint audit_key primary key (test_id, number)
) strict, without rowid;

create trigger audit_is_not_changed before update on audit
begin
  select raise(abort, 'the audit trail is only ever added to');
end;

create trigger audit_is_not_shortened before delete on audit
begin
  select raise(abort, 'the audit trail is only ever added to');
end;

-- A receiver of webhooks.
create table endpoint (
  endpoint_id integer primary key autoincrement,
  url text not null,
  -- Types of event; an empty list subscribes to all.
  event_types text not null,
  allows_private_addresses integer not null,
  created_at integer not null,
  -- Null while it is in use.
  disabled_reason text,
  -- Since when nothing has arrived; null while deliveries succeed.
  failing_since integer
) strict;

-- What signs an endpoint's deliveries stands apart from the endpoint, as it does on PostgreSQL.
create table endpoint_secret (
  endpoint_id integer not null,
  -- Counts up with every change of keys.
  number integer not null,
  -- whsec_… or whsk_…
  secret text not null,
  -- whpk_…, what receivers verify with where the secret is half of a key pair.
  public_key text,
  created_at integer not null,
  -- Null for those in use; what was replaced signs too until then.
  valid_until integer,
  constraint endpoint_secret_key primary key (endpoint_id, number),
  constraint endpoint_secret_endpoint foreign key (endpoint_id)
    references endpoint (endpoint_id) on delete cascade
) strict, without rowid;

-- The outbox: written in the transaction that causes the event.
create table event (
  event_id text not null,
  test_id text,
  type text not null,
  -- The exact bytes that are signed and sent.
  payload text not null,
  created_at integer not null,
  constraint event_key primary key (event_id),
  constraint event_test foreign key (test_id) references test (test_id)
) strict;

create table delivery (
  event_id text not null,
  endpoint_id integer not null,
  -- 0 pending, 1 delivered, 2 dead
  state integer not null default 0,
  attempt integer not null default 0,
  token integer not null default 0,
  -- When the next attempt is due; while one is being made, when its lease ends.
  next_at integer not null,
  last_status integer,
  last_outcome text,
  created_at integer not null,
  constraint delivery_key primary key (event_id, endpoint_id),
  constraint delivery_event foreign key (event_id) references event (event_id),
  constraint delivery_endpoint foreign key (endpoint_id)
    references endpoint (endpoint_id) on delete cascade,
  constraint delivery_state check (state between 0 and 2)
) strict, without rowid;

-- A claim goes from receiver to receiver and looks at the head of each queue alone.
create index delivery_waiting on delivery (endpoint_id, next_at) where state = 0;
create index delivery_latest on delivery (created_at);
-- Removing an endpoint looks for its deliveries.
create index delivery_of_endpoint on delivery (endpoint_id);

-- Every attempt with what came of it; the token tells attempts of a replayed delivery apart.
create table delivery_attempt (
  event_id text not null,
  endpoint_id integer not null,
  token integer not null,
  made_at integer not null,
  status integer,
  outcome text not null,
  duration_ms integer not null,
  constraint delivery_attempt_key primary key (event_id, endpoint_id, token),
  constraint delivery_attempt_delivery foreign key (event_id, endpoint_id)
    references delivery (event_id, endpoint_id) on delete cascade
) strict, without rowid;

-- Which firings of a schedule have happened. Of all who fire at once, the first to write the row
-- sweeps; so none of them needs to lead.
create table firing (
  test_id text not null,
  schedule text not null,
  -- The beginning of the period, by the clock of whoever fires.
  due_at integer not null,
  fired_by text not null,
  fired_at integer not null,
  constraint firing_key primary key (test_id, schedule, due_at)
) strict, without rowid;

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
    when outcome.value >= 100 then 'misconception'
    when outcome.value = 1 then 'correct'
    when outcome.value = 2 then 'imprecise'
    when outcome.value = 3 then 'followThrough'
    when outcome.value = 4 then 'incorrect'
    when outcome.value = 5 then 'blank'
    when outcome.value = 6 then 'unreadable'
    when outcome.value = 7 then 'void'
  end as outcome,
  run_mistake.misconception_id,
  case
    when outcome.value = 7 or overrule.number is null
      then json_extract(result.awarded_each, '$[' || outcome.key || ']')
    else min(
      overrule.awarded_hundredths, json_extract(result.possible_each, '$[' || outcome.key || ']'))
  end / 100.0 as awarded,
  json_extract(result.possible_each, '$[' || outcome.key || ']') / 100.0 as possible,
  json_extract(result.awarded_each, '$[' || outcome.key || ']') / 100.0 as machine_awarded,
  overrule.decided_by as overruled_by
from result
join run on run.test_id = result.test_id and run.run_id = result.run_id
join json_each(result.outcomes) as outcome on outcome.value <> 0
join run_item
  on run_item.test_id = result.test_id
  and run_item.run_id = result.run_id
  and run_item.item = outcome.key
left join run_mistake
  on run_mistake.test_id = result.test_id
  and run_mistake.run_id = result.run_id
  and run_mistake.mistake = outcome.value - 100
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
      and later.number > overrule.number);
