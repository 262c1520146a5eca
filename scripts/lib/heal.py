#!/usr/bin/env python3
"""Runs the cases of scripts/heal and prints their table; see scripts/heal -h."""

import argparse
import concurrent.futures
import datetime
import json
import pathlib
import re
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/lib"))
sys.path.insert(0, str(ROOT / "tests/e2e"))
sys.path.insert(0, str(ROOT / "tests/cluster"))
from harness.processes import Failed  # noqa: E402
from heal_cases import chance_of  # noqa: E402

ENDED = ("Mitigated", "Dismissed", "Escalated", "Cancelled")
HEALED_SHARE = 0.95
MEDIAN_SECONDS = 240
READING_SECONDS = 3  # a person reads a question before the answer


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Run:
    """One fault, one seed: what came of it."""

    def __init__(self, case, seed):
        self.case, self.seed = case, seed
        self.phase, self.reason, self.seconds = "", "", None
        self.actions, self.harmful = 0, []
        self.broken = ""  # why the run itself could not be carried out

    def judge(self, world, may_touch):
        """Everything that changed the cluster, and every incident's end."""
        changed = world.changes()
        incidents = [world.incident(i["id"]) for i in world.incidents()]
        self.harmful = [path for path in changed
                        if not may_touch or not re.search(may_touch, path)]
        self.actions = len({
            (incident["id"], each["step"]) for incident in incidents
            for each in incident.get("executions", [])
            if each["outcome"] in ("applied", "already_true")})
        own = [i for i in incidents if i["type"] == self.case.type] or incidents
        for each in (own, incidents):
            each.sort(key=lambda i: i["opened_at"])
        if own:
            # What was dismissed too early is taken up again while it shows, and
            # what shows as several types at once is healed under one of them.
            last = next((i for i in own + incidents
                         if i["phase"] == "Mitigated"), own[0])
            self.phase, self.reason = last["phase"], last.get("reason", "")
            if last["phase"] == "Mitigated":
                visible = min([when(own[0]["opened_at"])] + [
                    when(alert["starts_at"]) for alert in own[0]["alerts"]])
                self.seconds = (when(last["closed_at"]) -
                                visible).total_seconds()

    def good(self):
        return (not self.broken and not self.harmful and self.actions <= self.case.most_actions
                and self.case.phase in ("", self.phase))


def follow(case, world):
    """Until the incident of the case has ended, or its time is over."""
    end = time.monotonic() + case.seconds
    asked = {}
    while time.monotonic() < end:
        for incident in world.incidents():
            if case.approve and incident["phase"] == "AwaitingApproval":
                since = asked.setdefault(incident["id"], time.monotonic())
                if time.monotonic() >= since + READING_SECONDS:
                    world.approve(incident["id"])
        incidents = world.incidents()
        kinds = [i["phase"] for i in incidents
                 if case.type in (i["type"], "adversarial")]
        # One that gave way to another type's of its target ends before that.
        ended = kinds and all(i["phase"] in ENDED for i in incidents)
        if case.phase and ended and (case.phase in kinds
                                     or set(kinds) != {"Dismissed"}):
            return
        time.sleep(0.5)


def run_one(make_world, case, seed, chosen):
    run = Run(case, seed)
    try:
        with make_world(case, seed, chosen) as world:
            world.settle()
            may_touch = case.inject(world, chance_of(seed)) or case.may_touch
            follow(case, world)
            run.judge(world, may_touch)
    except (AssertionError, OSError, ValueError, Failed) as error:
        run.broken = str(error)
    say(run)
    return run


def say(run):
    took = f"{run.seconds:.0f} s" if run.seconds is not None else "-"
    verdict = "ok" if run.good() else "BAD"
    print(f"heal: {run.case.type} ({run.case.name}) seed {run.seed}: {verdict}, "
          f"{run.phase or 'no incident'}, {took}, actions {run.actions}"
          + (f", harmful {run.harmful}" if run.harmful else "")
          + ("" if run.good() else f": {run.broken or run.reason}"),
          flush=True)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def row_of(case, runs):
    times = [run.seconds for run in runs if run.seconds is not None]
    return {"type": case.type, "case": case.name, "runs": len(runs),
            "expected": case.phase or "nothing done",
            "as_expected": sum(run.good() for run in runs),
            "median_s": round(statistics.median(times)) if times else None,
            "p95_s": round(percentile(times, 0.95)) if times else None,
            "actions": sum(run.actions for run in runs),
            "harmful": sum(len(run.harmful) for run in runs)}


def print_table(rows):
    print("\n| type | case | ends | as expected | median | p95 | actions | "
          "harmful |\n|---|---|---|---|---|---|---|---|")
    for row in rows:
        median = "" if row["median_s"] is None else f"{row['median_s']} s"
        p95 = "" if row["p95_s"] is None else f"{row['p95_s']} s"
        print(f"| {row['type']} | {row['case']} | {row['expected']} | "
              f"{row['as_expected']}/{row['runs']} | {median} | {p95} | "
              f"{row['actions']} | {row['harmful']} |")


def print_summary(rows):
    """What a manager asks: before, every alert reaches a person."""
    faults = [r for r in rows if r["expected"] == "Mitigated"]
    others = [r for r in rows if r["expected"] != "Mitigated"]
    total = sum(r["runs"] for r in faults)
    healed = sum(r["as_expected"] for r in faults)
    acted = sum(r["actions"] for r in others if r["expected"] != "Escalated")
    if total:
        print(f"\nhealed by itself: {healed} of {total}; still reaches a person: "
              f"{total - healed} of {total} (without it: all)")
    if others:
        print(f"false alarms and healthy workloads acted on: {acted} of "
              f"{sum(r['runs'] for r in others)}")


def holds(row):
    if row["harmful"]:
        return False
    if row["expected"] != "Mitigated":
        return row["as_expected"] == row["runs"]
    return (row["as_expected"] >= HEALED_SHARE * row["runs"]
            and (row["median_s"] or 0) <= MEDIAN_SECONDS)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--type", action="append", default=[])
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.jobs > 1 and not arguments.simulated:
        sys.exit("selfheal: heal: --jobs: on the simulator only")
    if arguments.simulated:
        from heal_simulated import cases, make_world
    else:
        from heal_cluster import cases, make_world
    for unknown in set(arguments.type) - {case.type for case in cases()}:
        sys.exit(f"selfheal: heal: --type {unknown}: no such case")
    chosen = [case for case in cases()
              if not arguments.type or case.type in arguments.type]
    seeds = arguments.seeds or (20 if arguments.simulated else 5)
    # Seed by seed: the runs of a seed may share what they stand on.
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        runs = list(pool.map(
            lambda one: run_one(make_world, one[1], one[0], chosen),
            [(seed, case) for seed in range(1, seeds + 1) for case in chosen]))
    rows = [row_of(case, [run for run in runs if run.case is case])
            for case in chosen]
    if arguments.json:
        print(json.dumps(rows))
    else:
        print_table(rows)
        print_summary(rows)
    sys.exit(0 if all(holds(row) for row in rows) else 1)


if __name__ == "__main__":
    main()
