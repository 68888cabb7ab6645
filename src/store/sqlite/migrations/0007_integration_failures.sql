-- Outgoing integrations whose deliveries fail, from the first failure until a delivery succeeds. No
-- reference to integrations, as with deliveries.
CREATE TABLE integration_failures (
  integration TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  lasted INTEGER NOT NULL,
  count INTEGER NOT NULL
) WITHOUT ROWID;
