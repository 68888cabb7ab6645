-- The account that cancelled it, or empty.
ALTER TABLE deliveries ADD COLUMN cancelled_by TEXT NOT NULL DEFAULT '';
-- Lists of deliveries, newest first. Those that went wrong are few, and have an index of their own
-- that no insertion touches; those that are open have one already.
CREATE INDEX deliveries_by_integration ON deliveries (integration, created_at);
CREATE INDEX deliveries_gone_wrong ON deliveries (integration, created_at, state) WHERE state >= 3;
