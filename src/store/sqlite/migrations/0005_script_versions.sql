-- The text is last, so that a list need not read it. No reference to integrations, as with
-- deliveries.
CREATE TABLE script_versions (
  integration TEXT NOT NULL,
  number INTEGER NOT NULL,
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  saved_at INTEGER NOT NULL,
  user TEXT NOT NULL,
  username TEXT NOT NULL,
  script TEXT NOT NULL,
  PRIMARY KEY (integration, number)
);
