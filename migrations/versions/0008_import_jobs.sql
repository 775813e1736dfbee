CREATE TABLE import_job (
  community_id UUID NOT NULL,
  import_job_id UUID DEFAULT uuidv7() NOT NULL,
  organization_id UUID NOT NULL,
  subject TEXT NOT NULL,
  format TEXT NOT NULL,
  file TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  folder UUID NOT NULL,
  state TEXT DEFAULT 'RECEIVED' NOT NULL,
  runner UUID,
  tries INTEGER DEFAULT 0 NOT NULL,
  alive_at TIMESTAMP WITH TIME ZONE,
  posted BIGINT DEFAULT 0 NOT NULL,
  oddities BIGINT DEFAULT 0 NOT NULL,
  remarks BIGINT DEFAULT 0 NOT NULL,
  created BIGINT DEFAULT 0 NOT NULL,
  updated BIGINT DEFAULT 0 NOT NULL,
  unchanged BIGINT DEFAULT 0 NOT NULL,
  needs_review BIGINT DEFAULT 0 NOT NULL,
  rejected BIGINT DEFAULT 0 NOT NULL,
  error_code TEXT,
  error_message TEXT,
  error_hint TEXT,
  started_at TIMESTAMP WITH TIME ZONE,
  finished_at TIMESTAMP WITH TIME ZONE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT import_job_key PRIMARY KEY (community_id, import_job_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT import_job_state_known CHECK (state IN ('RECEIVED', 'RUNNING', 'DONE', 'FAILED', 'CANCELED'))
);

CREATE INDEX import_job_subject_idx ON import_job (community_id, subject, import_job_id);

CREATE INDEX import_job_waiting_idx ON import_job (community_id, folder) WHERE state IN ('RECEIVED', 'RUNNING');

COMMENT ON TABLE import_job IS 'A file that was sent in, and how far it has been taken in.';

COMMENT ON COLUMN import_job.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN import_job.import_job_id IS 'Key of the import_job, uuid v7.';

COMMENT ON COLUMN import_job.organization_id IS 'The organization whose records these are.';

COMMENT ON COLUMN import_job.subject IS 'Who sent it: `sub` of the token.';

COMMENT ON COLUMN import_job.format IS 'Name of the format it is read as.';

COMMENT ON COLUMN import_job.file IS 'Its name, as remarks name it.';

COMMENT ON COLUMN import_job.bytes IS 'Its size.';

COMMENT ON COLUMN import_job.folder IS 'The data folder it waits in; who has that folder takes it in.';

COMMENT ON COLUMN import_job.state IS 'Where the job stands.';

COMMENT ON COLUMN import_job.runner IS 'Who is at work on it; only that one writes its progress.';

COMMENT ON COLUMN import_job.tries IS 'Times it was begun since it last got on.';

COMMENT ON COLUMN import_job.alive_at IS 'The runner''s last sign of life.';

COMMENT ON COLUMN import_job.posted IS 'Rows the intake has answered; it goes on after them.';

COMMENT ON COLUMN import_job.oddities IS 'The same of the reader''s own remarks.';

COMMENT ON COLUMN import_job.remarks IS 'Remarks kept.';

COMMENT ON COLUMN import_job.created IS 'Rows that made a record.';

COMMENT ON COLUMN import_job.updated IS 'Rows that changed a record.';

COMMENT ON COLUMN import_job.unchanged IS 'Rows that were known already.';

COMMENT ON COLUMN import_job.needs_review IS 'Rows that wait for a person.';

COMMENT ON COLUMN import_job.rejected IS 'Rows that were not taken, unreadable ones included.';

COMMENT ON COLUMN import_job.error_code IS 'With FAILED: the code of the error that ended it.';

COMMENT ON COLUMN import_job.error_message IS 'With FAILED: what it says.';

COMMENT ON COLUMN import_job.error_hint IS 'With FAILED: what to do about it.';

COMMENT ON COLUMN import_job.started_at IS 'When the first row was read.';

COMMENT ON COLUMN import_job.finished_at IS 'When it was done, failed or canceled.';

COMMENT ON COLUMN import_job.recorded_at IS 'When this server took the row in.';

ALTER TABLE import_job ENABLE ROW LEVEL SECURITY;

ALTER TABLE import_job FORCE ROW LEVEL SECURITY;

GRANT SELECT ON import_job TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON import_job TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND subject = app_subject() AND organization_id = ANY (app_organizations())) WITH CHECK (community_id = ANY (app_communities()) AND subject = app_subject() AND organization_id = ANY (app_organizations()));

GRANT SELECT, INSERT, UPDATE ON import_job TO cabinet_writer;

CREATE POLICY cabinet_writer ON import_job TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE import_remark (
  community_id UUID NOT NULL,
  import_job_id UUID NOT NULL,
  number BIGINT NOT NULL,
  organization_id UUID NOT NULL,
  subject TEXT NOT NULL,
  file TEXT NOT NULL,
  line BIGINT NOT NULL,
  field TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  hint TEXT NOT NULL,
  times BIGINT NOT NULL,
  is_rejection BOOLEAN NOT NULL,
  CONSTRAINT import_remark_key PRIMARY KEY (community_id, import_job_id, number),
  CONSTRAINT import_job_id_fk FOREIGN KEY(community_id, import_job_id) REFERENCES import_job (community_id, import_job_id)
);

COMMENT ON TABLE import_remark IS 'Why a row of a file was not taken, or what was odd about it.';

COMMENT ON COLUMN import_remark.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN import_remark.import_job_id IS 'The job.';

COMMENT ON COLUMN import_remark.number IS 'Its place among the job''s remarks.';

COMMENT ON COLUMN import_remark.organization_id IS 'The organization of the job.';

COMMENT ON COLUMN import_remark.subject IS 'Who sent the file.';

COMMENT ON COLUMN import_remark.file IS 'The file it is about: of a zip, the one inside.';

COMMENT ON COLUMN import_remark.line IS 'The line, or the place among the file''s items.';

COMMENT ON COLUMN import_remark.field IS 'The column; empty: the whole row.';

COMMENT ON COLUMN import_remark.code IS 'Code of the error.';

COMMENT ON COLUMN import_remark.message IS 'What is wrong; it may hold a value as it was sent.';

COMMENT ON COLUMN import_remark.hint IS 'What to do about it.';

COMMENT ON COLUMN import_remark.times IS 'Times it was met; the place is that of the first.';

COMMENT ON COLUMN import_remark.is_rejection IS 'Whether the row was not taken.';

ALTER TABLE import_remark ENABLE ROW LEVEL SECURITY;

ALTER TABLE import_remark FORCE ROW LEVEL SECURITY;

GRANT SELECT ON import_remark TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON import_remark TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND subject = app_subject() AND organization_id = ANY (app_organizations())) WITH CHECK (community_id = ANY (app_communities()) AND subject = app_subject() AND organization_id = ANY (app_organizations()));

GRANT SELECT, INSERT, UPDATE ON import_remark TO cabinet_writer;

CREATE POLICY cabinet_writer ON import_remark TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
