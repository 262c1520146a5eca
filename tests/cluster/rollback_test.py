"""A new revision that can't run is taken back on a real cluster, once a person
has agreed; the pods of the revision before serve all the while."""

import json
import pathlib
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import workload  # noqa: E402
from harness.processes import Unsupported, wait_until  # noqa: E402
from harness.product import ADMIN_TOKEN  # noqa: E402
from harness.scene import Scene  # noqa: E402

PATH = "/apis/apps/v1/namespaces/shop/deployments/cart"
# More than the container's limit, so that the kernel kills it at its start.
TOO_MUCH = ["--base", "512"]


class RollbackTest(unittest.TestCase):
    def setUp(self):
        self.scene = Scene(tempfile.mkdtemp(prefix="selfheal-cluster-"))
        self.addCleanup(self.scene.close)
        try:
            self.scene.open()
        except Unsupported as reason:
            self.skipTest(str(reason))
        self.api = self.scene.api
        self.product = self.scene.product

    def test_a_bad_revision_is_taken_back(self):
        try:
            self.bad_revision()
        except BaseException:
            print(self.scene.processes.tail("selfheal", 60), flush=True)
            print(json.dumps(self.product.incidents(), indent=1), flush=True)
            raise

    def incident_in(self, phase, seconds):
        """The kills tell of themselves, too; this one is of the change."""
        def found():
            for incident in self.product.incidents():
                if incident["type"] != "config_drift":
                    continue
                ended = incident["phase"] in ("Escalated", "Dismissed",
                                              "Cancelled", "Mitigated")
                if incident["phase"] == phase or ended:
                    self.assertEqual(incident["phase"], phase,
                                     json.dumps(incident, indent=1))
                    return incident
            return None
        return wait_until(f"an incident {phase}", found, seconds, 0.5)

    def approve(self, incident):
        request = urllib.request.Request(
            f"{self.product.url}/api/v1/incidents/{incident['id']}/approve",
            data=json.dumps({"plan_hash": incident["plan"]["hash"],
                             "reason": "take it back"}).encode(),
            headers={"Authorization": "Bearer " + ADMIN_TOKEN,
                     "Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.assertEqual(answer.status, 200)

    def template(self):
        return self.api.get(PATH)["spec"]["template"]

    def bad_revision(self):
        self.scene.deploy([("shop", "cart")])
        self.scene.serve(["shop"])
        self.scene.settle()
        good = self.template()
        before = {pod["metadata"]["uid"]
                  for pod in workload.pods(self.api, "shop", "cart")}
        container = dict(good["spec"]["containers"][0], args=TOO_MUCH)
        code, answer = self.api.call(
            "PATCH", PATH, {"spec": {"template": {"spec": {
                "containers": [container]}}}},
            "application/strategic-merge-patch+json")
        self.assertEqual(code, 200, answer)
        incident = self.incident_in("AwaitingApproval", 180)
        self.assertIn("back from revision 2 to 1",
                      incident["plan"]["change"]["summary"])
        self.assertIn("spec.containers[app].args",
                      incident["plan"]["change"]["summary"])
        self.assertEqual(self.template()["spec"]["containers"][0]["args"],
                         TOO_MUCH)
        self.approve(incident)
        incident = self.incident_in("Mitigated", 240)
        self.assertEqual([each["action"] for each in incident["executions"]
                          if each["outcome"] == "applied"], ["rollback"])
        self.assertEqual(self.template(), good)
        wait_until("cart available", lambda: workload.available(
            self.api, "shop", "cart"), 60)
        # The pods that served were never touched.
        self.assertEqual(before, {
            pod["metadata"]["uid"]
            for pod in workload.pods(self.api, "shop", "cart")})


if __name__ == "__main__":
    unittest.main(warnings="ignore")
