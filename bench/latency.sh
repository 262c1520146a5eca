#!/usr/bin/env bash
# From Alertmanager's POST to the first mutating request: real Prometheus and
# Alertmanager, the simulated cluster; where the time goes, stage by stage.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build release selfheal kubesim >&2
exec python3 -B bench/latency.py "$@"
