ALTER TABLE child_year DROP CONSTRAINT child_year_key;

ALTER TABLE child_year ADD CONSTRAINT child_year_key
  PRIMARY KEY (community_id, child_id, school_year, organization_id);

DROP INDEX enrollment_program_idx;

CREATE INDEX enrollment_program_idx ON enrollment (community_id, program_id, enrollment_id);

ALTER POLICY cabinet_reader_child ON characteristic
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON child_identifier
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON encounter
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON match_review
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON need
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON source_record
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON child_identity
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON child_link
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON enrollment
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON attendance_event
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));

ALTER POLICY cabinet_reader_child ON child_year
  USING (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())))
  WITH CHECK (community_id = ANY (app_communities()) AND (sector = ANY (app_sectors()) OR organization_id = ANY (app_organizations())));
