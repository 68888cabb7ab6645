CREATE TABLE users (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL,
  username_lower TEXT NOT NULL UNIQUE,
  active INTEGER NOT NULL,
  is_admin INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  extra TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE user_emails (
  address_lower TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX user_emails_by_user ON user_emails (user);

CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  last_part TEXT NOT NULL,
  bypass_two_factor INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_by_user ON tokens (user, created_at);

CREATE TABLE rooms (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  message_count INTEGER NOT NULL DEFAULT 0,
  last_message_at INTEGER,
  last_message TEXT NOT NULL DEFAULT '',
  extra TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX rooms_by_name ON rooms (name) WHERE name <> '';

CREATE TABLE subscriptions (
  room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  is_owner INTEGER NOT NULL,
  last_seen INTEGER,
  updated_at INTEGER NOT NULL,
  extra TEXT NOT NULL,
  PRIMARY KEY (room, user)
) WITHOUT ROWID;
CREATE INDEX subscriptions_by_user ON subscriptions (user);

CREATE TABLE messages (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  sent_at INTEGER NOT NULL,
  author TEXT NOT NULL,
  type TEXT NOT NULL,
  thread TEXT NOT NULL,
  extra TEXT NOT NULL
);
CREATE INDEX messages_by_room ON messages (room, sent_at, sequence);

CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  room TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user TEXT NOT NULL,
  confirmed INTEGER NOT NULL,
  uploaded_at INTEGER NOT NULL,
  extra TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_by_room ON uploads (room, uploaded_at);
CREATE INDEX uploads_abandoned ON uploads (uploaded_at) WHERE confirmed = 0;

CREATE TABLE roles (
  id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  extra TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE grants (
  permission TEXT PRIMARY KEY,
  roles TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE settings (
  id TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE integrations (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  extra TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX integrations_by_user ON integrations (user);

CREATE TABLE integration_channels (
  channel TEXT NOT NULL,
  integration TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  PRIMARY KEY (channel, integration)
) WITHOUT ROWID;
CREATE INDEX integration_channels_by_integration ON integration_channels (integration);

-- No reference to integrations: an event of the same commit may still name one that is going.
CREATE TABLE deliveries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  integration TEXT NOT NULL,
  state INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  extra TEXT NOT NULL
);
CREATE INDEX deliveries_open ON deliveries (sequence) WHERE state < 2;
CREATE INDEX deliveries_by_integration ON deliveries (integration);

CREATE TABLE history (
  id TEXT PRIMARY KEY,
  delivery TEXT NOT NULL,
  integration TEXT NOT NULL,
  maker TEXT NOT NULL,
  finished INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  extra TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX history_by_integration ON history (integration, updated_at);
CREATE INDEX history_by_age ON history (updated_at);

CREATE TABLE script_state (
  integration TEXT PRIMARY KEY,
  revision TEXT NOT NULL,
  state TEXT NOT NULL
) WITHOUT ROWID;
