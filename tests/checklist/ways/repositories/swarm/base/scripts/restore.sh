#!/bin/sh
# Read a dump back: scripts/restore.sh FILE
set -eu
pg_restore --clean --if-exists --single-transaction --exit-on-error --dbname="$DATABASE_URL" "$1"
