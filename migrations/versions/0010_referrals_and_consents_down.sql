DROP TABLE consent;

DROP TABLE referral;

DELETE FROM need WHERE basis = 'DIAGNOSIS';

ALTER TABLE need DROP CONSTRAINT need_basis_known;

ALTER TABLE need ADD CONSTRAINT need_basis_known
  CHECK (basis IN ('SCREENING', 'REFERRAL', 'IEP_SERVICE', 'REQUEST'));

ALTER TABLE source_record DROP COLUMN record_version;
