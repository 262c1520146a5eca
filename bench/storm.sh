#!/usr/bin/env bash
# A storm: 500 posts a second of 20 alerts each, 5,000 fingerprints over 500
# targets, for a minute; what is acknowledged, lost, held in memory and done.
# --postgres: over a PostgreSQL of its own instead of a SQLite file.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build release selfheal kubesim bench_webhook >&2
exec python3 -B bench/storm.py "$@"
