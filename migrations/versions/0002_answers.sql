CREATE FUNCTION app_opaque(content bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN rtrim(replace(replace(replace(encode(content, 'base64'), '+', '-'), '/', '_'), E'\n', ''), '=');

CREATE FUNCTION app_id(name text, community_id uuid, key uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app_opaque(convert_to(name, 'UTF8') || '\x3a'::bytea || uuid_send(community_id) || uuid_send(key));

CREATE FUNCTION app_missing(field text) RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS
  $$ BEGIN RAISE EXCEPTION 'no value for %', field USING ERRCODE = 'CB001'; END $$;

DROP INDEX enrollment_program_idx;

CREATE INDEX enrollment_program_idx ON enrollment (community_id, program_id, enrollment_id);

CREATE INDEX enrollment_begins_idx ON enrollment (community_id, begins, enrollment_id);
