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
