REVOKE DELETE ON attendance_event, encounter, need, referral FROM cabinet_writer;

DROP TABLE withdrawn_record;
