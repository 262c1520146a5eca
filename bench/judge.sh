#!/usr/bin/env bash
# The judge's speed beside scikit-learn and isotree, one thread, one run:
# processor time of each, the best of several rounds, and the ratios.
#
# bench/judge.sh [--json]. The peers: scripts/lib/peers.
set -euo pipefail
cd "$(dirname "$0")/.."

build=${SELFHEAL_BUILD:-build/release}
if [ -z "${SELFHEAL_BUILD:-}" ]; then
  scripts/build release bench_judge >&2
fi
peers=$(scripts/lib/peers)
# A current numpy chooses its kernels itself.
exec env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 \
  OPENBLAS_NUM_THREADS=1 "$peers" -B bench/judge_peers.py "$build/bench_judge" \
  "$@"
