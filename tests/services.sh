#!/usr/bin/env bash
# The programs that tests talk to: says which are missing and, as root on Debian, installs the packages they are in.
# Elsewhere it only says so: a test whose program is missing is skipped with that reason, or fails where CI=true.
set -euo pipefail

# a program, and the Debian package it is in
wanted=(
  "chromium chromium"
  "docker-registry docker-registry"
  "faketime faketime"
  "git git"
  "jq jq"
  "openssl openssl"
  "postgres postgresql"
  "prometheus prometheus"
  "prometheus-alertmanager prometheus-alertmanager"
  "promtool prometheus"
  "shellcheck shellcheck"
  "ssh-keygen openssh-client"
  "strace strace"
  "unzip unzip"
  "zip zip"
)

present() {
  command -v "$1" >/dev/null && return
  # Debian keeps PostgreSQL's server programs off PATH, one folder per version
  [ "$1" = postgres ] && compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null
}

missing=()
packages=()
look() {
  missing=()
  packages=()
  local row program package
  for row in "${wanted[@]}"; do
    read -r program package <<<"$row"
    present "$program" && continue
    missing+=("$program")
    [[ " ${packages[*]-} " == *" $package "* ]] || packages+=("$package")
  done
}

look
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Missing for the tests: ${missing[*]}"
if [ "$(id -u)" -ne 0 ] || [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
  echo "Their tests are skipped (with CI=true they fail). On Debian: apt-get install ${packages[*]}"
  exit 0
fi

echo "Installing Debian's packages: ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${packages[@]}"

look
if [ ${#missing[@]} -gt 0 ]; then
  echo "Still missing after the installation: ${missing[*]}" >&2
  exit 1
fi
