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

insert into endpoint_secret (endpoint_id, number, secret, created_at)
select endpoint_id, 1, secret, created_at from endpoint;

alter table endpoint drop column secret;

-- Since when nothing has arrived; null while deliveries succeed.
alter table endpoint add column failing_since integer;

-- With the endpoint in it, a claim passes by busy endpoints without reading their rows.
drop index delivery_due;
create index delivery_due on delivery (next_at, endpoint_id) where state = 0;
