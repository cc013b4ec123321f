#!/usr/bin/env bash
# The tests on other days, around midnight at the end of the year, and in another time zone; but for those marked
# real_time, as `.venv/bin/python -m pytest -m real_time --collect-only` lists them. WORKERS processes at once.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CLOCKS=$PWD/tests/clocks
command -v faketime >/dev/null || { echo "make clocks needs faketime: tests/services.sh says how to get it" >&2; exit 1; }

pytest() { .venv/bin/python -m pytest -q -m "not real_time" -p no:cacheprovider "$@"; }

# ahead SECONDS FILE...: every process has a clock that goes so far ahead. Files keep their own times.
ahead() {
  PATH="$CLOCKS:$PATH" PYTHONPATH=$CLOCKS PYTHON_FAKETIME="+$1" NO_FAKE_STAT=1 \
    faketime --exclude-monotonic -f "+$1" bash -c 'pytest "$@"' pytest "${@:2}"
}

# Each file has a midnight of its own. Status 5 is a file that has only marked tests.
midnight() {
  local end
  end=$(date -u -d "$(date -u +%Y)-12-31 23:59:50" +%s)
  ahead $((end - $(date +%s))) "$1" || [ $? -eq 5 ]
}
export -f pytest ahead midnight

workers=${WORKERS:-2}
failed=()
tell() {
  echo "== $1"
  "${@:2}" || failed+=("$1")
}
tell "in 45 days" ahead $((45 * 86400)) -n "$workers"
tell "in 400 days" ahead $((400 * 86400)) -n "$workers"
tell "in Auckland" env TZ=Pacific/Auckland bash -c 'pytest "$@"' pytest -n "$workers"
tell "as the year ends" xargs -P "$workers" -I{} bash -c 'midnight "$1"' midnight {} < <(find tests -name 'test_*.py' | sort)
[ ${#failed[@]} -eq 0 ] || { printf 'Failed: %s\n' "${failed[*]}" >&2; exit 1; }
