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

CREATE TABLE service_type_version (
  community_id UUID NOT NULL,
  service_type_id UUID NOT NULL,
  version INTEGER NOT NULL,
  definition JSONB NOT NULL,
  replaced_by TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT service_type_version_key PRIMARY KEY (community_id, service_type_id, version),
  CONSTRAINT service_type_id_fk FOREIGN KEY(community_id, service_type_id) REFERENCES service_type (community_id, service_type_id)
);

COMMENT ON TABLE service_type_version IS 'What a version of a service type said, kept when the next one took its place.';

COMMENT ON COLUMN service_type_version.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN service_type_version.service_type_id IS 'The service type.';

COMMENT ON COLUMN service_type_version.version IS 'The version that was replaced.';

COMMENT ON COLUMN service_type_version.definition IS 'Ages, grades, rule of need, recency and dosage, as they were.';

COMMENT ON COLUMN service_type_version.replaced_by IS 'Subject of who changed it.';

COMMENT ON COLUMN service_type_version.recorded_at IS 'When this server took the row in.';

ALTER TABLE service_type_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE service_type_version FORCE ROW LEVEL SECURITY;

GRANT SELECT ON service_type_version TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON service_type_version TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON service_type_version TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON service_type_version TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT ON service_type_version TO cabinet_writer;

CREATE POLICY cabinet_writer ON service_type_version TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
