#!/usr/bin/env bash
# Replaces the processes of Compose without a pause: blue_green.sh IMAGE. New containers start beside the old ones, and the
# old ones stop only once all new ones are healthy. A former image works only if no migration came after it.
set -euo pipefail
cd "$(dirname "$0")/../docker"

readonly ENV_FILE=${ENV_FILE:-.env}
readonly PATIENCE=120 # seconds until a new container must be healthy
readonly STOP_TIME=30 # seconds for an old one to finish its requests

main() {
  [ $# -eq 1 ] || { echo "Usage: $0 IMAGE" >&2; exit 2; }
  export DENIZEN_IMAGE=$1
  local old new
  old=$(containers web web-2 worker)
  [ -n "$old" ] || { echo "Nothing runs here. Run: deno task deploy docker" >&2; exit 1; }
  docker image inspect "$DENIZEN_IMAGE" >/dev/null 2>&1 || docker pull "$DENIZEN_IMAGE" # Compose would build it instead

  docker compose run --rm migrate
  if ! { start_beside && new=$(started_after "$old") && wait_for "$new"; }; then
    remove 0 "$(started_after "$old")"
    echo "The old containers still serve." >&2
    exit 1
  fi
  remember_image
  remove "$STOP_TIME" "$old"
  echo "$DENIZEN_IMAGE serves."
}

# The containers of services, without those of `docker compose run`.
containers() {
  local service
  for service in "$@"; do
    docker ps --all --quiet --filter label=com.docker.compose.project=denizen \
      --filter "label=com.docker.compose.service=$service" --filter label=com.docker.compose.oneoff=False
  done
}

# One more container for each service that has any.
start_beside() {
  local service count scales=() services=()
  for service in web web-2 worker; do
    count=$(containers "$service" | wc -l)
    [ "$count" -gt 0 ] || continue
    services+=("$service")
    scales+=(--scale "$service=$((count + 1))")
  done
  docker compose up --detach --no-deps --no-recreate --no-build "${scales[@]}" "${services[@]}"
}

started_after() { containers web web-2 worker | grep -vxF "$1"; }

wait_for() {
  local container _
  for container in $1; do
    for _ in $(seq "$PATIENCE"); do
      [ "$(docker inspect --format '{{.State.Health.Status}}' "$container")" != healthy ] || continue 2
      sleep 1
    done
    docker logs --tail 20 "$container"
    echo "$container isn't healthy after $PATIENCE seconds." >&2
    return 1
  done
}

# From now on, Compose and the other scripts use this image, too. In one step, so that a crash leaves a whole file.
remember_image() {
  (umask 077; { grep -v '^DENIZEN_IMAGE=' "$ENV_FILE" || true; echo "DENIZEN_IMAGE=$DENIZEN_IMAGE"; } >"$ENV_FILE.new")
  mv "$ENV_FILE.new" "$ENV_FILE"
}

remove() {
  local container
  for container in $2; do
    docker stop --time "$1" "$container" >/dev/null
    docker rm "$container" >/dev/null
  done
}

main "$@"
