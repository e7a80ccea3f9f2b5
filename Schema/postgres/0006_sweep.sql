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
