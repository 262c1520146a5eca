"""Every query of every panel, on a real Prometheus that scraped a real run."""

import json
import math
import os
import time
import unittest
import urllib.parse

from stack import ROOT, Stack, request, wait_for

BUILD = os.environ["SELFHEAL_BUILD"]
# What Grafana puts in the place of its own variables.
VARIABLES = {"$__rate_interval": "1m", "$__range": "30m"}


def queries():
    """(panel, PromQL) of each target of each dashboard."""
    for file in sorted((ROOT / "grafana/dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", []):
                expr = target["expr"]
                for name, value in VARIABLES.items():
                    expr = expr.replace(name, value)
                yield panel, expr


class PanelsTest(unittest.TestCase):
    def test_each_query_has_data(self):
        with Stack(BUILD) as stack:
            stack.settle()
            self.ask_before_restarting(stack)
            self.approve_a_leak(stack)
            self.dismiss_a_false_alarm(stack)
            self.wait_for_the_scrape(stack)
            empty, asked = [], 0
            for panel, expr in queries():
                asked += 1
                if not self.has_data(stack, panel, expr):
                    empty.append(f"{panel['title']}: {expr}")
        print(f"dashboards: {asked} queries run, {asked - len(empty)} with data",
              flush=True)
        self.assertEqual(empty, [])
        self.assertGreater(asked, 30)

    def ask_before_restarting(self, stack):
        runbook = stack.folder / "runbooks/memory-leak.yaml"
        text = runbook.read_text()
        runbook.write_text(text.replace(
            "  escalate:", "  guards: {require_approval: true}\n  escalate:"))
        self.assertNotEqual(text, runbook.read_text())
        stack.api("/-/reload", "POST")

    def approve_a_leak(self, stack):
        stack.inject("cart", {"behaviour": "leak", "rate-mib-per-min": 12})
        asked = stack.wait_for_incident("AwaitingApproval", 150,
                                        type="memory_leak")
        stack.api(f"/api/v1/incidents/{asked['id']}/approve", "POST",
                  {"plan_hash": asked["plan"]["hash"], "reason": "go"})
        stack.wait_for_incident("Mitigated", 150, id=asked["id"])

    def dismiss_a_false_alarm(self, stack):
        stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                          "deployment": "checkout"})
        stack.wait_for_incident("Dismissed", 60, type="memory_leak")

    def wait_for_the_scrape(self, stack):
        ended = urllib.parse.quote(
            'sum(selfheal_incidents_total{outcome=~"mitigated|dismissed"})')
        wait_for("a scrape of the end", lambda: float(request(
            "GET", f"{stack.prometheus_url}/api/v1/query?query={ended}")
            ["data"]["result"][0]["value"][1]) >= 2)

    def has_data(self, stack, panel, expr):
        """Whether any value of the answer is a number."""
        now = time.time()
        if panel["type"] == "timeseries":
            path, times = "query_range", {
                "start": now - 600, "end": now, "step": 15}
        else:
            path, times = "query", {"time": now}
        answer = request(
            "GET", f"{stack.prometheus_url}/api/v1/{path}?" +
            urllib.parse.urlencode({"query": expr, **times}))
        values = [value for series in answer["data"]["result"]
                  for _, value in series.get("values", [series.get("value")])]
        return any(math.isfinite(float(value)) for value in values)


if __name__ == "__main__":
    unittest.main()
