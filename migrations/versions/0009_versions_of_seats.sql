ALTER TABLE service_capacity ADD COLUMN record_version BIGINT DEFAULT 1 NOT NULL;

COMMENT ON COLUMN service_capacity.record_version IS 'The highest version of them received.';
