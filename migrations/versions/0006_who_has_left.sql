ALTER TABLE child_year ADD COLUMN ends DATE;

ALTER TABLE child_year ADD COLUMN exit_reason TEXT;

ALTER TABLE child_year ADD CONSTRAINT child_year_left_has_end CHECK (exit_reason IS NULL OR ends IS NOT NULL);

COMMENT ON COLUMN child_year.ends IS 'Last day there; empty: has not left.';

COMMENT ON COLUMN child_year.exit_reason IS 'Why the child is there no more.';

GRANT SELECT (ends, exit_reason) ON child_year TO cabinet_reader_aggregate;
