ALTER TABLE service_capacity ADD COLUMN record_version BIGINT DEFAULT 1 NOT NULL;

COMMENT ON COLUMN service_capacity.record_version IS 'The highest version of them received.';

CREATE TABLE community_secret (
  community_id UUID NOT NULL,
  purpose TEXT NOT NULL,
  secret BYTEA DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT community_secret_key PRIMARY KEY (community_id, purpose),
  CONSTRAINT community_secret_purpose_known CHECK (purpose IN ('CHILD_REFERENCES')),
  CONSTRAINT community_secret_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE community_secret IS 'A secret of the community, from which keys are derived; made when it is first needed.';

COMMENT ON COLUMN community_secret.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN community_secret.purpose IS 'What it is for.';

COMMENT ON COLUMN community_secret.secret IS 'The secret: 32 bytes, 244 bits of them by chance.';

COMMENT ON COLUMN community_secret.recorded_at IS 'When this server took the row in.';

ALTER TABLE community_secret ENABLE ROW LEVEL SECURITY;

ALTER TABLE community_secret FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON community_secret TO cabinet_operator;

CREATE POLICY cabinet_operator ON community_secret TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE FUNCTION app_references() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.reference_keys', true), ''), ',');

CREATE FUNCTION app_reference(child_id uuid, padded_key text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN padded_key IS NULL THEN child_id ELSE encode(substr(
    sha256(decode(substr(padded_key, 129), 'hex')
      || sha256(decode(substr(padded_key, 1, 128), 'hex') || uuid_send(child_id))), 1, 16), 'hex')::uuid END;

CREATE OR REPLACE FUNCTION app_id(name text, community_id uuid, key uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app_opaque(convert_to(name, 'UTF8') || '\x3a'::bytea || uuid_send(community_id)
    || uuid_send(CASE name WHEN 'child' THEN app_reference(key, (app_references())[1]) ELSE key END));
