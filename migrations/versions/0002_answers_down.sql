DROP INDEX enrollment_begins_idx;

DROP INDEX enrollment_program_idx;

CREATE INDEX enrollment_program_idx ON enrollment (community_id, program_id);

DROP FUNCTION app_missing(text);

DROP FUNCTION app_id(text, uuid, uuid);

DROP FUNCTION app_opaque(bytea);
