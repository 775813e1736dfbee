CREATE INDEX enrollment_made_idx ON enrollment (community_id, child_id, program_id) WHERE record_version < 0;

CREATE FUNCTION app_keep_up() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ DECLARE grown regclass; BEGIN
    FOR grown IN SELECT oid FROM pg_class
      WHERE oid = ANY ('{child,child_comparison,child_identifier,child_identity,child_link,child_year,
        comparison_key,enrollment,source_record}'::regclass[])
        AND pg_relation_size(oid) > 2 * greatest(relpages, 0) * current_setting('block_size')::bigint
    LOOP EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown); END LOOP; END $$;
