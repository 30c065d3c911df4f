#!/bin/sh
# First start of the database only: the roles, and the owner of the database. No test role here.
set -eu
# Passwords are read from the environment by psql: arguments are shown by ps.
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv owner NRM_OWNER_PASSWORD
\getenv app NRM_APP_PASSWORD
\getenv worker NRM_WORKER_PASSWORD
\getenv backup NRM_BACKUP_PASSWORD
\getenv sandbox NRM_SANDBOX_PASSWORD
CREATE ROLE nrm_owner LOGIN PASSWORD :'owner';
CREATE ROLE nrm_app LOGIN PASSWORD :'app';
CREATE ROLE nrm_worker LOGIN PASSWORD :'worker';
-- reads everything and writes nothing: backups only
CREATE ROLE nrm_backup LOGIN REPLICATION BYPASSRLS IN ROLE pg_read_all_data PASSWORD :'backup';
-- re-encryption fires no trigger: nothing was corrected
GRANT SET ON PARAMETER session_replication_role TO nrm_owner;
-- its function ends sessions of the application that hold others up (nrm.end_holders), and sees for how long they do
GRANT pg_signal_backend, pg_read_all_stats TO nrm_owner;
ALTER DATABASE nrm OWNER TO nrm_owner;
-- large objects, of which the platform has none: anybody could fill the disk with what nobody reads or erases
\connect template1
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
\connect nrm
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
-- copies the template of test spaces, which the owner fills; has no right to a table of nrm
CREATE ROLE nrm_sandbox LOGIN CREATEDB PASSWORD :'sandbox';
CREATE DATABASE nrm_sandbox OWNER nrm_owner;
SQL
# the image lets nobody replicate from another container
echo "host replication nrm_backup samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
