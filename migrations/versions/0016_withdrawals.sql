CREATE TABLE withdrawn_record (
  community_id UUID NOT NULL,
  withdrawn_record_id UUID DEFAULT uuidv7() NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  source_record_id UUID,
  entity TEXT NOT NULL,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  reason TEXT,
  child_id UUID,
  payload JSONB,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT withdrawn_record_key PRIMARY KEY (community_id, withdrawn_record_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT withdrawn_record_community_id_organization_id_entity_re_0c85 UNIQUE (community_id, organization_id, entity, record_id)
);

COMMENT ON TABLE withdrawn_record IS 'A record that its source has withdrawn, as it stood. A higher version of the record stands again.';

COMMENT ON COLUMN withdrawn_record.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN withdrawn_record.withdrawn_record_id IS 'Key of the withdrawn_record, uuid v7.';

COMMENT ON COLUMN withdrawn_record.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN withdrawn_record.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN withdrawn_record.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

COMMENT ON COLUMN withdrawn_record.entity IS 'Table the record stood in.';

COMMENT ON COLUMN withdrawn_record.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN withdrawn_record.record_version IS 'The version that withdrew it.';

COMMENT ON COLUMN withdrawn_record.reason IS 'Why, in its source''s words.';

COMMENT ON COLUMN withdrawn_record.child_id IS 'The child; empty: withdrawn before it arrived.';

COMMENT ON COLUMN withdrawn_record.payload IS 'The row as it stood; empty: withdrawn before it arrived.';

COMMENT ON COLUMN withdrawn_record.recorded_at IS 'When this server took the row in.';

ALTER TABLE withdrawn_record ENABLE ROW LEVEL SECURITY;

ALTER TABLE withdrawn_record FORCE ROW LEVEL SECURITY;

GRANT SELECT ON withdrawn_record TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON withdrawn_record TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE, DELETE ON withdrawn_record TO cabinet_writer;

CREATE POLICY cabinet_writer ON withdrawn_record TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
