COMMENT ON TABLE attendance_event IS 'One day of one enrollment.';

DROP INDEX attendance_event_day_idx;

ALTER TABLE attendance_event
  DROP CONSTRAINT attendance_event_community_id_organization_id_record_id_once,
  DROP CONSTRAINT attendance_event_category_known,
  ADD CONSTRAINT attendance_event_category_known CHECK (category IN ('PRESENT', 'TARDY', 'EXCUSED_ABSENCE', 'UNEXCUSED_ABSENCE')),
  ADD CONSTRAINT attendance_event_community_id_enrollment_id_attended_on_once UNIQUE (community_id, enrollment_id, attended_on),
  DROP COLUMN session,
  DROP COLUMN record_id,
  DROP COLUMN record_version,
  DROP COLUMN content_hash;
