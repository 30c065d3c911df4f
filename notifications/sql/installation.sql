-- A copy of the database sends nothing: it compares where it lives with where it was told that it lives.

CREATE FUNCTION nrm.here(OUT cluster text, OUT timeline bigint, OUT database bigint) LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (SELECT system_identifier::text FROM pg_control_system()),
         -- the first eight digits of the name of a segment; a standby has none of its own and sends nothing
         CASE WHEN pg_is_in_recovery() THEN 0
              ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint END,
         (SELECT oid::bigint FROM pg_database WHERE datname = current_database())
$$;

-- Return why nothing may leave this database for the site of this host; '' when it may.
CREATE FUNCTION nrm.held_back(host text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN i.id IS NULL THEN 'it was never told where it lives'
              WHEN i.cluster = '' THEN 'held back by hand'
              WHEN i.cluster <> h.cluster THEN 'copied from another cluster'
              WHEN i.timeline <> h.timeline THEN 'restored from a backup, or promoted from a replica'
              WHEN i.database <> h.database THEN 'copied from another database'
              WHEN i.site <> host THEN 'made for another site'
              ELSE '' END
  FROM nrm.here() h LEFT JOIN notifications_installation i ON i.id = 1
$$;
