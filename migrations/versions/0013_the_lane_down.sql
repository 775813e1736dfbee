DROP FUNCTION app_keep_up();

DROP INDEX enrollment_made_idx;
