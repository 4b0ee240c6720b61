#!/bin/sh
# Installs PostgreSQL where that is possible without a question: tests of several controllers make a server of their own of it.
set -eu

if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then
  exit
fi
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo --non-interactive"
echo "installing postgresql, for the tests of several controllers" >&2
if ! command -v apt-get >/dev/null ||
  ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >/dev/null 2>&1; then
  echo "could not install postgresql: tests of several controllers are skipped" >&2
fi
