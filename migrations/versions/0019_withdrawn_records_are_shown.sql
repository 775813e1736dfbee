ALTER TABLE withdrawn_record
  ADD COLUMN kind TEXT,
  ADD COLUMN service_type_id UUID,
  ADD COLUMN day DATE,
  ADD COLUMN closed DATE,
  ADD COLUMN said TEXT,
  ADD COLUMN code TEXT,
  ADD COLUMN recipient TEXT;

ALTER TABLE withdrawn_record NO FORCE ROW LEVEL SECURITY;

UPDATE withdrawn_record SET
  kind = CASE entity WHEN 'attendance_event' THEN 'ATTENDANCE' ELSE upper(entity) END,
  service_type_id = (payload ->> 'service_type_id')::uuid,
  day = coalesce(payload ->> 'attended_on', payload ->> 'occurred_on', payload ->> 'opened', payload ->> 'sent')::date,
  closed = coalesce(payload ->> 'resolved', payload ->> 'closed')::date,
  said = coalesce(payload ->> 'category', payload ->> 'kind', payload ->> 'basis', payload ->> 'status'),
  code = payload ->> 'code',
  recipient = payload ->> 'recipient';

ALTER TABLE withdrawn_record FORCE ROW LEVEL SECURITY;

ALTER TABLE withdrawn_record
  ALTER COLUMN kind SET NOT NULL,
  ADD CONSTRAINT withdrawn_record_kind_known CHECK (kind IN ('ATTENDANCE', 'ENCOUNTER', 'NEED', 'REFERRAL')),
  ADD CONSTRAINT service_type_id_fk FOREIGN KEY (community_id, service_type_id) REFERENCES service_type (community_id, service_type_id);

COMMENT ON COLUMN withdrawn_record.recorded_at IS 'When it was taken out.';

COMMENT ON COLUMN withdrawn_record.kind IS 'What kind of record it was.';

COMMENT ON COLUMN withdrawn_record.service_type_id IS 'The kind of service it was about, where it was about one.';

COMMENT ON COLUMN withdrawn_record.day IS 'The day it was about, or the first one; empty: withdrawn before it arrived.';

COMMENT ON COLUMN withdrawn_record.closed IS 'Day on which a need or a referral was over, if it was.';

COMMENT ON COLUMN withdrawn_record.said IS 'Its category, kind of contact, basis or status, as it stood.';

COMMENT ON COLUMN withdrawn_record.code IS 'Of an encounter: code at its source, as system|code.';

COMMENT ON COLUMN withdrawn_record.recipient IS 'Of a referral: whom the child was sent to, as its source writes it.';
