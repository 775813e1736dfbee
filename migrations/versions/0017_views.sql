CREATE TABLE view (
  community_id UUID NOT NULL,
  view_id UUID DEFAULT uuidv7() NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  owner TEXT NOT NULL,
  latest INTEGER NOT NULL,
  shared_with TEXT[] DEFAULT '{}' NOT NULL,
  forked_from UUID,
  forked_version INTEGER,
  archived_at TIMESTAMP WITH TIME ZONE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT view_key PRIMARY KEY (community_id, view_id),
  CONSTRAINT view_forked_whole CHECK ((forked_from IS NULL) = (forked_version IS NULL)),
  CONSTRAINT view_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE view IS 'A question about coverage that somebody saved; it is answered by the rights of who runs it.';

COMMENT ON COLUMN view.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN view.view_id IS 'Key of the view, uuid v7.';

COMMENT ON COLUMN view.name IS 'Name as people know it.';

COMMENT ON COLUMN view.description IS 'What it is for.';

COMMENT ON COLUMN view.owner IS 'Who saved it, as the subject of their token.';

COMMENT ON COLUMN view.latest IS 'Its latest version.';

COMMENT ON COLUMN view.shared_with IS 'CABINET, ROLE:code or PERSON:subject, as many as apply.';

COMMENT ON COLUMN view.forked_from IS 'The view it was made of, perhaps another community''s.';

COMMENT ON COLUMN view.forked_version IS 'Which version of that.';

COMMENT ON COLUMN view.archived_at IS 'When it was put away.';

COMMENT ON COLUMN view.recorded_at IS 'When this server took the row in.';

ALTER TABLE view ENABLE ROW LEVEL SECURITY;

ALTER TABLE view FORCE ROW LEVEL SECURITY;

GRANT SELECT ON view TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON view TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON view TO cabinet_writer;

CREATE POLICY cabinet_writer ON view TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE view_version (
  community_id UUID NOT NULL,
  view_version_id UUID DEFAULT uuidv7() NOT NULL,
  view_id UUID NOT NULL,
  version INTEGER NOT NULL,
  definition JSONB NOT NULL,
  note TEXT,
  made_by TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT view_version_key PRIMARY KEY (community_id, view_version_id),
  CONSTRAINT view_id_fk FOREIGN KEY(community_id, view_id) REFERENCES view (community_id, view_id),
  CONSTRAINT view_version_community_id_view_id_version_once UNIQUE (community_id, view_id, version)
);

COMMENT ON TABLE view_version IS 'What a view asked in one version; it is never changed.';

COMMENT ON COLUMN view_version.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN view_version.view_version_id IS 'Key of the view_version, uuid v7.';

COMMENT ON COLUMN view_version.view_id IS 'The view.';

COMMENT ON COLUMN view_version.version IS 'Its number, from 1.';

COMMENT ON COLUMN view_version.definition IS 'The question, see cabinet.views.definition.';

COMMENT ON COLUMN view_version.note IS 'What changed, in its maker''s words.';

COMMENT ON COLUMN view_version.made_by IS 'Who made it.';

COMMENT ON COLUMN view_version.recorded_at IS 'When this server took the row in.';

ALTER TABLE view_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE view_version FORCE ROW LEVEL SECURITY;

GRANT SELECT ON view_version TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON view_version TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON view_version TO cabinet_writer;

CREATE POLICY cabinet_writer ON view_version TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
