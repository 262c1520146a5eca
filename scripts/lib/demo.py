#!/usr/bin/env python3
"""One incident from fault to verified action, a line a step.

Real Prometheus and Alertmanager around the Kubernetes simulator or a real
cluster, the embedded store, the shipped rules and runbooks. Minutes of the shipped timings are
seconds here; expressions and thresholds stay as they are.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from demo_stages import ADMIN_TOKEN, cluster, request, simulator  # noqa: E402

ENDED = ("Mitigated", "Dismissed", "Escalated", "Cancelled")
PATIENCE = 240.0  # seconds until an incident must have ended


class Story:
    """Prints each step once, with the seconds since the fault."""

    def __init__(self, stack):
        self.stack = stack
        self.start = time.time()
        self.seen = set()
        self.alerts = {}

    def tell(self, what, text, at=None):
        seconds = (at or time.time()) - self.start
        print(f"{seconds:7.1f} s  {what:<12} {text}", flush=True)

    def once(self, key, what, text, at=None):
        if key not in self.seen:
            self.seen.add(key)
            self.tell(what, text, at)

    def look(self):
        self.look_at_alerts()
        for incident in reversed(self.stack.incidents(type="memory_leak")):
            self.look_at_webhook()
            self.once(incident["id"], "incident",
                      f"{incident['id']}: {incident['type']} of "
                      f"{name_of(incident['target'])}")
            for row in self.stack.api(
                    f"/api/v1/incidents/{incident['id']}/timeline")["items"]:
                key = (incident["id"], row["seq"])
                if key not in self.seen:
                    self.seen.add(key)
                    self.tell_row(incident["id"], row)
            if incident["phase"] in ENDED:
                return self.stack.api("/api/v1/incidents/" + incident["id"])
        return None

    def look_at_alerts(self):
        alerts = request("GET", self.stack.prometheus_url + "/api/v1/alerts")
        for alert in alerts["data"]["alerts"]:
            labels = alert["labels"]
            if labels["alertname"] != "SelfhealMemoryLeak":
                continue
            self.once((alert["state"], labels["alertname"]), "alert",
                      f"{labels['alertname']} {alert['state']}: "
                      f"{alert['annotations']['summary']}")

    def look_at_webhook(self):
        if "webhook" in self.seen:
            return
        values = {}
        for line in self.stack.api("/metrics").splitlines():
            name, _, value = line.rpartition(" ")
            values[name] = value
        stage = 'selfheal_stage_duration_seconds_{}{{stage="intake"}}'
        count = float(values.get(stage.format("count"), 0))
        if count:
            each = float(values[stage.format("sum")]) / count * 1000
            self.once("webhook", "webhook", "stored durably before the answer:"
                      f" {each:.1f} ms from the request to the COMMIT")

    def tell_row(self, incident, row):
        at = parse_time(row["at"])
        stage, outcome, data = row["stage"], row["outcome"], row["data"]
        if stage == "collect" and outcome == "collected":
            self.tell("windows", f"{data['series']} series, {data['points']} "
                      "points by PromQL", at)
        elif stage == "assess":
            self.tell_judgement(incident, row, at)
        elif stage == "plan" and outcome == "planned":
            self.tell("runbook", f"{data['runbook']}: {row['reason']}", at)
            self.tell("", f"touches {data['blast_radius']}; plan "
                      f"{data['hash'][:12]}", at)
        elif stage == "guard":
            self.tell("guards", f"{outcome}", at)
            for guard, finding in data.items():
                print(f"{'':12}{'':11}{guard:<13} {finding}", flush=True)
        elif stage == "execute" and outcome == "intent":
            self.tell("intent", f"{data['intent_id'][:12]}: {row['reason']}", at)
            self.tell("", f"{data['method']} {data['path']}", at)
        else:
            self.tell(stage, f"{outcome}: {row['reason']}", at)

    def tell_judgement(self, incident, row, at):
        data = row["data"]
        score = data["score"]
        self.tell("judgement", f"{row['outcome']}: score {score:.2f} "
                  f"(p {10 ** (-5 * score):.0e}), confidence "
                  f"{data['confidence']:.2f}", at)
        factors = sorted(((value, key[7:]) for key, value in data.items()
                          if key.startswith("factor.")), reverse=True)
        shown = ", ".join(f"{name} {value:.1f}" for value, name in factors[:3])
        self.tell("", f"because of {shown}: {row['reason']}", at)
        assessment = self.stack.api(
            f"/api/v1/incidents/{incident}").get("assessment") or {}
        forecast = assessment.get("forecast") or {}
        if forecast.get("time_to_threshold_s") is not None:
            self.tell("forecast", f"{forecast['component']} reaches its limit "
                      f"in {forecast['time_to_threshold_s']} s "
                      f"({forecast['low_s']} to {forecast['high_s']} s), "
                      f"probability {forecast['probability']:.2f}", at)


def name_of(target):
    return "/".join(target[key] for key in ("kind", "namespace", "name"))


def parse_time(text):
    import datetime
    return datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp()


def run(stack, keep):
    print(stack.setting, flush=True)
    stack.settle()
    story = Story(stack)
    stack.leak()
    story.tell("fault", "Deployment/shop/cart begins to leak memory")
    ended = None
    deadline = time.monotonic() + PATIENCE
    while ended is None and time.monotonic() < deadline:
        ended = story.look()
        time.sleep(0.1)
    if ended is None:
        print("selfheal: demo: the incident did not end", file=sys.stderr)
        return 1
    changes = stack.changes(ended["id"])
    story.tell("changes", f"{len(changes)} requests changed the cluster: "
               + "; ".join(changes))
    story.tell("end", f"{ended['phase']}"
               + (f", {parse_time(ended['closed_at']) - story.start:.1f} s "
                  "after the fault" if ended["phase"] == "Mitigated" else ""))
    verified = subprocess.run(
        [stack.build / "selfheal", "audit", "verify", "--config",
         stack.folder / "selfheal.yaml"], text=True, capture_output=True)
    story.tell("audit", (verified.stdout + verified.stderr).strip())
    where_next(stack, keep)
    good = ended["phase"] == "Mitigated" and verified.returncode == 0
    return 0 if good else 1


def where_next(stack, keep):
    if not keep:
        print("\nNext: scripts/demo --keep leaves it running for a look "
              "around,\nscripts/demo --cluster plays it on a real Kubernetes "
              "of two nodes,\nREADME.md protects your own cluster.")
        return
    print(f"""
Running until Ctrl-C:
  page          {stack.product_url()}/
                (its token: {ADMIN_TOKEN})
  API           {stack.product_url()}/docs
  metrics       {stack.product_url()}/metrics
  Prometheus    {stack.prometheus_url}
  Alertmanager  {stack.alertmanager_url}
  logs          {stack.folder}
""", flush=True)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    done.wait()


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--keep", action="store_true",
                        help="leave everything running and print the URLs")
    parser.add_argument("--cluster", action="store_true",
                        help="a real Kubernetes instead of the simulator")
    parser.add_argument("--build", default=os.environ.get(
        "SELFHEAL_BUILD", str(ROOT / "build/release")))
    options = parser.parse_args()
    with (cluster if options.cluster else simulator)(options.build) as stack:
        return run(stack, options.keep)


if __name__ == "__main__":
    sys.exit(main())
