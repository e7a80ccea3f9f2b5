-- What signs an endpoint's deliveries stands apart from the endpoint, so that who reads the one
-- need not see the other.
create table endpoint_secret (
  endpoint_id bigint not null,
  -- Counts up with every change of keys.
  number integer not null,
  -- whsec_… or whsk_…
  secret text not null,
  -- whpk_…, what receivers verify with where the secret is half of a key pair.
  public_key text,
  created_at timestamptz not null,
  -- Null for those in use; what was replaced signs too until then.
  valid_until timestamptz,
  constraint endpoint_secret_key primary key (endpoint_id, number),
  constraint endpoint_secret_endpoint foreign key (endpoint_id)
    references endpoint (endpoint_id) on delete cascade
);

insert into endpoint_secret (endpoint_id, number, secret, created_at)
select endpoint_id, 1, secret, created_at from endpoint;

alter table endpoint drop column secret;

-- No grant of reading alone opens this table, not even one on all tables or pg_read_all_data:
-- rows show to its owner and to roles that may record deliveries.
revoke all on endpoint_secret from public;
alter table endpoint_secret enable row level security;
create policy endpoint_secret_for_senders on endpoint_secret
  using (has_table_privilege('delivery', 'update'));

-- Since when nothing has arrived; null while deliveries succeed.
alter table endpoint add column failing_since timestamptz;

-- With the endpoint in it, a claim passes by busy endpoints without reading their rows.
drop index delivery_due;
create index delivery_due on delivery (next_at, endpoint_id) where state = 0;
