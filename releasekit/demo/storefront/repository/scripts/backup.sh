#!/bin/sh
# Writes a dump of the database and reads its table of contents back. Usage: scripts/backup.sh FILE
set -eu
pg_dump --format=custom --no-owner --file="$1" "$DATABASE_URL"
pg_restore --list "$1" >/dev/null
ls -l "$1"
