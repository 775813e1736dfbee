DROP TABLE child_alias;

DROP TABLE match_journal;

DROP TABLE settled_match;

DROP TABLE match_decision;

DROP TABLE match_candidate;

REVOKE DELETE ON child, characteristic, child_identifier, consent, encounter, need, referral, source_record, child_identity, child_link, enrollment, match_review, attendance_event, child_year FROM cabinet_writer;

ALTER TABLE match_review DROP COLUMN decided_at;

ALTER TABLE match_review DROP COLUMN decided_by;

ALTER TABLE match_review DROP COLUMN state;

ALTER TABLE match_review DROP COLUMN reason;

ALTER TABLE match_review DROP COLUMN source_record_id;

ALTER TABLE match_review DROP COLUMN child_id;

ALTER TABLE match_review DROP COLUMN format;

COMMENT ON TABLE match_review IS 'A posted row that fits more than one child; kept whole until a person decides.';

COMMENT ON COLUMN match_review.organization_id IS 'The organization that posted it.';

COMMENT ON COLUMN match_review.kind IS 'What was posted: roster, enrollment, encounter.';

UPDATE child_link SET method = 'EXACT_IDENTITY' WHERE method = 'PROBABILISTIC';

ALTER TABLE child_link DROP CONSTRAINT child_link_method_known;

ALTER TABLE child_link ADD CONSTRAINT child_link_method_known
  CHECK (method IN ('IDENTIFIER', 'EXACT_IDENTITY', 'NEW_CHILD', 'MANUAL'));

UPDATE enrollment SET status = 'NOT_ENROLLED' WHERE is_second AND ends IS NULL;

ALTER TABLE enrollment DROP COLUMN is_second;

CREATE UNIQUE INDEX enrollment_one_open ON enrollment (community_id, child_id, program_id) WHERE ends IS NULL AND status IN ('REFERRED', 'WAITLISTED', 'ENROLLED');

ALTER TABLE consent DROP COLUMN source_record_id;

ALTER TABLE referral DROP COLUMN source_record_id;

ALTER TABLE need DROP COLUMN source_record_id;

ALTER TABLE encounter DROP COLUMN source_record_id;

ALTER TABLE attendance_event DROP COLUMN source_record_id;

ALTER TABLE enrollment DROP COLUMN source_record_id;

ALTER TABLE characteristic DROP COLUMN source_record_id;

ALTER TABLE child_year DROP COLUMN source_record_id;

ALTER TABLE child_identifier DROP COLUMN source_record_id;
