-- A claim goes from receiver to receiver and looks at the head of each queue alone.
drop index delivery_due;
create index delivery_waiting on delivery (endpoint_id, next_at) where state = 0;
