#!/bin/sh
# Brings the schema to the newest revision. Runs once per deployment, before web and worker start.
set -eu
cd "$(dirname "$0")/.."
alembic upgrade head
