#!/bin/sh
# Puts a dump back in place of what is there; web and worker have to be stopped. Usage: scripts/restore.sh FILE
# The schema is emptied first: tables that are younger than the dump would otherwise stay.
set -eu
pg_restore --list "$1" >/dev/null
psql "$DATABASE_URL" --set=ON_ERROR_STOP=1 --command='DROP SCHEMA public CASCADE; CREATE SCHEMA public;'
pg_restore --no-owner --single-transaction --exit-on-error --dbname="$DATABASE_URL" "$1"
