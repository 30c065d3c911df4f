#!/bin/sh
# First start of the database only: the three roles, and the owner of the database. No test role here.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v owner="$NRM_OWNER_PASSWORD" -v app="$NRM_APP_PASSWORD" -v worker="$NRM_WORKER_PASSWORD" <<'SQL'
CREATE ROLE nrm_owner LOGIN PASSWORD :'owner';
CREATE ROLE nrm_app LOGIN PASSWORD :'app';
CREATE ROLE nrm_worker LOGIN PASSWORD :'worker';
ALTER DATABASE nrm OWNER TO nrm_owner;
SQL
