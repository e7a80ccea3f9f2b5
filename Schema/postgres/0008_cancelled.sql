-- A run that a person gave up: it has ended without having graded everybody, and is not published.
alter table run add column cancelled_at timestamptz;
