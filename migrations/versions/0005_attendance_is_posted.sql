ALTER TABLE attendance_event
  ADD COLUMN session TEXT,
  ADD COLUMN record_id TEXT NOT NULL,
  ADD COLUMN record_version BIGINT NOT NULL,
  ADD COLUMN content_hash TEXT NOT NULL,
  DROP CONSTRAINT attendance_event_community_id_enrollment_id_attended_on_once,
  DROP CONSTRAINT attendance_event_category_known,
  ADD CONSTRAINT attendance_event_category_known CHECK (category IN ('PRESENT', 'TARDY', 'ABSENT', 'EXCUSED_ABSENCE', 'UNEXCUSED_ABSENCE')),
  ADD CONSTRAINT attendance_event_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id);

CREATE INDEX attendance_event_day_idx ON attendance_event (community_id, enrollment_id, attended_on);

COMMENT ON TABLE attendance_event IS 'One day of one enrollment, or one session of that day.';

COMMENT ON COLUMN attendance_event.session IS 'Which session, in its source''s own words.';

COMMENT ON COLUMN attendance_event.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN attendance_event.record_version IS 'The highest version received.';

COMMENT ON COLUMN attendance_event.content_hash IS 'SHA-256 of what that version said.';
