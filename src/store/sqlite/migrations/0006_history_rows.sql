-- Rows of some kilobytes. In a table without rowid what exceeds a quarter of a page goes to a page of
-- its own, which made most entries a page longer than they are.
CREATE TABLE history_rows (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  delivery TEXT NOT NULL,
  integration TEXT NOT NULL,
  maker TEXT NOT NULL,
  finished INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  extra TEXT NOT NULL
);
INSERT INTO history_rows (id, delivery, integration, maker, finished, updated_at, extra)
  SELECT id, delivery, integration, maker, finished, updated_at, extra FROM history ORDER BY updated_at, id;
DROP TABLE history;
ALTER TABLE history_rows RENAME TO history;
CREATE INDEX history_by_integration ON history (integration, updated_at);
CREATE INDEX history_by_age ON history (updated_at);
