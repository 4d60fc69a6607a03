#!/usr/bin/env bash
# Replaces APP_SECRET of Compose's .env file. `rotate_secret.sh start` sets a new one beside the old one and seals everything
# again; nobody is signed out. `rotate_secret.sh finish`, once all processes run with both, forgets the old one.
set -euo pipefail
cd "$(dirname "$0")/../docker"

readonly ENV_FILE=${ENV_FILE:-.env}
readonly SECRET_BYTES=33

main() {
  [ -f "$ENV_FILE" ] || { echo "$ENV_FILE does not exist." >&2; exit 1; }
  case "${1:-}" in
    start) start ;;
    finish) finish ;;
    *) echo "Usage: $0 start|finish" >&2; exit 2 ;;
  esac
}

start() {
  ! has APP_SECRET_PREVIOUS || { echo "A rotation has already started. Run: $0 finish" >&2; exit 1; }
  local old
  old=$(sed -n 's/^APP_SECRET=//p' "$ENV_FILE")
  [ -n "$old" ] || { echo "$ENV_FILE has no APP_SECRET." >&2; exit 1; }
  rewrite "APP_SECRET=$(openssl rand -base64 "$SECRET_BYTES")" "APP_SECRET_PREVIOUS=$old"
  apply
  docker compose run --rm --no-deps web -P=admin dist/cli/main.js config rotate-keys
}

finish() {
  has APP_SECRET_PREVIOUS || { echo "No rotation has started. Run: $0 start" >&2; exit 1; }
  rewrite "$(grep '^APP_SECRET=' "$ENV_FILE")"
  apply
}

has() { grep -q "^$1=." "$ENV_FILE"; }

# Replaces both secrets by the given lines, in one step, so that a crash leaves the old file or the new one.
rewrite() {
  (umask 077; { grep -v -E '^APP_SECRET(_PREVIOUS)?=' "$ENV_FILE" || true; printf '%s\n' "$@"; } >"$ENV_FILE.new")
  mv "$ENV_FILE.new" "$ENV_FILE"
}

apply() { docker compose up --detach --wait; }

main "$@"
