ALTER TABLE child_identifier ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN child_identifier.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE child_year ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN child_year.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE characteristic ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN characteristic.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE enrollment ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN enrollment.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE attendance_event ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN attendance_event.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE encounter ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN encounter.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE need ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN need.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE referral ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN referral.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE consent ADD COLUMN source_record_id UUID;

COMMENT ON COLUMN consent.source_record_id IS 'The source record whose child it is about; empty: said by our reference, or by no one record.';

ALTER TABLE enrollment ADD COLUMN is_second BOOLEAN DEFAULT false NOT NULL;

COMMENT ON COLUMN enrollment.is_second IS 'Whether it was open beside another of the program when two children were found to be one.';

DROP INDEX enrollment_one_open;

CREATE UNIQUE INDEX enrollment_one_open ON enrollment (community_id, child_id, program_id) WHERE ends IS NULL AND NOT is_second AND status IN ('REFERRED', 'WAITLISTED', 'ENROLLED');

ALTER TABLE child_link DROP CONSTRAINT child_link_method_known;

ALTER TABLE child_link ADD CONSTRAINT child_link_method_known CHECK (method IN ('IDENTIFIER', 'EXACT_IDENTITY', 'NEW_CHILD', 'PROBABILISTIC', 'MANUAL'));

ALTER TABLE match_review ADD COLUMN format TEXT DEFAULT 'post' NOT NULL;

ALTER TABLE match_review ADD COLUMN child_id UUID;

ALTER TABLE match_review ADD COLUMN source_record_id UUID;

ALTER TABLE match_review ADD COLUMN reason TEXT DEFAULT 'SEVERAL_CHILDREN' NOT NULL;

ALTER TABLE match_review ADD COLUMN state TEXT DEFAULT 'OPEN' NOT NULL;

ALTER TABLE match_review ADD COLUMN decided_by TEXT;

ALTER TABLE match_review ADD COLUMN decided_at TIMESTAMP WITH TIME ZONE;

COMMENT ON COLUMN match_review.organization_id IS 'The organization whose record it is.';

COMMENT ON COLUMN match_review.kind IS 'What was posted: child, enrollment, encounter.';

COMMENT ON COLUMN match_review.format IS 'What it was read from: post, oneroster, fhir ...';

COMMENT ON COLUMN match_review.child_id IS 'Whom it counts for meanwhile; empty: it waits.';

COMMENT ON COLUMN match_review.source_record_id IS 'The record in doubt; empty: it waits.';

COMMENT ON COLUMN match_review.reason IS 'Why a person has to look at it.';

COMMENT ON COLUMN match_review.state IS 'Whether it was decided.';

COMMENT ON COLUMN match_review.decided_by IS 'Who decided.';

COMMENT ON COLUMN match_review.decided_at IS 'When.';

COMMENT ON TABLE match_review IS 'A row or record that may be about more than one child; kept whole until a person decides.';

ALTER TABLE match_review ADD CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id);

ALTER TABLE match_review ADD CONSTRAINT source_record_id_fk FOREIGN KEY(community_id, source_record_id) REFERENCES source_record (community_id, source_record_id);

ALTER TABLE match_review ADD CONSTRAINT match_review_reason_known CHECK (reason IN ('SEVERAL_CHILDREN', 'IDENTIFIER_CONTRADICTED', 'LIKELY'));

ALTER TABLE match_review ADD CONSTRAINT match_review_state_known CHECK (state IN ('OPEN', 'DECIDED'));

ALTER TABLE match_review ADD CONSTRAINT match_review_decided_whole CHECK ((state = 'DECIDED') = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by IS NULL));

CREATE INDEX match_review_child_idx ON match_review (community_id, child_id);

CREATE INDEX match_review_state_idx ON match_review (community_id, state, match_review_id);

GRANT DELETE ON child, characteristic, child_identifier, consent, encounter, need, referral, source_record, child_identity, child_link, enrollment, match_review, attendance_event, child_year TO cabinet_writer;

