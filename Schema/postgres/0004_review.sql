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

drop view mark;

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
