ALTER TABLE import_job ADD COLUMN passed_over BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE import_job ADD COLUMN rows_read BIGINT DEFAULT 0 NOT NULL;

UPDATE import_job SET rows_read = created + updated + unchanged + needs_review + rejected;

COMMENT ON COLUMN import_job.passed_over IS 'Rows that came to nothing beside what stands.';

COMMENT ON COLUMN import_job.rows_read IS 'Rows of the file so far, unreadable ones included.';

COMMENT ON COLUMN import_job.posted IS 'Rows the intake has answered.';

COMMENT ON COLUMN import_job.oddities IS 'Remarks of the reader''s own that were kept.';

COMMENT ON COLUMN import_remark.number IS 'Its place among the job''s remarks; below zero: told once.';
