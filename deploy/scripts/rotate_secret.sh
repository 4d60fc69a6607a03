#!/usr/bin/env bash
# Replaces APP_SECRET of Compose's .env file. `rotate_secret.sh start` sets a new one beside the old one and seals everything
# again; nobody is signed out. `rotate_secret.sh finish`, twelve hours later, forgets the old one. Both can be repeated after
# a failure. If the old secret has leaked, `finish --now` gives up the push and text messages that still wait.
set -euo pipefail
cd "$(dirname "$0")/../docker"

readonly ENV_FILE=${ENV_FILE:-.env}
readonly FORMER=$ENV_FILE.previous # .env with the old secret, until nothing needs it
readonly SECRET_BYTES=33
readonly MINUTES=720 # as long as a waiting message is tried; it stays sealed with the secret of its time

main() {
  [ -f "$ENV_FILE" ] || { echo "$ENV_FILE does not exist." >&2; exit 1; }
  case "$*" in
    start) start ;;
    finish | "finish --now") finish "${2:-}" ;;
    *) echo "Usage: $0 start|finish [--now]" >&2; exit 2 ;;
  esac
}

start() {
  if ! has APP_SECRET_PREVIOUS; then
    has APP_SECRET || { echo "$ENV_FILE has no APP_SECRET." >&2; exit 1; }
    (umask 077; cp "$ENV_FILE" "$FORMER")
    rewrite "APP_SECRET=$(openssl rand -base64 "$SECRET_BYTES")" "APP_SECRET_PREVIOUS=$(sed -n 's/^APP_SECRET=//p' "$ENV_FILE")"
  fi
  seal
  touch "$FORMER"
  echo "Run \"$0 finish\" in twelve hours."
}

finish() {
  [ -f "$FORMER" ] || { echo "No rotation has started. Run: $0 start" >&2; exit 1; }
  if has APP_SECRET_PREVIOUS; then
    [ "$1" = --now ] || is_old "$FORMER" || {
      echo "Messages that wait may be sealed with the old secret until twelve hours after the start. Or run: $0 finish --now" >&2
      exit 1
    }
    seal
    rewrite "$(grep '^APP_SECRET=' "$ENV_FILE")"
  fi
  apply
  rm "$FORMER"
}

has() { grep -q "^$1=." "$ENV_FILE"; }

is_old() { [ -n "$(find "$1" -mmin "+$MINUTES")" ]; }

# Seals under the new secret what only the old one opens. A process that doesn't know the new one could open nothing afterwards.
seal() {
  apply
  require_secret_everywhere
  docker compose run --rm --no-deps --entrypoint denizen web config rotate-keys
}

apply() { docker compose up --detach --wait; }

require_secret_everywhere() {
  local line container variables
  line=$(grep '^APP_SECRET=' "$ENV_FILE")
  for container in $(docker ps --quiet --filter label=com.docker.compose.project=denizen); do
    variables=$'\n'$(docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$container")$'\n'
    if [[ $variables == *$'\nAPP_SECRET='* && $variables != *$'\n'"$line"$'\n'* ]]; then
      echo "The container $container runs with another APP_SECRET. Stop it, or name its profile in COMPOSE_PROFILES of $ENV_FILE. Then run this again." >&2
      exit 1
    fi
  done
}

# Replaces both secrets by the given lines, in one step, so that a crash leaves the old file or the new one.
rewrite() {
  (umask 077; { grep -v -E '^APP_SECRET(_PREVIOUS)?=' "$ENV_FILE" || true; printf '%s\n' "$@"; } >"$ENV_FILE.new")
  mv "$ENV_FILE.new" "$ENV_FILE"
}

main "$@"
