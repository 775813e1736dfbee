ALTER TABLE change ADD COLUMN organization_id UUID;

ALTER TABLE change ADD COLUMN sector TEXT;

COMMENT ON COLUMN change.organization_id IS 'The organization that wrote it.';

COMMENT ON COLUMN change.sector IS 'Sector of that organization''s record.';
