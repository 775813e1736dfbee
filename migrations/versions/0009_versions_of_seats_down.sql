ALTER TABLE service_capacity DROP COLUMN record_version;
