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
