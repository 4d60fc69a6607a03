#!/bin/sh
# Starts the bundles once while the image is built, on an embedded database that is thrown away. Nothing listens at the mail
# server's address: it loads what sends emails in production.
set -eu

permissions="--quiet --no-prompt --allow-read=.,$DATA_DIR --allow-write=$DATA_DIR"

# shellcheck disable=SC2086 # several flags
DENO_ENV=development SMTP_URL=smtp://127.0.0.1:9 EMAIL_FROM=warm-up@localhost deno run $permissions -P=serve dist/server/main.js &
server=$!
until deno run --quiet --no-prompt --allow-net=127.0.0.1 --allow-env=PORT,METRICS_PORT deploy/docker/healthcheck.ts; do
  kill -0 "$server" || exit 1
  sleep 0.2
done
kill "$server"
wait "$server"
# Without the flag of cli.sh, Deno reads the modules of all commands, and DENO_DIR keeps what it found.
# shellcheck disable=SC2086
deno run $permissions -P=admin dist/cli/main.js --help >/dev/null
