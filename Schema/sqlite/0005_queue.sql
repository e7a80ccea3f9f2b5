-- Runs can wait: those of a higher priority are graded first, and a paused one not at all.
alter table run add column priority integer not null default 0;
alter table run add column paused_at integer;

-- A chunk that fails is split, so that one bad row holds up no other: under which number its rows
-- stand in `submission`; null for the chunks of an import, which have that number themselves.
alter table chunk add column source integer;
