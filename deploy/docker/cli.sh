#!/bin/sh
# The command line in the image, as `denizen`.
set -eu
cd /app
exec deno run --quiet --no-prompt --unstable-lazy-dynamic-imports --allow-read=.,/data --allow-write=/data \
  -P=admin dist/cli/main.js "$@"
