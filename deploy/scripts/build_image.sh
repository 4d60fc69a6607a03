#!/usr/bin/env bash
# Builds the image with buildah, without a Docker daemon: build_image.sh TAG [BASE_IMAGE]. Needs root or user namespaces.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ $# -ge 1 ] || { echo "Usage: $0 TAG [BASE_IMAGE]" >&2; exit 2; }
base=(); [ $# -lt 2 ] || base=(--build-arg "BASE=$2" --pull=never)

# `docker` is the format that keeps HEALTHCHECK.
buildah --storage-driver vfs build --isolation chroot --format docker \
  "${base[@]}" --file deploy/docker/Dockerfile --tag "$1" .
