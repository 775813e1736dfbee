COMMENT ON COLUMN withdrawn_record.recorded_at IS 'When this server took the row in.';

ALTER TABLE withdrawn_record
  DROP COLUMN kind,
  DROP COLUMN service_type_id,
  DROP COLUMN day,
  DROP COLUMN closed,
  DROP COLUMN said,
  DROP COLUMN code,
  DROP COLUMN recipient;
