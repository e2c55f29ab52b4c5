#!/bin/sh
# A password backup of a real file, from sealing to restoring: `npm start [-- FILE]`.
set -eu
umask 077

here=$(cd "$(dirname "$0")/.." && pwd)
file=${1:-$here/package.json}
work=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-XXXXXX")

holdfast() {
  printf '\n$ holdfast %s\n' "$*"
  node "$here/apps/cli/src/holdfast.ts" --state "$work/state" "$@"
}

set --
if [ ! -t 0 ]; then
  echo "There is no terminal to ask for a password on, so a random one goes into $work/password."
  head -c 18 /dev/urandom | base64 >"$work/password"
  set -- --password-file "$work/password"
fi

holdfast backup "$file" --to "$work/backup.tar" "$@"
holdfast verify "$work/backup.tar" --full "$@"
holdfast restore "$work/backup.tar" --to "$work/restored" "$@"
cmp "$file" "$work/restored"
printf '\nThe restored file is the same as %s, byte for byte. All of it is in %s.\n' "$file" "$work"
