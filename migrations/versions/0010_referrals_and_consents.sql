ALTER TABLE source_record ADD COLUMN record_version BIGINT;

COMMENT ON COLUMN source_record.record_version IS 'Its version, where the source has versions.';

ALTER TABLE need DROP CONSTRAINT need_basis_known;

ALTER TABLE need ADD CONSTRAINT need_basis_known CHECK (basis IN ('SCREENING', 'REFERRAL', 'IEP_SERVICE', 'REQUEST', 'DIAGNOSIS'));

CREATE TABLE referral (
  community_id UUID NOT NULL,
  referral_id UUID DEFAULT uuidv7() NOT NULL,
  child_id UUID NOT NULL,
  service_type_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  status TEXT NOT NULL,
  sent DATE NOT NULL,
  closed DATE,
  recipient TEXT,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT referral_key PRIMARY KEY (community_id, referral_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT service_type_id_fk FOREIGN KEY(community_id, service_type_id) REFERENCES service_type (community_id, service_type_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT referral_status_known CHECK (status IN ('SENT', 'ACCEPTED', 'DECLINED', 'COMPLETED', 'CANCELLED')),
  CONSTRAINT referral_closed_not_before_sent CHECK (closed >= sent),
  CONSTRAINT referral_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id)
);

CREATE INDEX referral_child_idx ON referral (community_id, child_id);

COMMENT ON TABLE referral IS 'A child sent to somebody for a kind of service, and what became of it.';

COMMENT ON COLUMN referral.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN referral.referral_id IS 'Key of the referral, uuid v7.';

COMMENT ON COLUMN referral.child_id IS 'The child.';

COMMENT ON COLUMN referral.service_type_id IS 'The kind of service the child was sent for.';

COMMENT ON COLUMN referral.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN referral.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN referral.status IS 'Where the referral stands.';

COMMENT ON COLUMN referral.sent IS 'Day it was sent.';

COMMENT ON COLUMN referral.closed IS 'Day it was declined, completed or taken back; empty: open.';

COMMENT ON COLUMN referral.recipient IS 'Whom the child was sent to, as its source writes it.';

COMMENT ON COLUMN referral.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN referral.record_version IS 'The highest version received.';

COMMENT ON COLUMN referral.content_hash IS 'SHA-256 of what that version said.';

COMMENT ON COLUMN referral.recorded_at IS 'When this server took the row in.';

ALTER TABLE referral ENABLE ROW LEVEL SECURITY;

ALTER TABLE referral FORCE ROW LEVEL SECURITY;

GRANT SELECT ON referral TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON referral TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, referral_id, child_id, service_type_id, organization_id, sector, status, sent, closed, recipient) ON referral TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON referral TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON referral TO cabinet_writer;

CREATE POLICY cabinet_writer ON referral TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE consent (
  community_id UUID NOT NULL,
  consent_id UUID DEFAULT uuidv7() NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  decision TEXT NOT NULL,
  begins DATE NOT NULL,
  ends DATE,
  payload JSONB NOT NULL,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT consent_key PRIMARY KEY (community_id, consent_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT consent_decision_known CHECK (decision IN ('PERMIT', 'DENY')),
  CONSTRAINT consent_ends_not_before_begins CHECK (ends >= begins),
  CONSTRAINT consent_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id)
);

CREATE INDEX consent_child_idx ON consent (community_id, child_id);

COMMENT ON TABLE consent IS 'A permission or denial to share what is known of a child. It is kept, and not enforced yet.';

COMMENT ON COLUMN consent.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN consent.consent_id IS 'Key of the consent, uuid v7.';

COMMENT ON COLUMN consent.child_id IS 'The child.';

COMMENT ON COLUMN consent.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN consent.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN consent.decision IS 'PERMIT, or DENY if it denies anything at all.';

COMMENT ON COLUMN consent.begins IS 'First day it holds.';

COMMENT ON COLUMN consent.ends IS 'Last day it holds; empty: until it is revoked.';

COMMENT ON COLUMN consent.payload IS 'Purposes, recipients and exceptions, as received.';

COMMENT ON COLUMN consent.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN consent.record_version IS 'The highest version received.';

COMMENT ON COLUMN consent.content_hash IS 'SHA-256 of what that version said.';

COMMENT ON COLUMN consent.recorded_at IS 'When this server took the row in.';

ALTER TABLE consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE consent FORCE ROW LEVEL SECURITY;

GRANT SELECT ON consent TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON consent TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE ON consent TO cabinet_writer;

CREATE POLICY cabinet_writer ON consent TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
