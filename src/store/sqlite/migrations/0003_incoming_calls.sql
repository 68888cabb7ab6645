-- Ids sort by time. No reference to integrations, as with deliveries.
CREATE TABLE incoming_calls (
  id TEXT PRIMARY KEY,
  integration TEXT NOT NULL,
  maker TEXT NOT NULL,
  ok INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  idempotency_key TEXT,
  body_hash TEXT NOT NULL,
  extra TEXT NOT NULL,
  content TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX incoming_calls_by_integration ON incoming_calls (integration, created_at);
-- One holder a key: a second call, with whatever body, finds it taken.
CREATE UNIQUE INDEX incoming_calls_by_key ON incoming_calls (integration, idempotency_key)
  WHERE idempotency_key IS NOT NULL;

CREATE TABLE incoming_call_messages (
  message TEXT PRIMARY KEY,
  call TEXT NOT NULL
) WITHOUT ROWID;

-- Messages go one by one, with their room and with their author; a deleted one may leave a stub.
-- Whichever way, the text that the call brought goes in the same transaction.
CREATE TRIGGER incoming_calls_after_message AFTER DELETE ON messages BEGIN
  UPDATE incoming_calls SET content = ''
    WHERE id = (SELECT call FROM incoming_call_messages WHERE message = old.id);
END;
CREATE TRIGGER incoming_calls_after_stub AFTER UPDATE OF type ON messages WHEN new.type = 'rm' BEGIN
  UPDATE incoming_calls SET content = ''
    WHERE id = (SELECT call FROM incoming_call_messages WHERE message = old.id);
END;
CREATE TRIGGER incoming_call_messages_after_call AFTER DELETE ON incoming_calls BEGIN
  DELETE FROM incoming_call_messages WHERE message IN
    (SELECT json_extract(value, '$.message') FROM json_each(old.extra, '$.posted'));
END;
