#!/usr/bin/env bash
# Loads one address and fails if a request failed or the 99th percentile is too slow:
# load_test.sh URL [SECONDS [CONNECTIONS [P99_MILLISECONDS]]]. Needs curl and wrk. `deno task bench` measures the product itself.
set -euo pipefail

main() {
  [ $# -ge 1 ] || { echo "Usage: $0 URL [SECONDS [CONNECTIONS [P99_MILLISECONDS]]]" >&2; exit 2; }
  local url=$1 seconds=${2:-30} connections=${3:-50} limit=${4:-500} report status p99
  command -v wrk >/dev/null || { echo "wrk is not installed." >&2; exit 1; }
  # wrk counts a redirect, such as one to the sign-in page, as a success.
  status=$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' "$url") || true
  [ "$status" = 200 ] || fail "the address answers with $status, not with 200"
  report=$(wrk --latency --timeout 10s --threads "$((connections > 1 ? 2 : 1))" --connections "$connections" --duration "${seconds}s" "$url")
  echo "$report"
  if grep -q -E 'Non-2xx or 3xx|Socket errors' <<<"$report"; then fail "some requests failed"; fi
  if grep -q -E '^ +0 requests in' <<<"$report"; then fail "no request was answered"; fi
  p99=$(awk '$1 == "99%" {print $2}' <<<"$report" | milliseconds)
  [ "$p99" -le "$limit" ] || fail "the 99th percentile is $p99 ms, more than $limit ms"
  echo "The 99th percentile is $p99 ms."
}

# A duration of wrk, such as 850.00us, 12.30ms or 1.20s, in whole milliseconds.
milliseconds() {
  awk '/us$/ {printf "%d", $1 / 1000; next} /ms$/ {printf "%d", $1; next} {printf "%d", $1 * 1000}'
}

fail() {
  echo "Failed: $1." >&2
  exit 1
}

main "$@"
