"""Prints how long the way from a posted alert to the first mutating request
takes, and whose time it is.

Each round is a fresh incident of a crash-looping workload: the alert goes into
a real Alertmanager, which posts it; `selfheal` back-fills from a real
Prometheus, confirms, guards, writes its intent and deletes one pod of the
simulated cluster, whose log has the moment. Stage times are those that
`selfheal` measures itself (selfheal_stage_duration_seconds).
"""

import argparse
import datetime
import json
import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from stack import NOTHING_SPARED, Stack, request, wait_for  # noqa: E402

# Whose time a stage mostly is; the rest of the total is commits and hand-over.
OTHERS = {"collect": "Prometheus", "plan": "API server", "guard": "API server",
          "execute": "API server, intent's commit"}
STAGES = ("intake", "correlate", "collect", "assess", "plan", "guard",
          "execute")


def unix(text):
    return datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp()


def stage_sums(stack):
    """Sums of seconds by stage; waits until no older text is served."""
    time.sleep(1.1)
    sums = {}
    for line in request("GET", stack.product_url() + "/metrics").splitlines():
        if line.startswith("selfheal_stage_duration_seconds_sum{"):
            stage = line.split('stage="')[1].split('"')[0]
            sums[stage] = float(line.split()[-1])
    return sums


def one_round(stack, number):
    stack.product.stop()
    for suffix in ("", "-wal", "-shm"):
        (stack.folder / f"selfheal.db{suffix}").unlink(missing_ok=True)
    request("DELETE", stack.sim + "/sim/log")
    stack.start_product()
    request("POST", stack.alertmanager_url + "/api/v2/alerts", [
        {"labels": {"alertname": "KubePodCrashLooping", "namespace": "shop",
                    "deployment": "checkout", "round": str(number)}}])
    first = wait_for("the first mutating request", lambda: [
        m for m in stack.mutations() if m["changed"]], 30, 0.02)[0]
    alert = wait_for("the stored alert", lambda: [
        t for i in stack.incidents()
        for t in stack.api(f"/api/v1/incidents/{i['id']}/timeline")["items"]
        if t["stage"] == "correlate"], 10)[0]
    received = unix(alert["data"]["received_at"])
    return (first["at_unix"] - received) * 1000, stage_sums(stack)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    totals, stages = [], {stage: [] for stage in STAGES}
    with Stack(ROOT / "build/release", config=NOTHING_SPARED, watch="1h",
               gap_closing=False, silence_rules=True) as stack:
        stack.inject("checkout", {"behaviour": "crash-loop",
                                  "crash-after-seconds": 1}, persist=True)
        stack.settle()
        for number in range(options.rounds):
            total, sums = one_round(stack, number)
            totals.append(total)
            for stage in STAGES:
                stages[stage].append(sums.get(stage, 0) * 1000)
    report(options, totals, stages)


def report(options, totals, stages):
    p50 = statistics.median(totals)
    table = {stage: statistics.median(values)
             for stage, values in stages.items()}
    own = table["intake"] + table["correlate"] + table["assess"]
    if options.json:
        print(json.dumps({"rounds": options.rounds, "p50_ms": p50,
                          "max_ms": max(totals), "stages_ms": table}))
        return
    print(f"alert received -> first mutating request, {options.rounds} rounds: "
          f"p50 {p50:.1f} ms, max {max(totals):.1f} ms")
    for stage, value in table.items():
        whose = OTHERS.get(stage, "own")
        print(f"  {stage:10} {value:7.2f} ms  {value / p50:5.1%}  {whose}")
    print(f"  intake, correlate and assess: {own:.2f} ms ({own / p50:.1%})")


if __name__ == "__main__":
    main()
