"""Times bench_judge and its peers in turn and prints their ratios.

usage: judge_peers.py BENCH_JUDGE [--json]

Fit: 100 trees of 256 of 10000 rows with 8 features; score: those rows in one
batch. Processor time, the best of the rounds, so that a neighbour on the
machine counts little.
"""
import json
import subprocess
import sys
import time

import numpy as np
from isotree import IsolationForest as Isotree
from sklearn.ensemble import IsolationForest as Sklearn

ROUNDS = 7
ROWS = 10000


def ours(program):
    """Milliseconds of each benchmark."""
    text = subprocess.run([program, "--benchmark_format=json",
                           "--benchmark_min_time=0.2"], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    scale = {"ns": 1e-6, "us": 1e-3, "ms": 1}
    return {entry["name"]: entry["cpu_time"] * scale[entry["time_unit"]]
            for entry in json.loads(text.stdout)["benchmarks"]}


def timed(work):
    start = time.process_time()
    result = work()
    return (time.process_time() - start) * 1e3, result


def peer(make, score, x):
    fit, model = timed(lambda: make().fit(x))
    return {"ForestFit": fit, "ForestScore": timed(lambda: score(model, x))[0]}


def main():
    program = sys.argv[1]
    x = np.asfortranarray(np.random.default_rng(1).standard_normal((ROWS, 8)))
    rows = np.ascontiguousarray(x)
    contenders = {
        "ours": lambda: ours(program),
        "isotree": lambda: peer(
            lambda: Isotree(ntrees=100, sample_size=256, ndim=1, nthreads=1,
                            missing_action="fail"),
            lambda model, _: model.predict(x), x),
        "scikit-learn": lambda: peer(
            lambda: Sklearn(n_estimators=100, max_samples=256, n_jobs=1),
            lambda model, data: model.score_samples(data), rows),
    }
    best = {name: {} for name in contenders}
    for _ in range(ROUNDS):
        for name, run in contenders.items():
            for what, value in run().items():
                best[name][what] = min(value, best[name].get(what, value))
    mine, tree, learn = best.values()
    ratios = {"fit, isotree over ours": tree["ForestFit"] / mine["ForestFit"],
              "score, the better peer over ours":
                  min(tree["ForestScore"], learn["ForestScore"])
                  / mine["ForestScore"]}
    if "--json" in sys.argv:
        print(json.dumps({"ms": best, "ratios": ratios}))
        return
    for name, times in best.items():
        for what, value in times.items():
            print(f"{name:13s} {what:12s} {value:9.4f} ms processor time")
    for what, value in ratios.items():
        print(f"{what}: {value:.1f}x")


if __name__ == "__main__":
    main()
