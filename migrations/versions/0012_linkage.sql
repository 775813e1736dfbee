ALTER TABLE child_identity ADD COLUMN guardians TEXT[] DEFAULT '{}' NOT NULL;

COMMENT ON COLUMN child_identity.guardians IS 'Names of parents and guardians.';

ALTER TABLE child_identity ADD COLUMN phones TEXT[] DEFAULT '{}' NOT NULL;

COMMENT ON COLUMN child_identity.phones IS 'Telephone numbers of the home.';

ALTER TABLE child_link ADD COLUMN model_version INTEGER;

COMMENT ON COLUMN child_link.model_version IS 'Version of the model that decided, if one did.';

CREATE TABLE linkage_model (
  community_id UUID NOT NULL,
  version INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  records JSONB NOT NULL,
  trained_by TEXT NOT NULL,
  trained_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  in_use BOOLEAN DEFAULT false NOT NULL,
  used_by TEXT,
  used_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT linkage_model_key PRIMARY KEY (community_id, version),
  CONSTRAINT linkage_model_version_counts CHECK (version > 0),
  CONSTRAINT linkage_model_used_whole CHECK ((used_at IS NULL) = (used_by IS NULL) AND (used_at IS NOT NULL OR NOT in_use)),
  CONSTRAINT linkage_model_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE UNIQUE INDEX linkage_model_one_in_use ON linkage_model (community_id) WHERE in_use;

COMMENT ON TABLE linkage_model IS 'Parameters of record linkage that a community''s records have taught. It holds no name.';

COMMENT ON COLUMN linkage_model.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN linkage_model.version IS '1, 2 ... in the community.';

COMMENT ON COLUMN linkage_model.parameters IS 'The parameters, JSON as cabinet.linkage.model writes it.';

COMMENT ON COLUMN linkage_model.records IS 'Numbers of records it was learned from, by source.';

COMMENT ON COLUMN linkage_model.trained_by IS 'Who had it trained.';

COMMENT ON COLUMN linkage_model.trained_at IS 'When.';

COMMENT ON COLUMN linkage_model.in_use IS 'Whether rows are matched by it.';

COMMENT ON COLUMN linkage_model.used_by IS 'Who put it to use last.';

COMMENT ON COLUMN linkage_model.used_at IS 'When.';

ALTER TABLE linkage_model ENABLE ROW LEVEL SECURITY;

ALTER TABLE linkage_model FORCE ROW LEVEL SECURITY;

GRANT SELECT ON linkage_model TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON linkage_model TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON linkage_model TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON linkage_model TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON linkage_model TO cabinet_writer;

CREATE POLICY cabinet_writer ON linkage_model TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child_comparison (
  community_id UUID NOT NULL,
  source_record_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  form INTEGER NOT NULL,
  features JSONB NOT NULL,
  given TEXT,
  family TEXT,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT child_comparison_key PRIMARY KEY (community_id, source_record_id),
  CONSTRAINT source_record_id_fk FOREIGN KEY(community_id, source_record_id) REFERENCES source_record (community_id, source_record_id)
);

CREATE INDEX child_comparison_family_idx ON child_comparison (community_id, family);

CREATE INDEX child_comparison_given_idx ON child_comparison (community_id, given);

COMMENT ON TABLE child_comparison IS 'A source record as it is compared with others. Made of what it says, where a model is in use.';

COMMENT ON COLUMN child_comparison.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child_comparison.source_record_id IS 'The source record.';

COMMENT ON COLUMN child_comparison.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN child_comparison.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN child_comparison.form IS 'Version of the features: of what is compared, and how.';

COMMENT ON COLUMN child_comparison.features IS 'What is compared, by the fields of cabinet.linkage.features.';

COMMENT ON COLUMN child_comparison.given IS 'Given name as compared, to be counted.';

COMMENT ON COLUMN child_comparison.family IS 'Family name as compared, to be counted.';

COMMENT ON COLUMN child_comparison.recorded_at IS 'When this server took the row in.';

ALTER TABLE child_comparison ENABLE ROW LEVEL SECURITY;

ALTER TABLE child_comparison FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child_comparison TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child_comparison TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE, DELETE ON child_comparison TO cabinet_writer;

CREATE POLICY cabinet_writer ON child_comparison TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE comparison_key (
  community_id UUID NOT NULL,
  key BIGINT NOT NULL,
  source_record_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  CONSTRAINT comparison_key_key PRIMARY KEY (community_id, key, source_record_id),
  CONSTRAINT source_record_id_fk FOREIGN KEY(community_id, source_record_id) REFERENCES source_record (community_id, source_record_id)
);

CREATE INDEX comparison_key_record_idx ON comparison_key (community_id, source_record_id);

COMMENT ON TABLE comparison_key IS 'What a record shares with others that are worth comparing with it: name, birth date, address, telephone ...';

COMMENT ON COLUMN comparison_key.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN comparison_key.key IS 'Hash of one of its keys (cabinet.linkage.features).';

COMMENT ON COLUMN comparison_key.source_record_id IS 'The source record.';

COMMENT ON COLUMN comparison_key.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN comparison_key.sector IS 'Sector of that organization''s record.';

ALTER TABLE comparison_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE comparison_key FORCE ROW LEVEL SECURITY;

GRANT SELECT ON comparison_key TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON comparison_key TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE, DELETE ON comparison_key TO cabinet_writer;

CREATE POLICY cabinet_writer ON comparison_key TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE linkage_quality (
  community_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  other_organization_id UUID NOT NULL,
  version INTEGER NOT NULL,
  as_of TIMESTAMP WITH TIME ZONE NOT NULL,
  records INTEGER NOT NULL,
  other_records INTEGER NOT NULL,
  linked INTEGER NOT NULL,
  for_review INTEGER NOT NULL,
  precision FLOAT NOT NULL,
  recall FLOAT NOT NULL,
  recall_with_review FLOAT NOT NULL,
  CONSTRAINT linkage_quality_key PRIMARY KEY (community_id, organization_id, other_organization_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT other_organization_id_fk FOREIGN KEY(community_id, other_organization_id) REFERENCES organization (community_id, organization_id)
);

COMMENT ON TABLE linkage_quality IS 'How well two sources'' records are expected to be linked, by the last run over all of them.';

COMMENT ON COLUMN linkage_quality.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN linkage_quality.organization_id IS 'One source.';

COMMENT ON COLUMN linkage_quality.other_organization_id IS 'The other source.';

COMMENT ON COLUMN linkage_quality.version IS 'Version of the model.';

COMMENT ON COLUMN linkage_quality.as_of IS 'When the records were matched.';

COMMENT ON COLUMN linkage_quality.records IS 'Records of the one source.';

COMMENT ON COLUMN linkage_quality.other_records IS 'Records of the other source.';

COMMENT ON COLUMN linkage_quality.linked IS 'Pairs of their records that are one child''s.';

COMMENT ON COLUMN linkage_quality.for_review IS 'Pairs a person has to look at.';

COMMENT ON COLUMN linkage_quality.precision IS 'Share of the linked pairs that is expected to be true.';

COMMENT ON COLUMN linkage_quality.recall IS 'Share of the true pairs that is expected to be linked.';

COMMENT ON COLUMN linkage_quality.recall_with_review IS 'The same when people find those in review.';

ALTER TABLE linkage_quality ENABLE ROW LEVEL SECURITY;

ALTER TABLE linkage_quality FORCE ROW LEVEL SECURITY;

GRANT SELECT ON linkage_quality TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON linkage_quality TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON linkage_quality TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON linkage_quality TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON linkage_quality TO cabinet_writer;

CREATE POLICY cabinet_writer ON linkage_quality TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
