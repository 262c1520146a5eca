#!/usr/bin/env bash
# The judge's speed beside scikit-learn and isotree, one thread, one run:
# processor time of each, the best of several rounds, and the ratios.
#
# bench/judge.sh [--json]. The peers come from PyPI into build/peers (isotree is
# compiled there, some minutes once); PEERS=/path/to/python uses another Python.
set -euo pipefail
cd "$(dirname "$0")/.."

build=${SELFHEAL_BUILD:-build/release}
if [ -z "${SELFHEAL_BUILD:-}" ]; then
  scripts/build release bench_judge >&2
fi
peers=${PEERS:-build/peers/bin/python}
if [ ! -x "$peers" ]; then
  python3 -m venv build/peers
  build/peers/bin/pip install --quiet scikit-learn==1.9 isotree >&2
fi
# A current numpy chooses its kernels itself.
exec env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 \
  OPENBLAS_NUM_THREADS=1 "$peers" -B bench/judge_peers.py "$build/bench_judge" \
  "$@"
