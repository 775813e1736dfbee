-- The tables of the catalog as they stood at revision 0001. A blank line parts the statements.
DO $$
DECLARE login text;
BEGIN
  -- Roles belong to the server, not to the database, so another database of ours may have made them.
  FOREACH login IN ARRAY ARRAY['cabinet_reader_child', 'cabinet_reader_aggregate', 'cabinet_writer', 'cabinet_operator'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', login);
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION app_communities() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.communities', true), ''), ',')::uuid[];

CREATE FUNCTION app_sectors() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.sectors', true), ''), ',');

CREATE FUNCTION app_organizations() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('cabinet.organizations', true), ''), ',')::uuid[];

CREATE FUNCTION app_subject() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('cabinet.subject', true), '');

CREATE TABLE community (
  community_id UUID DEFAULT uuidv7() NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT,
  time_zone TEXT DEFAULT 'America/New_York' NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT community_key PRIMARY KEY (community_id),
  CONSTRAINT community_code_once UNIQUE (code)
);

COMMENT ON TABLE community IS 'A site with one Children''s Cabinet; everything but reference data belongs to exactly one.';

COMMENT ON COLUMN community.community_id IS 'Key of the community, uuid v7.';

COMMENT ON COLUMN community.code IS 'Short name for addresses and commands, for example harbor-city.';

COMMENT ON COLUMN community.name IS 'Name as people know it.';

COMMENT ON COLUMN community.state IS 'USPS state code.';

COMMENT ON COLUMN community.time_zone IS 'IANA time zone its days begin in.';

COMMENT ON COLUMN community.recorded_at IS 'When this server took the row in.';

ALTER TABLE community ENABLE ROW LEVEL SECURITY;

ALTER TABLE community FORCE ROW LEVEL SECURITY;

GRANT SELECT ON community TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON community TO cabinet_reader_child USING (true) WITH CHECK (true);

GRANT SELECT ON community TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON community TO cabinet_reader_aggregate USING (true) WITH CHECK (true);

GRANT SELECT ON community TO cabinet_writer;

CREATE POLICY cabinet_writer ON community TO cabinet_writer USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON community TO cabinet_operator;

CREATE POLICY cabinet_operator ON community TO cabinet_operator USING (true) WITH CHECK (true);

CREATE TABLE sector (
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  legal_basis TEXT NOT NULL,
  CONSTRAINT sector_key PRIMARY KEY (code)
);

COMMENT ON TABLE sector IS 'A field of work whose records are held together; filled from cabinet/sectors.';

COMMENT ON COLUMN sector.code IS 'Code of the sector, for example HEALTH.';

COMMENT ON COLUMN sector.name IS 'Name as people know it.';

COMMENT ON COLUMN sector.legal_basis IS 'The law its records are shared under.';

ALTER TABLE sector ENABLE ROW LEVEL SECURITY;

ALTER TABLE sector FORCE ROW LEVEL SECURITY;

GRANT SELECT ON sector TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON sector TO cabinet_reader_child USING (true) WITH CHECK (true);

GRANT SELECT ON sector TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON sector TO cabinet_reader_aggregate USING (true) WITH CHECK (true);

GRANT SELECT ON sector TO cabinet_writer;

CREATE POLICY cabinet_writer ON sector TO cabinet_writer USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON sector TO cabinet_operator;

CREATE POLICY cabinet_operator ON sector TO cabinet_operator USING (true) WITH CHECK (true);

