DROP TABLE withdrawn_record;
