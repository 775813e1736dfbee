CREATE OR REPLACE FUNCTION app_id(name text, community_id uuid, key uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app_opaque(convert_to(name, 'UTF8') || '\x3a'::bytea || uuid_send(community_id) || uuid_send(key));

DROP FUNCTION app_reference(uuid, text);

DROP FUNCTION app_references();

DROP TABLE community_secret;

ALTER TABLE service_capacity DROP COLUMN record_version;
