DROP TABLE delivery;

DROP TABLE webhook;

DROP POLICY cabinet_deliverer ON outbox;

DROP POLICY cabinet_operator ON outbox;

REVOKE ALL ON outbox FROM cabinet_deliverer;

REVOKE ALL ON outbox FROM cabinet_operator;

GRANT UPDATE ON outbox TO cabinet_writer;

COMMENT ON TABLE outbox IS 'An event to be delivered, in the transaction that caused it.';

COMMENT ON COLUMN outbox.topic IS 'What happened, for example enrollments.posted.';

COMMENT ON COLUMN outbox.addressees IS 'Deliveries tried.';

COMMENT ON COLUMN outbox.addressed_at IS 'When it was delivered.';

DROP INDEX outbox_waiting_idx;

ALTER TABLE outbox RENAME COLUMN addressees TO attempts;

ALTER TABLE outbox RENAME CONSTRAINT outbox_addressees_not_null TO outbox_attempts_not_null;

ALTER TABLE outbox RENAME COLUMN addressed_at TO delivered_at;

CREATE INDEX outbox_waiting_idx ON outbox (community_id, recorded_at) WHERE delivered_at IS NULL;

DROP POLICY cabinet_deliverer ON audit_event;

DROP POLICY cabinet_deliverer ON sector;

DROP POLICY cabinet_deliverer ON community;

REVOKE ALL ON audit_event, sector, community FROM cabinet_deliverer;
