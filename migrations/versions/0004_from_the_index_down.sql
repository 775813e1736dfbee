ALTER TABLE child_year DROP CONSTRAINT child_year_key;

ALTER TABLE child_year ADD CONSTRAINT child_year_key
  PRIMARY KEY (community_id, child_id, school_year, organization_id);

DROP INDEX enrollment_program_idx;

CREATE INDEX enrollment_program_idx ON enrollment (community_id, program_id, enrollment_id);