CREATE TABLE match_candidate (
  community_id UUID NOT NULL,
  match_review_id UUID NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  probability FLOAT,
  weight FLOAT,
  reasons JSONB DEFAULT '[]' NOT NULL,
  remarks JSONB DEFAULT '[]' NOT NULL,
  model_version TEXT,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT match_candidate_key PRIMARY KEY (community_id, match_review_id, child_id),
  CONSTRAINT match_review_id_fk FOREIGN KEY(community_id, match_review_id) REFERENCES match_review (community_id, match_review_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT match_candidate_probability_is_one CHECK (probability BETWEEN 0 AND 1)
);

CREATE INDEX match_candidate_child_idx ON match_candidate (community_id, child_id);

COMMENT ON TABLE match_candidate IS 'A child that the record of a review may be about, and what speaks for it.';

COMMENT ON COLUMN match_candidate.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN match_candidate.match_review_id IS 'The review.';

COMMENT ON COLUMN match_candidate.child_id IS 'The child it may be.';

COMMENT ON COLUMN match_candidate.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN match_candidate.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN match_candidate.probability IS 'That it is this child; empty: by exact rules.';

COMMENT ON COLUMN match_candidate.weight IS 'In bits, against a stranger; empty: by exact rules.';

COMMENT ON COLUMN match_candidate.reasons IS 'What was found, a list of {says, bits}.';

COMMENT ON COLUMN match_candidate.remarks IS 'The rules that leave it to a person, a list.';

COMMENT ON COLUMN match_candidate.model_version IS 'Version of the model; empty: exact rules.';

COMMENT ON COLUMN match_candidate.recorded_at IS 'When this server took the row in.';

ALTER TABLE match_candidate ENABLE ROW LEVEL SECURITY;

ALTER TABLE match_candidate FORCE ROW LEVEL SECURITY;

GRANT SELECT ON match_candidate TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON match_candidate TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE, DELETE ON match_candidate TO cabinet_writer;

CREATE POLICY cabinet_writer ON match_candidate TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE match_decision (
  community_id UUID NOT NULL,
  match_decision_id UUID DEFAULT uuidv7() NOT NULL,
  act TEXT NOT NULL,
  match_review_id UUID,
  child_id UUID NOT NULL,
  other_child_id UUID,
  note TEXT,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  undone_by TEXT,
  undone_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT match_decision_key PRIMARY KEY (community_id, match_decision_id),
  CONSTRAINT match_review_id_fk FOREIGN KEY(community_id, match_review_id) REFERENCES match_review (community_id, match_review_id),
  CONSTRAINT match_decision_act_known CHECK (act IN ('DECIDE', 'MERGE', 'SPLIT')),
  CONSTRAINT match_decision_undone_whole CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT match_decision_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX match_decision_review_idx ON match_decision (community_id, match_review_id);

COMMENT ON TABLE match_decision IS 'One act on who is the same child: by a person, or by the model in batch.';

COMMENT ON COLUMN match_decision.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN match_decision.match_decision_id IS 'Key of the match_decision, uuid v7.';

COMMENT ON COLUMN match_decision.act IS 'What was done.';

COMMENT ON COLUMN match_decision.match_review_id IS 'The review it answers, if it does.';

COMMENT ON COLUMN match_decision.child_id IS 'The child whose records were given away, or taken in.';

COMMENT ON COLUMN match_decision.other_child_id IS 'The other child of the act, if there is one.';

COMMENT ON COLUMN match_decision.note IS 'Why, in the words of who decided.';

COMMENT ON COLUMN match_decision.decided_by IS 'Who or what decided.';

COMMENT ON COLUMN match_decision.decided_at IS 'When.';

COMMENT ON COLUMN match_decision.undone_by IS 'Who undid it.';

COMMENT ON COLUMN match_decision.undone_at IS 'When it was undone.';

ALTER TABLE match_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE match_decision FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON match_decision TO cabinet_writer;

CREATE POLICY cabinet_writer ON match_decision TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE settled_match (
  community_id UUID NOT NULL,
  match_decision_id UUID NOT NULL,
  source_record_id UUID NOT NULL,
  other_record_id UUID NOT NULL,
  is_same BOOLEAN NOT NULL,
  CONSTRAINT settled_match_key PRIMARY KEY (community_id, match_decision_id, source_record_id, other_record_id),
  CONSTRAINT match_decision_id_fk FOREIGN KEY(community_id, match_decision_id) REFERENCES match_decision (community_id, match_decision_id),
  CONSTRAINT settled_match_pair_in_order CHECK (source_record_id < other_record_id)
);

CREATE INDEX settled_match_other_idx ON settled_match (community_id, other_record_id);

CREATE INDEX settled_match_record_idx ON settled_match (community_id, source_record_id);

COMMENT ON TABLE settled_match IS 'What a person said of two source records; it stands as long as the decision does.';

COMMENT ON COLUMN settled_match.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN settled_match.match_decision_id IS 'The decision it is part of: by whom, when, whether undone.';

COMMENT ON COLUMN settled_match.source_record_id IS 'One record, the lesser key of the two.';

COMMENT ON COLUMN settled_match.other_record_id IS 'The other record.';

COMMENT ON COLUMN settled_match.is_same IS 'Whether they are one child''s.';

ALTER TABLE settled_match ENABLE ROW LEVEL SECURITY;

ALTER TABLE settled_match FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON settled_match TO cabinet_writer;

CREATE POLICY cabinet_writer ON settled_match TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE match_journal (
  community_id UUID NOT NULL,
  match_decision_id UUID NOT NULL,
  number INTEGER NOT NULL,
  entity TEXT NOT NULL,
  before JSONB,
  after JSONB,
  CONSTRAINT match_journal_key PRIMARY KEY (community_id, match_decision_id, number),
  CONSTRAINT match_decision_id_fk FOREIGN KEY(community_id, match_decision_id) REFERENCES match_decision (community_id, match_decision_id)
);

COMMENT ON TABLE match_journal IS 'A row that a decision changed, as it was before and after, so that undoing is exact.';

COMMENT ON COLUMN match_journal.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN match_journal.match_decision_id IS 'The decision.';

COMMENT ON COLUMN match_journal.number IS 'Its place among the rows of the decision.';

COMMENT ON COLUMN match_journal.entity IS 'Table of the row.';

COMMENT ON COLUMN match_journal.before IS 'The row before; empty: it was made.';

COMMENT ON COLUMN match_journal.after IS 'The row after; empty: it was taken away.';

ALTER TABLE match_journal ENABLE ROW LEVEL SECURITY;

ALTER TABLE match_journal FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON match_journal TO cabinet_writer;

CREATE POLICY cabinet_writer ON match_journal TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child_alias (
  community_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  former_id UUID NOT NULL,
  child_id UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT child_alias_key PRIMARY KEY (community_id, organization_id, former_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id)
);

CREATE INDEX child_alias_child_idx ON child_alias (community_id, child_id);

COMMENT ON TABLE child_alias IS 'A key by which an organization knew a child before its records were another child''s.';

COMMENT ON COLUMN child_alias.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child_alias.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN child_alias.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN child_alias.former_id IS 'The key it knew.';

COMMENT ON COLUMN child_alias.child_id IS 'The child it means now.';

COMMENT ON COLUMN child_alias.recorded_at IS 'When this server took the row in.';

ALTER TABLE child_alias ENABLE ROW LEVEL SECURITY;

ALTER TABLE child_alias FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child_alias TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child_alias TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = current_setting('cabinet.sectors', true) OR sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE, DELETE ON child_alias TO cabinet_writer;

CREATE POLICY cabinet_writer ON child_alias TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()))
