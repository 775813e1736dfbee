DO $$
BEGIN
  -- Roles belong to the server, not to the database, so another database of ours may have made it.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cabinet_deliverer') THEN
    CREATE ROLE cabinet_deliverer LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
END $$;

GRANT SELECT ON community TO cabinet_deliverer;

CREATE POLICY cabinet_deliverer ON community TO cabinet_deliverer USING (true) WITH CHECK (true);

GRANT SELECT ON sector TO cabinet_deliverer;

CREATE POLICY cabinet_deliverer ON sector TO cabinet_deliverer USING (true) WITH CHECK (true);

GRANT INSERT ON audit_event TO cabinet_deliverer;

CREATE POLICY cabinet_deliverer ON audit_event TO cabinet_deliverer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

DROP INDEX outbox_waiting_idx;

ALTER TABLE outbox RENAME COLUMN attempts TO addressees;

ALTER TABLE outbox RENAME CONSTRAINT outbox_attempts_not_null TO outbox_addressees_not_null;

ALTER TABLE outbox RENAME COLUMN delivered_at TO addressed_at;

CREATE INDEX outbox_waiting_idx ON outbox (community_id, outbox_id) WHERE addressed_at IS NULL;

COMMENT ON TABLE outbox IS 'An event to be told, in the transaction that caused it.';

COMMENT ON COLUMN outbox.topic IS 'What happened, for example enrollment.posted.';

COMMENT ON COLUMN outbox.addressees IS 'Webhooks it is for.';

COMMENT ON COLUMN outbox.addressed_at IS 'When a delivery was made for each of them.';

REVOKE UPDATE ON outbox FROM cabinet_writer;

GRANT SELECT ON outbox TO cabinet_operator;

CREATE POLICY cabinet_operator ON outbox TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, UPDATE ON outbox TO cabinet_deliverer;

CREATE POLICY cabinet_deliverer ON outbox TO cabinet_deliverer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE webhook (
  community_id UUID NOT NULL,
  webhook_id UUID DEFAULT uuidv7() NOT NULL,
  organization_id UUID NOT NULL,
  url TEXT NOT NULL,
  topics TEXT[] DEFAULT '{}' NOT NULL,
  secret TEXT,
  failures INTEGER DEFAULT 0 NOT NULL,
  next_attempt_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  claimed_until TIMESTAMP WITH TIME ZONE,
  removed_at TIMESTAMP WITH TIME ZONE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT webhook_key PRIMARY KEY (community_id, webhook_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id)
);

CREATE INDEX webhook_standing_idx ON webhook (community_id, next_attempt_at) WHERE removed_at IS NULL;

COMMENT ON TABLE webhook IS 'An address at which an organization wants to be told of events.';

COMMENT ON COLUMN webhook.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN webhook.webhook_id IS 'Key of the webhook, uuid v7.';

COMMENT ON COLUMN webhook.organization_id IS 'The organization that is told.';

COMMENT ON COLUMN webhook.url IS 'Where events are posted to.';

COMMENT ON COLUMN webhook.topics IS 'Topics it is told of; empty: all it may know.';

COMMENT ON COLUMN webhook.secret IS 'What its deliveries are signed with; empty once removed.';

COMMENT ON COLUMN webhook.failures IS 'Attempts that failed since one did not.';

COMMENT ON COLUMN webhook.next_attempt_at IS 'Before this, nothing is sent to it.';

COMMENT ON COLUMN webhook.claimed_until IS 'Until when one deliverer has it for itself.';

COMMENT ON COLUMN webhook.removed_at IS 'When it was removed.';

COMMENT ON COLUMN webhook.recorded_at IS 'When this server took the row in.';

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhook FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON webhook TO cabinet_operator;

CREATE POLICY cabinet_operator ON webhook TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, UPDATE ON webhook TO cabinet_deliverer;

CREATE POLICY cabinet_deliverer ON webhook TO cabinet_deliverer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE delivery (
  community_id UUID NOT NULL,
  delivery_id UUID DEFAULT uuidv7() NOT NULL,
  webhook_id UUID NOT NULL,
  outbox_id UUID NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  last_error TEXT,
  waiting_since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  delivered_at TIMESTAMP WITH TIME ZONE,
  dead_at TIMESTAMP WITH TIME ZONE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT delivery_key PRIMARY KEY (community_id, delivery_id),
  CONSTRAINT webhook_id_fk FOREIGN KEY(community_id, webhook_id) REFERENCES webhook (community_id, webhook_id),
  CONSTRAINT outbox_id_fk FOREIGN KEY(community_id, outbox_id) REFERENCES outbox (community_id, outbox_id),
  CONSTRAINT delivery_community_id_webhook_id_outbox_id_once UNIQUE (community_id, webhook_id, outbox_id)
);

CREATE INDEX delivery_dead_idx ON delivery (community_id, dead_at) WHERE dead_at IS NOT NULL;

CREATE INDEX delivery_waiting_idx ON delivery (community_id, webhook_id, outbox_id) WHERE delivered_at IS NULL AND dead_at IS NULL;

COMMENT ON TABLE delivery IS 'One event on its way to one webhook.';

COMMENT ON COLUMN delivery.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN delivery.delivery_id IS 'Key of the delivery, uuid v7.';

COMMENT ON COLUMN delivery.webhook_id IS 'Where it goes.';

COMMENT ON COLUMN delivery.outbox_id IS 'The event.';

COMMENT ON COLUMN delivery.attempts IS 'How often it was tried.';

COMMENT ON COLUMN delivery.last_error IS 'Why it failed when it was last tried.';

COMMENT ON COLUMN delivery.waiting_since IS 'From when on its time runs until it is given up.';

COMMENT ON COLUMN delivery.delivered_at IS 'When the receiver took it.';

COMMENT ON COLUMN delivery.dead_at IS 'When it was given up.';

COMMENT ON COLUMN delivery.recorded_at IS 'When this server took the row in.';

ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE delivery FORCE ROW LEVEL SECURITY;

GRANT SELECT, UPDATE ON delivery TO cabinet_operator;

CREATE POLICY cabinet_operator ON delivery TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON delivery TO cabinet_deliverer;

CREATE POLICY cabinet_deliverer ON delivery TO cabinet_deliverer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
