-- Claims and looks for work name a run: of two runs with a million chunks each, neither passes by the
-- other's.
drop index chunk_ready;
create index chunk_ready on chunk (test_id, run_id, run_after, chunk) where state = 0;
