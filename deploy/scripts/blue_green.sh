#!/usr/bin/env bash
# Replaces the web process of Compose without a pause: blue_green.sh IMAGE. The same command with the former image goes back.
# The new container starts beside the old one and joins the proxy. The old one stops only once the new one is healthy.
set -euo pipefail
cd "$(dirname "$0")/../docker"

readonly PATIENCE=120 # seconds until the new container must be healthy
readonly STOP_TIME=30 # seconds for the old one to finish its requests

main() {
  [ $# -eq 1 ] || { echo "Usage: $0 IMAGE" >&2; exit 2; }
  export DENIZEN_IMAGE=$1
  local old new
  old=$(docker ps --quiet --filter label=com.docker.compose.project=denizen --filter label=com.docker.compose.service=web)
  new="denizen-web-$(date +%s)"

  docker compose run --rm migrate
  docker compose run --detach --no-deps --use-aliases --name "$new" web >/dev/null
  wait_for "$new" || { docker logs --tail 20 "$new"; docker rm --force "$new" >/dev/null; exit 1; }
  for container in $old; do
    docker stop --time "$STOP_TIME" "$container" >/dev/null
    docker rm "$container" >/dev/null
  done
  echo "$new serves $DENIZEN_IMAGE."
}

wait_for() {
  local _
  for _ in $(seq "$PATIENCE"); do
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = healthy ] && return
    sleep 1
  done
  echo "$1 isn't healthy after $PATIENCE seconds. The old container still serves." >&2
  return 1
}

main "$@"
