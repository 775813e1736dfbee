DROP TABLE linkage_quality;

DROP TABLE comparison_key;

DROP TABLE child_comparison;

DROP TABLE linkage_model;

ALTER TABLE child_link DROP COLUMN model_version;

ALTER TABLE child_identity DROP COLUMN phones;

ALTER TABLE child_identity DROP COLUMN guardians;
