#!/bin/sh
# Installs from Debian what the tests run against and this machine lacks: PostgreSQL (its server binaries; no server is left
# running), Chromium with a font for what pages are written in, and a C compiler for the race detector. Where it may not install,
# it says so, and the tests that need it skip.
set -eu

missing=""
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
browser=""
for name in chromium chromium-browser google-chrome-stable google-chrome; do
	command -v "$name" >/dev/null 2>&1 && browser="$name"
done
[ -n "$browser" ] || missing="$missing chromium fonts-dejavu-core"
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root=sudo; else
		echo "not installed, for want of rights:$missing (tests that need them will skip)"
		exit 0
	fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
	echo "not installed, for want of apt-get:$missing (tests that need them will skip)"
	exit 0
fi
echo "installing from Debian:$missing"
# The packages' own cluster is not wanted: each test run makes its own in a temporary folder.
$as_root mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
