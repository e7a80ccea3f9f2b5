-- How the file's columns are read, as JSON; null for files imported before this was kept.
alter table batch add column layout text;

-- A quarantined row as it stands in the file: a JSON array of one text, as JSON writes NUL.
alter table submission add column raw text;

-- Rows that a run leaves out, where a person's decisions made them others than the batch's.
alter table run add column superseded_count bigint;
alter table run add column quarantined_count bigint;

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
