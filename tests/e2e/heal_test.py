"""Alerts heal workloads: real Prometheus and Alertmanager, the simulator."""

import os
import unittest

from stack import Stack, request, wait_for

BUILD = os.environ["SELFHEAL_BUILD"]


def changes(stack):
    """Requests that changed the cluster, as (method, last parts of path)."""
    return [(m["method"], m["path"]) for m in stack.mutations() if m["changed"]]


class HealTest(unittest.TestCase):
    def test_three_faults_are_mitigated(self):
        with Stack(BUILD) as stack:
            stack.settle()
            self.leak(stack)
            self.crash_loop(stack)
            self.throttling(stack)
            self.check_audit(stack)

    def leak(self, stack):
        stack.inject("cart", {"behaviour": "leak", "rate-mib-per-min": 12})
        incident = stack.wait_for_incident("Mitigated", 150, type="memory_leak")
        self.assertEqual(incident["target"]["name"], "cart")
        self.assertEqual(incident["assessment"]["outcome"], "confirmed")
        phases = [e["outcome"] for e in incident["executions"]]
        self.assertEqual(phases, ["applied", "applied"], incident["executions"])
        done = [c for c in changes(stack)]
        self.assertEqual([method for method, _ in done], ["POST", "PATCH"], done)
        self.assertTrue(done[0][1].endswith("/eviction"), done)
        self.assertTrue(done[1][1].endswith("/deployments/cart"), done)

    def crash_loop(self, stack):
        before = len(changes(stack))
        stack.inject("checkout", {"behaviour": "crash-loop",
                                  "crash-after-seconds": 20}, pods=1)
        incident = stack.wait_for_incident("Mitigated", 150, type="crash_loop")
        self.assertEqual(incident["target"]["name"], "checkout")
        done = changes(stack)[before:]
        self.assertEqual([method for method, _ in done], ["DELETE"], done)
        self.assertIn("/pods/checkout-", done[0][1])

    def throttling(self, stack):
        before = len(changes(stack))
        # 31 % throttled on the four pods that its HPA may have, none on six.
        stack.inject("catalog", {"behaviour": "cpu", "cpu-millicores": 2300},
                     persist=True)
        incident = stack.wait_for_incident("Mitigated", 150,
                                           type="cpu_throttling")
        self.assertEqual(incident["target"]["name"], "catalog")
        done = changes(stack)[before:]
        self.assertEqual([method for method, _ in done], ["PATCH"], done)
        self.assertTrue(done[0][1].endswith("/horizontalpodautoscalers/catalog"))

    def check_audit(self, stack):
        verified = stack.command("audit", "verify")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.check_replay(stack)
        for kind in ("memory_leak", "crash_loop", "cpu_throttling"):
            line = ('selfheal_incidents_total'
                    f'{{outcome="mitigated",type="{kind}"}} 1')
            # The text is at most a second old.
            wait_for(line, lambda wanted=line: wanted in request(
                "GET", stack.product_url() + "/metrics"), 5)


    def check_replay(self, stack):
        """Every decision comes out the same again, to the bit."""
        replayed = stack.command("audit", "replay")
        self.assertEqual(replayed.returncode, 0, replayed.stdout)
        lines = replayed.stdout.splitlines()
        decisions = [line for line in lines if line.startswith("row ")]
        assessed = [line for line in decisions if " assess " in line]
        self.assertGreaterEqual(len(assessed), 3, replayed.stdout)
        self.assertGreater(len(decisions), len(assessed), replayed.stdout)
        self.assertIn(f"{len(decisions)} decisions: {len(decisions)} identical",
                      lines)


class NothingIsDoneTest(unittest.TestCase):
    def test_calm_absent_and_dead_sources_change_nothing(self):
        with Stack(BUILD, watch="1h", gap_closing=False) as stack:
            stack.settle()
            self.calm(stack)
            self.absent(stack)
            self.dead_prometheus(stack)
            self.assertEqual(changes(stack), [])

    def calm(self, stack):
        stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                          "deployment": "cart"})
        incident = stack.wait_for_incident("Dismissed", 30, type="memory_leak")
        self.assertEqual(incident["target"]["name"], "cart")

    def absent(self, stack):
        request("POST", stack.sim + "/sim/apply", {
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "ghost", "namespace": "shop"},
            "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "ghost"}},
                     "template": {"metadata": {"labels": {"app": "ghost"}},
                                  "spec": {"containers": [
                                      {"name": "ghost", "image": "ghost:1"}]}}}})
        stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                          "deployment": "ghost"})
        wait_for("an escalated incident of ghost", lambda: [
            i for i in stack.incidents() if i["target"]["name"] == "ghost"
            and i["phase"] == "Escalated"], 30)

    def dead_prometheus(self, stack):
        stack.prometheus.stop()
        stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                          "deployment": "checkout"})
        wait_for("an escalated incident of checkout", lambda: [
            i for i in stack.incidents() if i["target"]["name"] == "checkout"
            and i["phase"] == "Escalated"], 90)


if __name__ == "__main__":
    unittest.main(verbosity=2)
