#!/bin/sh
# Dump the production database to a file: scripts/backup.sh FILE
set -eu
pg_dump --format=custom --file="$1" "$DATABASE_URL"
