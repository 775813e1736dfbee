CREATE TABLE named_population (
  community_id UUID NOT NULL,
  code TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  definition JSONB NOT NULL,
  retired BOOLEAN DEFAULT false NOT NULL,
  saved_by TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT named_population_key PRIMARY KEY (community_id, code, version),
  CONSTRAINT named_population_version_positive CHECK (version > 0),
  CONSTRAINT named_population_code_plain CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  CONSTRAINT named_population_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE named_population IS 'A version of a population under a name; what a version said stays.';

COMMENT ON COLUMN named_population.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN named_population.code IS 'The population''s code.';

COMMENT ON COLUMN named_population.version IS '1, and one more with each change.';

COMMENT ON COLUMN named_population.name IS 'Name as people know it.';

COMMENT ON COLUMN named_population.description IS 'What it is for.';

COMMENT ON COLUMN named_population.definition IS 'The AND / OR / NOT of its conditions.';

COMMENT ON COLUMN named_population.retired IS 'Whether it is out of use from this version on.';

COMMENT ON COLUMN named_population.saved_by IS 'Subject of who saved it.';

COMMENT ON COLUMN named_population.recorded_at IS 'When this server took the row in.';

ALTER TABLE named_population ENABLE ROW LEVEL SECURITY;

ALTER TABLE named_population FORCE ROW LEVEL SECURITY;

GRANT SELECT ON named_population TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON named_population TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON named_population TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON named_population TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT ON named_population TO cabinet_writer;

CREATE POLICY cabinet_writer ON named_population TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