CREATE TABLE audit_event (
  community_id UUID NOT NULL,
  audit_event_id UUID DEFAULT uuidv7() NOT NULL,
  subject TEXT NOT NULL,
  roles TEXT NOT NULL,
  action TEXT NOT NULL,
  detail JSONB DEFAULT '{}' NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT audit_event_key PRIMARY KEY (community_id, audit_event_id),
  CONSTRAINT audit_event_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX audit_event_recorded_idx ON audit_event (community_id, recorded_at);

COMMENT ON TABLE audit_event IS 'Who asked for or wrote what, under which role.';

COMMENT ON COLUMN audit_event.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN audit_event.audit_event_id IS 'Key of the audit_event, uuid v7.';

COMMENT ON COLUMN audit_event.subject IS '`sub` of the token, or the command that ran.';

COMMENT ON COLUMN audit_event.roles IS 'Roles held in the community at that time.';

COMMENT ON COLUMN audit_event.action IS 'What was done.';

COMMENT ON COLUMN audit_event.detail IS 'The question or the counts, never a child''s identity.';

COMMENT ON COLUMN audit_event.recorded_at IS 'When this server took the row in.';

ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;

GRANT INSERT ON audit_event TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON audit_event TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT INSERT ON audit_event TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON audit_event TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT INSERT ON audit_event TO cabinet_writer;

CREATE POLICY cabinet_writer ON audit_event TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT ON audit_event TO cabinet_operator;

CREATE POLICY cabinet_operator ON audit_event TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE change (
  community_id UUID NOT NULL,
  change_id UUID DEFAULT uuidv7() NOT NULL,
  xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  entity TEXT NOT NULL,
  entity_id UUID NOT NULL,
  child_id UUID,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT change_key PRIMARY KEY (community_id, change_id),
  CONSTRAINT change_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX change_xid_idx ON change (community_id, xid);

COMMENT ON TABLE change IS 'One row written, in the transaction that wrote it.';

COMMENT ON COLUMN change.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN change.change_id IS 'Key of the change, uuid v7.';

COMMENT ON COLUMN change.xid IS 'Id of that transaction (pg_current_xact_id): what a reader has not yet seen is told by it.';

COMMENT ON COLUMN change.entity IS 'Table of the row.';

COMMENT ON COLUMN change.entity_id IS 'Key of the row.';

COMMENT ON COLUMN change.child_id IS 'The child it is about.';

COMMENT ON COLUMN change.recorded_at IS 'When this server took the row in.';

ALTER TABLE change ENABLE ROW LEVEL SECURITY;

ALTER TABLE change FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON change TO cabinet_writer;

CREATE POLICY cabinet_writer ON change TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child (
  community_id UUID NOT NULL,
  child_id UUID DEFAULT gen_random_uuid() NOT NULL,
  birth_month DATE,
  sex TEXT DEFAULT 'UNKNOWN' NOT NULL,
  race_ethnicity TEXT[] DEFAULT '{}' NOT NULL,
  sectors TEXT[] DEFAULT '{}' NOT NULL,
  organization_ids UUID[] DEFAULT '{}' NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT child_key PRIMARY KEY (community_id, child_id),
  CONSTRAINT child_sex_known CHECK (sex IN ('FEMALE', 'MALE', 'NONBINARY', 'UNKNOWN')),
  CONSTRAINT child_race_ethnicity_known CHECK (race_ethnicity <@ ARRAY['AMERICAN_INDIAN_OR_ALASKA_NATIVE', 'ASIAN', 'BLACK_OR_AFRICAN_AMERICAN', 'HISPANIC_OR_LATINO', 'MIDDLE_EASTERN_OR_NORTH_AFRICAN', 'NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER', 'WHITE']::text[]),
  CONSTRAINT child_birth_month_first_day CHECK (extract(day FROM birth_month) = 1),
  CONSTRAINT child_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX child_organization_ids_idx ON child USING gin (organization_ids);

COMMENT ON TABLE child IS 'The person in one community, as counted. Who it is stands in child_identity.';

COMMENT ON COLUMN child.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child.child_id IS 'Key of the child, uuid v4.';

COMMENT ON COLUMN child.birth_month IS 'First day of the month of birth: ages are counted from it; the day stays in child_identity.';

COMMENT ON COLUMN child.sex IS 'Sex as recorded.';

COMMENT ON COLUMN child.race_ethnicity IS 'OMB SPD-15 (2024) categories, as many as apply; empty: unknown.';

COMMENT ON COLUMN child.sectors IS 'Sectors that have a record of the child.';

COMMENT ON COLUMN child.organization_ids IS 'Organizations that have a record of the child.';

COMMENT ON COLUMN child.recorded_at IS 'When this server took the row in.';

ALTER TABLE child ENABLE ROW LEVEL SECURITY;

ALTER TABLE child FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sectors && app_sectors() OR organization_ids && app_organizations())) WITH CHECK (community_id = ANY (app_communities()) AND (sectors && app_sectors() OR organization_ids && app_organizations()));

GRANT SELECT (community_id, child_id, birth_month, sex, race_ethnicity) ON child TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON child TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON child TO cabinet_writer;

CREATE POLICY cabinet_writer ON child TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE neighborhood (
  community_id UUID NOT NULL,
  neighborhood_id UUID DEFAULT uuidv7() NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  geometry JSONB,
  tracts TEXT[] DEFAULT '{}' NOT NULL,
  postal_codes TEXT[] DEFAULT '{}' NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT neighborhood_key PRIMARY KEY (community_id, neighborhood_id),
  CONSTRAINT neighborhood_community_id_code_once UNIQUE (community_id, code),
  CONSTRAINT neighborhood_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE neighborhood IS 'A part of the community that the cabinet speaks of.';

COMMENT ON COLUMN neighborhood.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN neighborhood.neighborhood_id IS 'Key of the neighborhood, uuid v7.';

COMMENT ON COLUMN neighborhood.code IS 'The neighborhood''s code.';

COMMENT ON COLUMN neighborhood.name IS 'Name as people know it.';

COMMENT ON COLUMN neighborhood.geometry IS 'GeoJSON geometry (RFC 7946, WGS 84 longitude, latitude).';

COMMENT ON COLUMN neighborhood.tracts IS 'Census tract GEOIDs inside it.';

COMMENT ON COLUMN neighborhood.postal_codes IS 'ZIP codes taken to be inside it.';

COMMENT ON COLUMN neighborhood.recorded_at IS 'When this server took the row in.';

ALTER TABLE neighborhood ENABLE ROW LEVEL SECURITY;

ALTER TABLE neighborhood FORCE ROW LEVEL SECURITY;

GRANT SELECT ON neighborhood TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON neighborhood TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON neighborhood TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON neighborhood TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON neighborhood TO cabinet_writer;

CREATE POLICY cabinet_writer ON neighborhood TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON neighborhood TO cabinet_operator;

CREATE POLICY cabinet_operator ON neighborhood TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE organization (
  community_id UUID NOT NULL,
  organization_id UUID DEFAULT uuidv7() NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  sector TEXT NOT NULL,
  source_id TEXT,
  website TEXT,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT organization_key PRIMARY KEY (community_id, organization_id),
  CONSTRAINT organization_sector_fk FOREIGN KEY(sector) REFERENCES sector (code),
  CONSTRAINT organization_community_id_code_once UNIQUE (community_id, code),
  CONSTRAINT organization_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE organization IS 'An organization that serves children (HSDS organization); also the district and its schools.';

COMMENT ON COLUMN organization.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN organization.organization_id IS 'Key of the organization, uuid v7.';

COMMENT ON COLUMN organization.code IS 'The organization''s code in this community.';

COMMENT ON COLUMN organization.name IS 'Name as people know it.';

COMMENT ON COLUMN organization.sector IS 'Sector its records belong to.';

COMMENT ON COLUMN organization.source_id IS 'Its id in the source it was first read from.';

COMMENT ON COLUMN organization.website IS 'Web address.';

COMMENT ON COLUMN organization.recorded_at IS 'When this server took the row in.';

ALTER TABLE organization ENABLE ROW LEVEL SECURITY;

ALTER TABLE organization FORCE ROW LEVEL SECURITY;

GRANT SELECT ON organization TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON organization TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON organization TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON organization TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON organization TO cabinet_writer;

CREATE POLICY cabinet_writer ON organization TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON organization TO cabinet_operator;

CREATE POLICY cabinet_operator ON organization TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE outbox (
  community_id UUID NOT NULL,
  outbox_id UUID DEFAULT uuidv7() NOT NULL,
  topic TEXT NOT NULL,
  payload JSONB NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  delivered_at TIMESTAMP WITH TIME ZONE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT outbox_key PRIMARY KEY (community_id, outbox_id),
  CONSTRAINT outbox_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX outbox_waiting_idx ON outbox (community_id, recorded_at) WHERE delivered_at IS NULL;

COMMENT ON TABLE outbox IS 'An event to be delivered, in the transaction that caused it.';

COMMENT ON COLUMN outbox.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN outbox.outbox_id IS 'Key of the outbox, uuid v7.';

COMMENT ON COLUMN outbox.topic IS 'What happened, for example enrollments.posted.';

COMMENT ON COLUMN outbox.payload IS 'The event: counts and keys, never a child''s identity.';

COMMENT ON COLUMN outbox.attempts IS 'Deliveries tried.';

COMMENT ON COLUMN outbox.delivered_at IS 'When it was delivered.';

COMMENT ON COLUMN outbox.recorded_at IS 'When this server took the row in.';

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE outbox FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON outbox TO cabinet_writer;

CREATE POLICY cabinet_writer ON outbox TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE service_type (
  community_id UUID NOT NULL,
  service_type_id UUID DEFAULT uuidv7() NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  sector TEXT NOT NULL,
  min_age INTEGER,
  max_age INTEGER,
  grades TEXT[] DEFAULT '{}' NOT NULL,
  need_rule TEXT NOT NULL,
  need_characteristics TEXT[] DEFAULT '{}' NOT NULL,
  recency_months INTEGER,
  dosage_days INTEGER,
  version INTEGER DEFAULT 1 NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT service_type_key PRIMARY KEY (community_id, service_type_id),
  CONSTRAINT service_type_sector_fk FOREIGN KEY(sector) REFERENCES sector (code),
  CONSTRAINT service_type_need_rule_known CHECK (need_rule IN ('UNIVERSAL', 'BY_RULE', 'IDENTIFIED')),
  CONSTRAINT service_type_need_characteristics_known CHECK (need_characteristics <@ ARRAY['ENGLISH_LEARNER', 'IEP', 'SECTION_504', 'ECONOMICALLY_DISADVANTAGED', 'HOMELESS', 'FOSTER_CARE', 'MIGRANT', 'MILITARY_CONNECTED', 'CHRONICALLY_ABSENT', 'INSURANCE']::text[]),
  CONSTRAINT service_type_rule_has_characteristics CHECK ((need_rule = 'BY_RULE') = (need_characteristics <> '{}')),
  CONSTRAINT service_type_max_age_not_before_min_age CHECK (max_age >= min_age),
  CONSTRAINT service_type_community_id_code_once UNIQUE (community_id, code),
  CONSTRAINT service_type_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

COMMENT ON TABLE service_type IS 'A kind of service, with how its need is known and what counts as served; one version of one community.';

COMMENT ON COLUMN service_type.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN service_type.service_type_id IS 'Key of the service_type, uuid v7.';

COMMENT ON COLUMN service_type.code IS 'Code of the service type, for example AFTER_SCHOOL.';

COMMENT ON COLUMN service_type.name IS 'Name as people know it.';

COMMENT ON COLUMN service_type.sector IS 'Sector it belongs to.';

COMMENT ON COLUMN service_type.min_age IS 'Youngest age served, completed years.';

COMMENT ON COLUMN service_type.max_age IS 'Oldest age served, completed years, inclusive.';

COMMENT ON COLUMN service_type.grades IS 'CEDS grade levels served; empty: by age alone.';

COMMENT ON COLUMN service_type.need_rule IS 'How need is known.';

COMMENT ON COLUMN service_type.need_characteristics IS 'With BY_RULE: a child with any of these characteristics is in need.';

COMMENT ON COLUMN service_type.recency_months IS 'An encounter counts as served for this many months; empty: only enrollments count.';

COMMENT ON COLUMN service_type.dosage_days IS 'Days attended in a school year that are enough.';

COMMENT ON COLUMN service_type.version IS 'Version of this definition.';

COMMENT ON COLUMN service_type.recorded_at IS 'When this server took the row in.';

ALTER TABLE service_type ENABLE ROW LEVEL SECURITY;

ALTER TABLE service_type FORCE ROW LEVEL SECURITY;

GRANT SELECT ON service_type TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON service_type TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON service_type TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON service_type TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service_type TO cabinet_writer;

CREATE POLICY cabinet_writer ON service_type TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service_type TO cabinet_operator;

CREATE POLICY cabinet_operator ON service_type TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE characteristic (
  community_id UUID NOT NULL,
  characteristic_id UUID DEFAULT uuidv7() NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  begins DATE NOT NULL,
  ends DATE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT characteristic_key PRIMARY KEY (community_id, characteristic_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT characteristic_kind_known CHECK (kind IN ('ENGLISH_LEARNER', 'IEP', 'SECTION_504', 'ECONOMICALLY_DISADVANTAGED', 'HOMELESS', 'FOSTER_CARE', 'MIGRANT', 'MILITARY_CONNECTED', 'CHRONICALLY_ABSENT', 'INSURANCE')),
  CONSTRAINT characteristic_value_known CHECK (value IN ('YES', 'NO', 'PUBLIC_INSURANCE', 'PRIVATE_INSURANCE', 'UNINSURED')),
  CONSTRAINT characteristic_value_fits_kind CHECK ((kind = 'INSURANCE') = (value IN ('PUBLIC_INSURANCE', 'PRIVATE_INSURANCE', 'UNINSURED'))),
  CONSTRAINT characteristic_ends_not_before_begins CHECK (ends >= begins),
  CONSTRAINT characteristic_community_id_child_id_organization_id_ki_f94f UNIQUE (community_id, child_id, organization_id, kind, begins)
);

COMMENT ON TABLE characteristic IS 'A dated characteristic of a child; a date no row covers is unknown.';

COMMENT ON COLUMN characteristic.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN characteristic.characteristic_id IS 'Key of the characteristic, uuid v7.';

COMMENT ON COLUMN characteristic.child_id IS 'The child.';

COMMENT ON COLUMN characteristic.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN characteristic.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN characteristic.kind IS 'What is characterised.';

COMMENT ON COLUMN characteristic.value IS 'What is known of it.';

COMMENT ON COLUMN characteristic.begins IS 'First day it holds.';

COMMENT ON COLUMN characteristic.ends IS 'Last day it holds; empty: still holds.';

COMMENT ON COLUMN characteristic.recorded_at IS 'When this server took the row in.';

ALTER TABLE characteristic ENABLE ROW LEVEL SECURITY;

ALTER TABLE characteristic FORCE ROW LEVEL SECURITY;

GRANT SELECT ON characteristic TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON characteristic TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, characteristic_id, child_id, organization_id, sector, kind, value, begins, ends) ON characteristic TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON characteristic TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON characteristic TO cabinet_writer;

CREATE POLICY cabinet_writer ON characteristic TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child_identifier (
  community_id UUID NOT NULL,
  child_identifier_id UUID DEFAULT uuidv7() NOT NULL,
  system TEXT NOT NULL,
  value TEXT NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT child_identifier_key PRIMARY KEY (community_id, child_identifier_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT child_identifier_community_id_system_value_organization_id_once UNIQUE (community_id, system, value, organization_id)
);

CREATE INDEX child_identifier_child_idx ON child_identifier (community_id, child_id);

COMMENT ON TABLE child_identifier IS 'An identifier that more than one organization uses for the child, such as the district''s student id.';

COMMENT ON COLUMN child_identifier.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child_identifier.child_identifier_id IS 'Key of the child_identifier, uuid v7.';

COMMENT ON COLUMN child_identifier.system IS 'Who gives the identifier, for example DISTRICT_STUDENT_ID.';

COMMENT ON COLUMN child_identifier.value IS 'The identifier.';

COMMENT ON COLUMN child_identifier.child_id IS 'The child.';

COMMENT ON COLUMN child_identifier.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN child_identifier.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN child_identifier.recorded_at IS 'When this server took the row in.';

ALTER TABLE child_identifier ENABLE ROW LEVEL SECURITY;

ALTER TABLE child_identifier FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child_identifier TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child_identifier TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE ON child_identifier TO cabinet_writer;

CREATE POLICY cabinet_writer ON child_identifier TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE encounter (
  community_id UUID NOT NULL,
  encounter_id UUID DEFAULT uuidv7() NOT NULL,
  child_id UUID NOT NULL,
  service_type_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  kind TEXT NOT NULL,
  occurred_on DATE NOT NULL,
  code TEXT,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT encounter_key PRIMARY KEY (community_id, encounter_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT service_type_id_fk FOREIGN KEY(community_id, service_type_id) REFERENCES service_type (community_id, service_type_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT encounter_kind_known CHECK (kind IN ('VISIT', 'IMMUNIZATION', 'SCREENING', 'SUPPORT_CONTACT')),
  CONSTRAINT encounter_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id)
);

CREATE INDEX encounter_child_idx ON encounter (community_id, child_id);

CREATE INDEX encounter_service_type_idx ON encounter (community_id, service_type_id, occurred_on);

COMMENT ON TABLE encounter IS 'A dated health or support contact: a visit, an immunization, a screening.';

COMMENT ON COLUMN encounter.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN encounter.encounter_id IS 'Key of the encounter, uuid v7.';

COMMENT ON COLUMN encounter.child_id IS 'The child.';

COMMENT ON COLUMN encounter.service_type_id IS 'The kind of service given.';

COMMENT ON COLUMN encounter.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN encounter.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN encounter.kind IS 'What kind of contact.';

COMMENT ON COLUMN encounter.occurred_on IS 'The day.';

COMMENT ON COLUMN encounter.code IS 'Code at its source, as system|code (CVX, SNOMED CT).';

COMMENT ON COLUMN encounter.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN encounter.record_version IS 'The highest version received.';

COMMENT ON COLUMN encounter.content_hash IS 'SHA-256 of what that version said.';

COMMENT ON COLUMN encounter.recorded_at IS 'When this server took the row in.';

ALTER TABLE encounter ENABLE ROW LEVEL SECURITY;

ALTER TABLE encounter FORCE ROW LEVEL SECURITY;

GRANT SELECT ON encounter TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON encounter TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, encounter_id, child_id, service_type_id, organization_id, sector, kind, occurred_on, code) ON encounter TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON encounter TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON encounter TO cabinet_writer;

CREATE POLICY cabinet_writer ON encounter TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE idempotency_key (
  community_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  key TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  receipt TEXT,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT idempotency_key_key PRIMARY KEY (community_id, organization_id, key),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id)
);

COMMENT ON TABLE idempotency_key IS 'A post already answered: the same key and body get the same receipt.';

COMMENT ON COLUMN idempotency_key.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN idempotency_key.organization_id IS 'The organization that posted.';

COMMENT ON COLUMN idempotency_key.key IS 'The key the client chose.';

COMMENT ON COLUMN idempotency_key.request_hash IS 'SHA-256 of the canonical request.';

COMMENT ON COLUMN idempotency_key.receipt IS 'The receipt as given, JSON.';

COMMENT ON COLUMN idempotency_key.recorded_at IS 'When this server took the row in.';

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON idempotency_key TO cabinet_writer;

CREATE POLICY cabinet_writer ON idempotency_key TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE location (
  community_id UUID NOT NULL,
  location_id UUID DEFAULT uuidv7() NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT,
  postal_code TEXT,
  latitude FLOAT,
  longitude FLOAT,
  neighborhood_id UUID,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT location_key PRIMARY KEY (community_id, location_id),
  CONSTRAINT neighborhood_id_fk FOREIGN KEY(community_id, neighborhood_id) REFERENCES neighborhood (community_id, neighborhood_id),
  CONSTRAINT location_community_id_code_once UNIQUE (community_id, code),
  CONSTRAINT location_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE INDEX location_neighborhood_idx ON location (community_id, neighborhood_id);

COMMENT ON TABLE location IS 'A place where services are given (HSDS location).';

COMMENT ON COLUMN location.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN location.location_id IS 'Key of the location, uuid v7.';

COMMENT ON COLUMN location.code IS 'The location''s code.';

COMMENT ON COLUMN location.name IS 'Name as people know it.';

COMMENT ON COLUMN location.address IS 'Street address.';

COMMENT ON COLUMN location.postal_code IS 'ZIP code.';

COMMENT ON COLUMN location.latitude IS 'Degrees north, WGS 84.';

COMMENT ON COLUMN location.longitude IS 'Degrees east, WGS 84.';

COMMENT ON COLUMN location.neighborhood_id IS 'Neighborhood it lies in.';

COMMENT ON COLUMN location.recorded_at IS 'When this server took the row in.';

ALTER TABLE location ENABLE ROW LEVEL SECURITY;

ALTER TABLE location FORCE ROW LEVEL SECURITY;

GRANT SELECT ON location TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON location TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON location TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON location TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON location TO cabinet_writer;

CREATE POLICY cabinet_writer ON location TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON location TO cabinet_operator;

CREATE POLICY cabinet_operator ON location TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE match_review (
  community_id UUID NOT NULL,
  match_review_id UUID DEFAULT uuidv7() NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  kind TEXT NOT NULL,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  payload JSONB NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT match_review_key PRIMARY KEY (community_id, match_review_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT match_review_community_id_organization_id_kind_record_id_once UNIQUE (community_id, organization_id, kind, record_id)
);

COMMENT ON TABLE match_review IS 'A posted row that fits more than one child; kept whole until a person decides.';

COMMENT ON COLUMN match_review.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN match_review.match_review_id IS 'Key of the match_review, uuid v7.';

COMMENT ON COLUMN match_review.organization_id IS 'The organization that posted it.';

COMMENT ON COLUMN match_review.sector IS 'Sector of the record.';

COMMENT ON COLUMN match_review.kind IS 'What was posted: roster, enrollment, encounter.';

COMMENT ON COLUMN match_review.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN match_review.record_version IS 'Its version.';

COMMENT ON COLUMN match_review.payload IS 'The row as received.';

COMMENT ON COLUMN match_review.recorded_at IS 'When this server took the row in.';

ALTER TABLE match_review ENABLE ROW LEVEL SECURITY;

ALTER TABLE match_review FORCE ROW LEVEL SECURITY;

GRANT SELECT ON match_review TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON match_review TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE ON match_review TO cabinet_writer;

CREATE POLICY cabinet_writer ON match_review TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE membership (
  community_id UUID NOT NULL,
  membership_id UUID DEFAULT uuidv7() NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  organization_id UUID,
  sector TEXT,
  begins DATE DEFAULT CURRENT_DATE NOT NULL,
  ends DATE,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT membership_key PRIMARY KEY (community_id, membership_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT membership_role_known CHECK (role IN ('CABINET_MEMBER', 'CABINET_STAFF', 'PARTNER_AGENCY', 'SECTOR_STEWARD', 'SITE_CONSULTANT', 'RESEARCHER', 'PUBLIC', 'OPERATOR')),
  CONSTRAINT membership_ends_not_before_begins CHECK (ends >= begins),
  CONSTRAINT membership_agency_has_organization CHECK ((role = 'PARTNER_AGENCY') = (organization_id IS NOT NULL)),
  CONSTRAINT membership_steward_has_sector CHECK ((role = 'SECTOR_STEWARD') = (sector IS NOT NULL)),
  CONSTRAINT membership_community_fk FOREIGN KEY(community_id) REFERENCES community (community_id)
);

CREATE UNIQUE INDEX membership_standing_once ON membership (community_id, subject, role, coalesce(organization_id::text, ''), coalesce(sector, '')) WHERE ends IS NULL;

CREATE INDEX membership_subject_idx ON membership (community_id, subject);

COMMENT ON TABLE membership IS 'A person''s or a machine''s role in one community.';

COMMENT ON COLUMN membership.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN membership.membership_id IS 'Key of the membership, uuid v7.';

COMMENT ON COLUMN membership.subject IS '`sub` of the token, as the identity provider gives it.';

COMMENT ON COLUMN membership.role IS 'The role.';

COMMENT ON COLUMN membership.organization_id IS 'With PARTNER_AGENCY: the organization acted for.';

COMMENT ON COLUMN membership.sector IS 'With SECTOR_STEWARD: the sector.';

COMMENT ON COLUMN membership.begins IS 'First day.';

COMMENT ON COLUMN membership.ends IS 'Last day; empty: open.';

COMMENT ON COLUMN membership.recorded_at IS 'When this server took the row in.';

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;

ALTER TABLE membership FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON membership TO cabinet_operator;

CREATE POLICY cabinet_operator ON membership TO cabinet_operator USING (community_id = ANY (app_communities()) OR subject = app_subject()) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE need (
  community_id UUID NOT NULL,
  need_id UUID DEFAULT uuidv7() NOT NULL,
  child_id UUID NOT NULL,
  service_type_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  basis TEXT NOT NULL,
  opened DATE NOT NULL,
  resolved DATE,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT need_key PRIMARY KEY (community_id, need_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT service_type_id_fk FOREIGN KEY(community_id, service_type_id) REFERENCES service_type (community_id, service_type_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT need_basis_known CHECK (basis IN ('SCREENING', 'REFERRAL', 'IEP_SERVICE', 'REQUEST')),
  CONSTRAINT need_resolved_not_before_opened CHECK (resolved >= opened),
  CONSTRAINT need_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id)
);

CREATE INDEX need_child_idx ON need (community_id, child_id);

COMMENT ON TABLE need IS 'An identified need of a child for a kind of service.';

COMMENT ON COLUMN need.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN need.need_id IS 'Key of the need, uuid v7.';

COMMENT ON COLUMN need.child_id IS 'The child.';

COMMENT ON COLUMN need.service_type_id IS 'The kind of service needed.';

COMMENT ON COLUMN need.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN need.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN need.basis IS 'How it came to be known.';

COMMENT ON COLUMN need.opened IS 'First day of the need.';

COMMENT ON COLUMN need.resolved IS 'Day it was resolved; empty: open.';

COMMENT ON COLUMN need.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN need.record_version IS 'The highest version received.';

COMMENT ON COLUMN need.content_hash IS 'SHA-256 of what that version said.';

COMMENT ON COLUMN need.recorded_at IS 'When this server took the row in.';

ALTER TABLE need ENABLE ROW LEVEL SECURITY;

ALTER TABLE need FORCE ROW LEVEL SECURITY;

GRANT SELECT ON need TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON need TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, need_id, child_id, service_type_id, organization_id, sector, basis, opened, resolved) ON need TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON need TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON need TO cabinet_writer;

CREATE POLICY cabinet_writer ON need TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE program (
  community_id UUID NOT NULL,
  program_id UUID DEFAULT uuidv7() NOT NULL,
  organization_id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  sector TEXT NOT NULL,
  description TEXT,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT program_key PRIMARY KEY (community_id, program_id),
  CONSTRAINT program_sector_fk FOREIGN KEY(sector) REFERENCES sector (code),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT program_community_id_code_once UNIQUE (community_id, code)
);

CREATE INDEX program_organization_idx ON program (community_id, organization_id);

COMMENT ON TABLE program IS 'What an organization offers and enrolls children in (HSDS program).';

COMMENT ON COLUMN program.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN program.program_id IS 'Key of the program, uuid v7.';

COMMENT ON COLUMN program.organization_id IS 'The organization that runs it.';

COMMENT ON COLUMN program.code IS 'The program''s code in this community, as partners post it.';

COMMENT ON COLUMN program.name IS 'Name as people know it.';

COMMENT ON COLUMN program.sector IS 'Sector its participation records belong to.';

COMMENT ON COLUMN program.description IS 'What it does.';

COMMENT ON COLUMN program.recorded_at IS 'When this server took the row in.';

ALTER TABLE program ENABLE ROW LEVEL SECURITY;

ALTER TABLE program FORCE ROW LEVEL SECURITY;

GRANT SELECT ON program TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON program TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON program TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON program TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON program TO cabinet_writer;

CREATE POLICY cabinet_writer ON program TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON program TO cabinet_operator;

CREATE POLICY cabinet_operator ON program TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE source_record (
  community_id UUID NOT NULL,
  source_record_id UUID DEFAULT uuidv7() NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  record_id TEXT NOT NULL,
  format TEXT NOT NULL,
  payload JSONB NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT source_record_key PRIMARY KEY (community_id, source_record_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT source_record_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id)
);

COMMENT ON TABLE source_record IS 'What one source says about one child, kept as received.';

COMMENT ON COLUMN source_record.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN source_record.source_record_id IS 'Key of the source_record, uuid v7.';

COMMENT ON COLUMN source_record.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN source_record.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN source_record.record_id IS 'The child''s id at the source.';

COMMENT ON COLUMN source_record.format IS 'What it was read from: post, oneroster, fhir ...';

COMMENT ON COLUMN source_record.payload IS 'The record as received.';

COMMENT ON COLUMN source_record.recorded_at IS 'When this server took the row in.';

ALTER TABLE source_record ENABLE ROW LEVEL SECURITY;

ALTER TABLE source_record FORCE ROW LEVEL SECURITY;

GRANT SELECT ON source_record TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON source_record TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE ON source_record TO cabinet_writer;

CREATE POLICY cabinet_writer ON source_record TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child_identity (
  community_id UUID NOT NULL,
  child_identity_id UUID DEFAULT uuidv7() NOT NULL,
  source_record_id UUID NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  given_name TEXT,
  middle_name TEXT,
  family_name TEXT,
  name_key TEXT,
  birth_date DATE,
  sex TEXT DEFAULT 'UNKNOWN' NOT NULL,
  race_ethnicity TEXT[] DEFAULT '{}' NOT NULL,
  address TEXT,
  postal_code TEXT,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT child_identity_key PRIMARY KEY (community_id, child_identity_id),
  CONSTRAINT source_record_id_fk FOREIGN KEY(community_id, source_record_id) REFERENCES source_record (community_id, source_record_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT child_identity_sex_known CHECK (sex IN ('FEMALE', 'MALE', 'NONBINARY', 'UNKNOWN')),
  CONSTRAINT child_identity_community_id_source_record_id_once UNIQUE (community_id, source_record_id)
);

CREATE INDEX child_identity_child_idx ON child_identity (community_id, child_id);

CREATE INDEX child_identity_match_idx ON child_identity (community_id, birth_date, name_key);

COMMENT ON TABLE child_identity IS 'Who a child is, as one source record says it.';

COMMENT ON COLUMN child_identity.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child_identity.child_identity_id IS 'Key of the child_identity, uuid v7.';

COMMENT ON COLUMN child_identity.source_record_id IS 'The source record that says it.';

COMMENT ON COLUMN child_identity.child_id IS 'The child.';

COMMENT ON COLUMN child_identity.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN child_identity.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN child_identity.given_name IS 'Given name.';

COMMENT ON COLUMN child_identity.middle_name IS 'Middle name or initial.';

COMMENT ON COLUMN child_identity.family_name IS 'Family name.';

COMMENT ON COLUMN child_identity.name_key IS 'Given and family name as compared, see cabinet.linkage.';

COMMENT ON COLUMN child_identity.birth_date IS 'Date of birth.';

COMMENT ON COLUMN child_identity.sex IS 'Sex as this source records it.';

COMMENT ON COLUMN child_identity.race_ethnicity IS 'OMB SPD-15 (2024) categories as this source records them; empty: not said.';

COMMENT ON COLUMN child_identity.address IS 'Street address.';

COMMENT ON COLUMN child_identity.postal_code IS 'ZIP code.';

COMMENT ON COLUMN child_identity.recorded_at IS 'When this server took the row in.';

ALTER TABLE child_identity ENABLE ROW LEVEL SECURITY;

ALTER TABLE child_identity FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child_identity TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child_identity TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE ON child_identity TO cabinet_writer;

CREATE POLICY cabinet_writer ON child_identity TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child_link (
  community_id UUID NOT NULL,
  child_link_id UUID DEFAULT uuidv7() NOT NULL,
  source_record_id UUID NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  method TEXT NOT NULL,
  score FLOAT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  undone_by TEXT,
  undone_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT child_link_key PRIMARY KEY (community_id, child_link_id),
  CONSTRAINT source_record_id_fk FOREIGN KEY(community_id, source_record_id) REFERENCES source_record (community_id, source_record_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT child_link_method_known CHECK (method IN ('IDENTIFIER', 'EXACT_IDENTITY', 'NEW_CHILD', 'MANUAL')),
  CONSTRAINT child_link_score_is_probability CHECK (score BETWEEN 0 AND 1),
  CONSTRAINT child_link_undone_whole CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);

CREATE INDEX child_link_child_idx ON child_link (community_id, child_id);

CREATE UNIQUE INDEX child_link_standing_once ON child_link (community_id, source_record_id) WHERE undone_at IS NULL;

COMMENT ON TABLE child_link IS 'Ties a source record to a child: how, how surely, by whom, when; can be undone.';

COMMENT ON COLUMN child_link.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child_link.child_link_id IS 'Key of the child_link, uuid v7.';

COMMENT ON COLUMN child_link.source_record_id IS 'The source record.';

COMMENT ON COLUMN child_link.child_id IS 'The child it is taken to be about.';

COMMENT ON COLUMN child_link.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN child_link.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN child_link.method IS 'How it was decided.';

COMMENT ON COLUMN child_link.score IS 'Probability that it is right, 0 to 1; 1 for exact rules.';

COMMENT ON COLUMN child_link.decided_by IS 'Who or what decided.';

COMMENT ON COLUMN child_link.decided_at IS 'When.';

COMMENT ON COLUMN child_link.undone_by IS 'Who undid it.';

COMMENT ON COLUMN child_link.undone_at IS 'When it was undone.';

ALTER TABLE child_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE child_link FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child_link TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child_link TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT, INSERT, UPDATE ON child_link TO cabinet_writer;

CREATE POLICY cabinet_writer ON child_link TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE enrollment (
  community_id UUID NOT NULL,
  enrollment_id UUID DEFAULT uuidv7() NOT NULL,
  child_id UUID NOT NULL,
  program_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  status TEXT NOT NULL,
  begins DATE NOT NULL,
  ends DATE,
  exit_reason TEXT,
  record_id TEXT NOT NULL,
  record_version BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT enrollment_key PRIMARY KEY (community_id, enrollment_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT program_id_fk FOREIGN KEY(community_id, program_id) REFERENCES program (community_id, program_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT enrollment_status_known CHECK (status IN ('REFERRED', 'WAITLISTED', 'ENROLLED', 'COMPLETED', 'WITHDRAWN', 'NOT_ENROLLED')),
  CONSTRAINT enrollment_ends_not_before_begins CHECK (ends >= begins),
  CONSTRAINT enrollment_ended_has_end CHECK (status NOT IN ('COMPLETED', 'WITHDRAWN') OR ends IS NOT NULL),
  CONSTRAINT enrollment_community_id_organization_id_record_id_once UNIQUE (community_id, organization_id, record_id)
);

CREATE INDEX enrollment_child_idx ON enrollment (community_id, child_id);

CREATE UNIQUE INDEX enrollment_one_open ON enrollment (community_id, child_id, program_id) WHERE ends IS NULL AND status IN ('REFERRED', 'WAITLISTED', 'ENROLLED');

CREATE INDEX enrollment_program_idx ON enrollment (community_id, program_id);

COMMENT ON TABLE enrollment IS 'A child in a program over a period.';

COMMENT ON COLUMN enrollment.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN enrollment.enrollment_id IS 'Key of the enrollment, uuid v7.';

COMMENT ON COLUMN enrollment.child_id IS 'The child.';

COMMENT ON COLUMN enrollment.program_id IS 'The program.';

COMMENT ON COLUMN enrollment.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN enrollment.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN enrollment.status IS 'Where the enrollment stands.';

COMMENT ON COLUMN enrollment.begins IS 'First day.';

COMMENT ON COLUMN enrollment.ends IS 'Last day, inclusive; empty: open.';

COMMENT ON COLUMN enrollment.exit_reason IS 'Why it ended.';

COMMENT ON COLUMN enrollment.record_id IS 'The record''s id at its source.';

COMMENT ON COLUMN enrollment.record_version IS 'The highest version received.';

COMMENT ON COLUMN enrollment.content_hash IS 'SHA-256 of what that version said.';

COMMENT ON COLUMN enrollment.recorded_at IS 'When this server took the row in.';

ALTER TABLE enrollment ENABLE ROW LEVEL SECURITY;

ALTER TABLE enrollment FORCE ROW LEVEL SECURITY;

GRANT SELECT ON enrollment TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON enrollment TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, enrollment_id, child_id, program_id, organization_id, sector, status, begins, ends, exit_reason) ON enrollment TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON enrollment TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON enrollment TO cabinet_writer;

CREATE POLICY cabinet_writer ON enrollment TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE school (
  community_id UUID NOT NULL,
  school_id UUID DEFAULT uuidv7() NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  organization_id UUID NOT NULL,
  location_id UUID,
  grades TEXT[] DEFAULT '{}' NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT school_key PRIMARY KEY (community_id, school_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT location_id_fk FOREIGN KEY(community_id, location_id) REFERENCES location (community_id, location_id),
  CONSTRAINT school_community_id_code_once UNIQUE (community_id, code)
);

CREATE INDEX school_organization_idx ON school (community_id, organization_id);

COMMENT ON TABLE school IS 'A school: an organization with a location.';

COMMENT ON COLUMN school.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN school.school_id IS 'Key of the school, uuid v7.';

COMMENT ON COLUMN school.code IS 'The school''s code at its district.';

COMMENT ON COLUMN school.name IS 'Name as people know it.';

COMMENT ON COLUMN school.organization_id IS 'The district or school organization that runs it.';

COMMENT ON COLUMN school.location_id IS 'Where it stands.';

COMMENT ON COLUMN school.grades IS 'CEDS grade levels it teaches.';

COMMENT ON COLUMN school.recorded_at IS 'When this server took the row in.';

ALTER TABLE school ENABLE ROW LEVEL SECURITY;

ALTER TABLE school FORCE ROW LEVEL SECURITY;

GRANT SELECT ON school TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON school TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON school TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON school TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON school TO cabinet_writer;

CREATE POLICY cabinet_writer ON school TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON school TO cabinet_operator;

CREATE POLICY cabinet_operator ON school TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE service (
  community_id UUID NOT NULL,
  service_id UUID DEFAULT uuidv7() NOT NULL,
  program_id UUID NOT NULL,
  service_type_id UUID,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  min_age INTEGER,
  max_age INTEGER,
  grades TEXT[] DEFAULT '{}' NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT service_key PRIMARY KEY (community_id, service_id),
  CONSTRAINT program_id_fk FOREIGN KEY(community_id, program_id) REFERENCES program (community_id, program_id),
  CONSTRAINT service_type_id_fk FOREIGN KEY(community_id, service_type_id) REFERENCES service_type (community_id, service_type_id),
  CONSTRAINT service_max_age_not_before_min_age CHECK (max_age >= min_age),
  CONSTRAINT service_community_id_code_once UNIQUE (community_id, code)
);

CREATE INDEX service_program_idx ON service (community_id, program_id);

CREATE INDEX service_service_type_idx ON service (community_id, service_type_id);

COMMENT ON TABLE service IS 'One service of a program (HSDS service); being enrolled in the program is being reached by it.';

COMMENT ON COLUMN service.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN service.service_id IS 'Key of the service, uuid v7.';

COMMENT ON COLUMN service.program_id IS 'The program it is part of.';

COMMENT ON COLUMN service.service_type_id IS 'What kind of service it is; empty: of none the community lists.';

COMMENT ON COLUMN service.code IS 'The service''s code.';

COMMENT ON COLUMN service.name IS 'Name as people know it.';

COMMENT ON COLUMN service.min_age IS 'Youngest age served, completed years.';

COMMENT ON COLUMN service.max_age IS 'Oldest age served, completed years, inclusive.';

COMMENT ON COLUMN service.grades IS 'CEDS grade levels served.';

COMMENT ON COLUMN service.recorded_at IS 'When this server took the row in.';

ALTER TABLE service ENABLE ROW LEVEL SECURITY;

ALTER TABLE service FORCE ROW LEVEL SECURITY;

GRANT SELECT ON service TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON service TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON service TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON service TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service TO cabinet_writer;

CREATE POLICY cabinet_writer ON service TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service TO cabinet_operator;

CREATE POLICY cabinet_operator ON service TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE attendance_event (
  community_id UUID NOT NULL,
  attendance_event_id UUID DEFAULT uuidv7() NOT NULL,
  enrollment_id UUID NOT NULL,
  child_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  attended_on DATE NOT NULL,
  category TEXT NOT NULL,
  minutes INTEGER,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT attendance_event_key PRIMARY KEY (community_id, attendance_event_id),
  CONSTRAINT enrollment_id_fk FOREIGN KEY(community_id, enrollment_id) REFERENCES enrollment (community_id, enrollment_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT attendance_event_category_known CHECK (category IN ('PRESENT', 'TARDY', 'EXCUSED_ABSENCE', 'UNEXCUSED_ABSENCE')),
  CONSTRAINT attendance_event_minutes_within_day CHECK (minutes BETWEEN 0 AND 1440),
  CONSTRAINT attendance_event_community_id_enrollment_id_attended_on_once UNIQUE (community_id, enrollment_id, attended_on)
);

CREATE INDEX attendance_event_child_idx ON attendance_event (community_id, child_id);

COMMENT ON TABLE attendance_event IS 'One day of one enrollment.';

COMMENT ON COLUMN attendance_event.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN attendance_event.attendance_event_id IS 'Key of the attendance_event, uuid v7.';

COMMENT ON COLUMN attendance_event.enrollment_id IS 'The enrollment.';

COMMENT ON COLUMN attendance_event.child_id IS 'The child.';

COMMENT ON COLUMN attendance_event.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN attendance_event.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN attendance_event.attended_on IS 'The day.';

COMMENT ON COLUMN attendance_event.category IS 'Present or absent, and how.';

COMMENT ON COLUMN attendance_event.minutes IS 'Minutes attended.';

COMMENT ON COLUMN attendance_event.recorded_at IS 'When this server took the row in.';

ALTER TABLE attendance_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE attendance_event FORCE ROW LEVEL SECURITY;

GRANT SELECT ON attendance_event TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON attendance_event TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, attendance_event_id, enrollment_id, child_id, organization_id, sector, attended_on, category, minutes) ON attendance_event TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON attendance_event TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON attendance_event TO cabinet_writer;

CREATE POLICY cabinet_writer ON attendance_event TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE child_year (
  community_id UUID NOT NULL,
  child_id UUID NOT NULL,
  school_year INTEGER NOT NULL,
  organization_id UUID NOT NULL,
  sector TEXT NOT NULL,
  grade TEXT,
  school_id UUID,
  neighborhood_id UUID,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT child_year_key PRIMARY KEY (community_id, child_id, school_year, organization_id),
  CONSTRAINT child_id_fk FOREIGN KEY(community_id, child_id) REFERENCES child (community_id, child_id),
  CONSTRAINT organization_id_fk FOREIGN KEY(community_id, organization_id) REFERENCES organization (community_id, organization_id),
  CONSTRAINT school_id_fk FOREIGN KEY(community_id, school_id) REFERENCES school (community_id, school_id),
  CONSTRAINT neighborhood_id_fk FOREIGN KEY(community_id, neighborhood_id) REFERENCES neighborhood (community_id, neighborhood_id),
  CONSTRAINT child_year_grade_known CHECK (grade IN ('IT', 'PR', 'PK', 'TK', 'KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13', 'PS', 'UG')),
  CONSTRAINT child_year_school_year_plausible CHECK (school_year BETWEEN 1990 AND 2100)
);

CREATE INDEX child_year_year_idx ON child_year (community_id, school_year);

COMMENT ON TABLE child_year IS 'What one organization says of the child in one school year.';

COMMENT ON COLUMN child_year.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN child_year.child_id IS 'The child.';

COMMENT ON COLUMN child_year.school_year IS 'The calendar year in which it ends (Ed-Fi SchoolYear).';

COMMENT ON COLUMN child_year.organization_id IS 'The organization whose record says so.';

COMMENT ON COLUMN child_year.sector IS 'Sector of that organization''s record.';

COMMENT ON COLUMN child_year.grade IS 'CEDS grade level.';

COMMENT ON COLUMN child_year.school_id IS 'School attended.';

COMMENT ON COLUMN child_year.neighborhood_id IS 'Neighborhood lived in.';

COMMENT ON COLUMN child_year.recorded_at IS 'When this server took the row in.';

ALTER TABLE child_year ENABLE ROW LEVEL SECURITY;

ALTER TABLE child_year FORCE ROW LEVEL SECURITY;

GRANT SELECT ON child_year TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON child_year TO cabinet_reader_child USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations()))) WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

GRANT SELECT (community_id, child_id, school_year, organization_id, sector, grade, school_id, neighborhood_id) ON child_year TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON child_year TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON child_year TO cabinet_writer;

CREATE POLICY cabinet_writer ON child_year TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE service_at_location (
  community_id UUID NOT NULL,
  service_at_location_id UUID DEFAULT uuidv7() NOT NULL,
  service_id UUID NOT NULL,
  location_id UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT service_at_location_key PRIMARY KEY (community_id, service_at_location_id),
  CONSTRAINT service_id_fk FOREIGN KEY(community_id, service_id) REFERENCES service (community_id, service_id),
  CONSTRAINT location_id_fk FOREIGN KEY(community_id, location_id) REFERENCES location (community_id, location_id),
  CONSTRAINT service_at_location_community_id_service_id_location_id_once UNIQUE (community_id, service_id, location_id)
);

CREATE INDEX service_at_location_location_idx ON service_at_location (community_id, location_id);

COMMENT ON TABLE service_at_location IS 'A service given at one place (HSDS service_at_location).';

COMMENT ON COLUMN service_at_location.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN service_at_location.service_at_location_id IS 'Key of the service_at_location, uuid v7.';

COMMENT ON COLUMN service_at_location.service_id IS 'The service.';

COMMENT ON COLUMN service_at_location.location_id IS 'The place.';

COMMENT ON COLUMN service_at_location.recorded_at IS 'When this server took the row in.';

ALTER TABLE service_at_location ENABLE ROW LEVEL SECURITY;

ALTER TABLE service_at_location FORCE ROW LEVEL SECURITY;

GRANT SELECT ON service_at_location TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON service_at_location TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON service_at_location TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON service_at_location TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service_at_location TO cabinet_writer;

CREATE POLICY cabinet_writer ON service_at_location TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service_at_location TO cabinet_operator;

CREATE POLICY cabinet_operator ON service_at_location TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

CREATE TABLE service_capacity (
  community_id UUID NOT NULL,
  service_capacity_id UUID DEFAULT uuidv7() NOT NULL,
  service_at_location_id UUID NOT NULL,
  available INTEGER,
  maximum INTEGER,
  funded INTEGER,
  unit TEXT DEFAULT 'seat' NOT NULL,
  updated DATE NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT service_capacity_key PRIMARY KEY (community_id, service_capacity_id),
  CONSTRAINT service_at_location_id_fk FOREIGN KEY(community_id, service_at_location_id) REFERENCES service_at_location (community_id, service_at_location_id),
  CONSTRAINT service_capacity_seats_not_negative CHECK (available >= 0 AND maximum >= 0 AND funded >= 0),
  CONSTRAINT service_capacity_maximum_not_before_available CHECK (maximum >= available),
  CONSTRAINT service_capacity_community_id_service_at_location_id_up_bee5 UNIQUE (community_id, service_at_location_id, updated)
);

COMMENT ON TABLE service_capacity IS 'Seats of a service at a place from a date on (HSDS service_capacity).';

COMMENT ON COLUMN service_capacity.community_id IS 'The community this row belongs to.';

COMMENT ON COLUMN service_capacity.service_capacity_id IS 'Key of the service_capacity, uuid v7.';

COMMENT ON COLUMN service_capacity.service_at_location_id IS 'The service at its place.';

COMMENT ON COLUMN service_capacity.available IS 'Seats free on that date.';

COMMENT ON COLUMN service_capacity.maximum IS 'Seats there are.';

COMMENT ON COLUMN service_capacity.funded IS 'Seats paid for.';

COMMENT ON COLUMN service_capacity.unit IS 'What is counted.';

COMMENT ON COLUMN service_capacity.updated IS 'The date these numbers are of.';

COMMENT ON COLUMN service_capacity.recorded_at IS 'When this server took the row in.';

ALTER TABLE service_capacity ENABLE ROW LEVEL SECURITY;

ALTER TABLE service_capacity FORCE ROW LEVEL SECURITY;

GRANT SELECT ON service_capacity TO cabinet_reader_child;

CREATE POLICY cabinet_reader_child ON service_capacity TO cabinet_reader_child USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT ON service_capacity TO cabinet_reader_aggregate;

CREATE POLICY cabinet_reader_aggregate ON service_capacity TO cabinet_reader_aggregate USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service_capacity TO cabinet_writer;

CREATE POLICY cabinet_writer ON service_capacity TO cabinet_writer USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));

GRANT SELECT, INSERT, UPDATE ON service_capacity TO cabinet_operator;

CREATE POLICY cabinet_operator ON service_capacity TO cabinet_operator USING (community_id = ANY (app_communities())) WITH CHECK (community_id = ANY (app_communities()));
