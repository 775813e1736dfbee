CREATE TABLE code_mapping (
  community_id UUID NOT NULL,
  code_mapping_id UUID DEFAULT uuidv7() NOT NULL,
  format TEXT NOT NULL,
  file TEXT NOT NULL,
  content TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT code_mapping_key PRIMARY KEY (community_id, code_mapping_id),
  CONSTRAINT code_mapping_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX code_mapping_format_idx ON code_mapping (community_id, format, recorded_at);

COMMENT ON TABLE code_mapping IS 'What a community''s own codes mean in files of one format; of several rows the latest counts.';

COMMENT ON COLUMN code_mapping.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN code_mapping.code_mapping_id IS 'Key of the code_mapping, uuid v7.';

COMMENT ON COLUMN code_mapping.format IS 'Name of the format.';

COMMENT ON COLUMN code_mapping.file IS 'Name of the file it was set from, as problems name it.';

COMMENT ON COLUMN code_mapping.content IS 'What stands in that file, TOML; empty: nothing is said any more.';

COMMENT ON COLUMN code_mapping.recorded_at IS 'When this server took the row in.';

ALTER TABLE code_mapping ENABLE ROW LEVEL SECURITY;

ALTER TABLE code_mapping FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON code_mapping TO cabinet_operator;

CREATE POLICY cabinet_operator ON code_mapping TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE supply_record (
  community_id UUID NOT NULL,
  format TEXT NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  payload JSONB NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT supply_record_key PRIMARY KEY (community_id, format, kind, code),
  CONSTRAINT supply_record_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE supply_record IS 'What one format says of an item of the supply and has no column here, kept as received.';

COMMENT ON COLUMN supply_record.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN supply_record.format IS 'Name of the format it was read from.';

COMMENT ON COLUMN supply_record.kind IS 'What the item is: organization, location, program, service.';

COMMENT ON COLUMN supply_record.code IS 'The item''s code in this community.';

COMMENT ON COLUMN supply_record.payload IS 'What is said, by the source''s own names.';

COMMENT ON COLUMN supply_record.recorded_at IS 'When this server took the row in.';

ALTER TABLE supply_record ENABLE ROW LEVEL SECURITY;

ALTER TABLE supply_record FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON supply_record TO cabinet_writer;

CREATE POLICY cabinet_writer ON supply_record TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
