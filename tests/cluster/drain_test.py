"""The kernel of a real node is stuck, as a node problem detector would say it:
what runs there moves to the other node, by evictions that obey the budgets."""

import json
import pathlib
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import workload  # noqa: E402
from harness.processes import Unsupported, wait_until  # noqa: E402
from harness.product import ROOT  # noqa: E402
from harness.scene import Scene  # noqa: E402

PLACES = [("shop", "cart"), ("store", "checkout")]
MERGE = "application/strategic-merge-patch+json"


def budget(name, least):
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": name},
            "spec": {"minAvailable": least,
                     "selector": {"matchLabels": {"app": name}}}}


class Fewest(threading.Thread):
    """The fewest available pods of each workload, until stopped."""

    def __init__(self, api):
        super().__init__(daemon=True)
        self.api = api
        self.seen = {}
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.wait(0.2):
            for space, name in PLACES:
                status = self.api.get(f"/apis/apps/v1/namespaces/{space}/"
                                      f"deployments/{name}")["status"]
                now = status.get("availableReplicas", 0)
                self.seen[name] = min(now, self.seen.get(name, now))


class DrainTest(unittest.TestCase):
    def setUp(self):
        self.scene = Scene(tempfile.mkdtemp(prefix="selfheal-cluster-"))
        self.addCleanup(self.scene.close)
        try:
            self.scene.open()
        except Unsupported as reason:
            self.skipTest(str(reason))
        self.api = self.scene.api
        self.product = self.scene.product
        self.node = sorted(each["metadata"]["name"] for each in self.api.get(
            "/api/v1/nodes")["items"])[1]
        self.start = time.monotonic()

    def say(self, what):
        print(f"drain: {time.monotonic() - self.start:5.1f} s  {what}",
              flush=True)

    def pods_on_node(self):
        return [pod for space, name in PLACES
                for pod in workload.pods(self.api, space, name)
                if pod["spec"]["nodeName"] == self.node]

    def set_condition(self, status):
        code, answer = self.api.call(
            "PATCH", f"/api/v1/nodes/{self.node}/status",
            {"status": {"conditions": [
                {"type": "KernelDeadlock", "status": status,
                 "reason": "DockerHung", "message": "task blocked"}]}}, MERGE)
        self.assertEqual(code, 200, answer)

    def ended(self):
        for incident in self.product.incidents():
            if incident["type"] == "node_pressure" and incident["phase"] in (
                    "Mitigated", "Escalated", "Dismissed", "Cancelled"):
                return incident
        return None

    def test_a_stuck_node_is_drained(self):
        try:
            self.drain()
        except BaseException:
            print(self.scene.processes.tail("selfheal", 60), flush=True)
            raise

    def drain(self):
        self.api.apply_yaml((ROOT / "k8s/overlays/nodes/nodes.yaml")
                            .read_text())
        self.scene.deploy(PLACES)
        for space, name in PLACES:
            self.api.create(f"/apis/policy/v1/namespaces/{space}/"
                            "poddisruptionbudgets", budget(name, 2))
        before = self.pods_on_node()
        self.assertTrue(before)
        self.set_condition("False")
        # One of the two namespaces alone is opted in: nodes are as a whole.
        self.scene.serve(["shop"], ", nodes: true")
        self.say(f"{len(before)} pods on {self.node}; now a calm time")
        self.scene.settle()
        fewest = Fewest(self.api)
        fewest.start()
        self.set_condition("True")
        self.say("the node's kernel is stuck")
        incident = wait_until("the incident's end", self.ended, 300, 0.5)
        fewest.stopped.set()
        self.say(f"{incident['phase']}: {incident['verification']}")
        self.expect_drained(incident, before)
        for least in fewest.seen.values():
            self.assertGreaterEqual(least, 2)

    def expect_drained(self, incident, before):
        self.assertEqual(incident["phase"], "Mitigated",
                         json.dumps(incident, indent=1))
        self.assertEqual(incident["target"]["kind"], "Node")
        self.assertEqual(incident["target"]["name"], self.node)
        applied = [each["action"] for each in incident["executions"]
                   if each["outcome"] == "applied"]
        self.assertEqual(applied, ["drain"] * (1 + len(before)))
        self.assertEqual(self.pods_on_node(), [])
        for space, name in PLACES:
            self.assertTrue(workload.available(self.api, space, name))
        node = self.api.get(f"/api/v1/nodes/{self.node}")
        self.assertTrue(node["spec"]["unschedulable"])
        self.assertIn("selfheal.dev/cordoned", node["metadata"]["annotations"])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
