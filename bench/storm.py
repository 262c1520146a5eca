"""Lets a storm of alerts loose on `selfheal` over a real Prometheus and the
simulated cluster, and prints what came of it.

Of the 500 targets 200 exist in the cluster, and 40 of these are ill for real, so
that there is something to act on until the storm breaker opens.
"""

import argparse
import contextlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/release"
sys.path.insert(0, str(ROOT / "tests/e2e"))
from postgres import Postgres  # noqa: E402
from stack import WEBHOOK_TOKEN, Stack, request  # noqa: E402

TARGETS, EXISTING, ILL, FINGERPRINTS = 500, 200, 40, 5000


def deployment(name):
    labels = {"app": name}
    container = {"name": "app", "image": "app:1", "resources": {
        "limits": {"memory": "64Mi", "cpu": "100m"}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "labels": labels},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels},
                                  "spec": {"containers": [container]}}}}


class Breaker(threading.Thread):
    """Sees when the breaker of everything opens, and what was done by then."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.stack, self.over = stack, threading.Event()
        self.opened, self.done_by_then = None, None

    def run(self):
        while not self.over.wait(0.1):
            with contextlib.suppress(OSError, ValueError):
                rows = self.stack.api("/api/v1/breakers")["items"]
                if any(row["scope"] == "global" for row in rows):
                    self.opened = time.monotonic()
                    self.done_by_then = changes(self.stack)
                    return


def changes(stack):
    return sum(1 for m in stack.mutations() if m["changed"])


def peak_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ValueError("no VmHWM")


def stored(stack, database):
    query = "SELECT count(DISTINCT fingerprint) FROM alerts"
    if database:
        return int(database.ask(query))
    with contextlib.closing(sqlite3.connect(
            f"file:{stack.folder}/selfheal.db?mode=ro", uri=True)) as file:
        return file.execute(query).fetchone()[0]


def prepare(stack):
    for number in range(EXISTING):
        request("POST", stack.sim + "/apis/apps/v1/namespaces/shop/deployments",
                deployment(f"app-{number}"))
    for number in range(ILL):
        stack.inject(f"app-{number * EXISTING // ILL}",
                     {"behaviour": "crash-loop", "crash-after-seconds": 1},
                     persist=True)
    stack.settle()
    request("DELETE", stack.sim + "/sim/log")


def storm(stack, seconds):
    port = stack.ports["selfheal"]
    run = subprocess.run(
        [BUILD / "bench_webhook", "--port", str(port), "--token", WEBHOOK_TOKEN,
         "--alertname", "KubePodCrashLooping", "--connections", "64",
         "--alerts", "20", "--rate", "500", "--seconds", str(seconds),
         "--fingerprints", str(FINGERPRINTS), "--targets", str(TARGETS)],
        capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    database = Postgres().start() if options.postgres else None
    try:
        with Stack(BUILD, speed=1, watch="1h", gap_closing=False,
                   silence_rules=True,
                   database=database.url if database else None) as stack:
            report(options, measure(stack, database, options.seconds))
    finally:
        if database:
            database.remove()


def measure(stack, database, seconds):
    prepare(stack)
    breaker = Breaker(stack)
    breaker.start()
    began = time.monotonic()
    found = storm(stack, seconds)
    breaker.over.set()
    breaker.join()
    return {**found, "fingerprints": FINGERPRINTS,
            "stored": stored(stack, database),
            "peak_mib": peak_mib(stack.product.child.pid),
            "breaker_s": breaker.opened and breaker.opened - began,
            "actions_before": breaker.done_by_then,
            "actions": changes(stack)}


def report(options, found):
    if options.json:
        print(json.dumps(found))
        return
    opened = ("never" if found["breaker_s"] is None else
              f"after {found['breaker_s']:.2f} s, with "
              f"{found['actions_before']} actions done")
    print(f"{options.seconds:.0f} s of {TARGETS} targets, over "
          f"{'PostgreSQL' if options.postgres else 'SQLite'}:\n"
          f"  {found['alerts_per_s']:.0f} alerts/s acknowledged, "
          f"{found['bad']} posts refused {found['refusal']}, p50 {found['p50_ms']:.1f} ms, "
          f"p99 {found['p99_ms']:.1f} ms\n"
          f"  {found['stored']} of {found['fingerprints']} fingerprints stored\n"
          f"  breaker open {opened}; {found['actions']} actions in all\n"
          f"  peak RSS {found['peak_mib']:.0f} MiB")


if __name__ == "__main__":
    main()
