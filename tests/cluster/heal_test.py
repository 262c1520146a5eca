"""Real pods fall ill; `selfheal serve` heals them, as the service account of
k8s/rbac.yaml and with no other right: a leak, a crash loop, and a new revision
that can't run, which is taken back once a person has agreed."""

import json
import pathlib
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import workload  # noqa: E402
from harness.processes import Unsupported, wait_until  # noqa: E402
from harness.scene import Scene  # noqa: E402

LEAK_MIB_PER_MIN = 24
ORDERS = "/apis/apps/v1/namespaces/books/deployments/orders"
# More than the container's limit, so that the kernel kills it at its start.
TOO_MUCH = ["--base", "512"]


def call(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


class HealTest(unittest.TestCase):
    def setUp(self):
        self.scene = Scene(tempfile.mkdtemp(prefix="selfheal-cluster-"))
        self.addCleanup(self.scene.close)
        try:
            self.scene.open()
        except Unsupported as reason:
            self.skipTest(str(reason))
        self.api = self.scene.api
        self.product = self.scene.product
        self.start = time.monotonic()

    def show(self):
        print(self.scene.processes.tail("selfheal", 60), flush=True)
        try:
            print(json.dumps(self.product.incidents(), indent=1), flush=True)
        except OSError as error:
            print(f"no incidents: {error}", flush=True)

    def say(self, what):
        print(f"heal: {time.monotonic() - self.start:5.1f} s  {what}",
              flush=True)

    def prepare(self):
        places = [("shop", "cart"), ("store", "checkout"), ("books", "orders")]
        self.scene.deploy(places)
        self.say("workloads available")
        self.scene.serve([space for space, _ in places])
        self.say("selfheal serves; now a calm time, to compare with")
        self.scene.settle()

    def wait_for(self, what, phase, seconds, is_it):
        """The incident that `is_it`, once it is in `phase`. A first look may
        find too little and end Dismissed, the watch looks on; one that gave
        way to another of its target may be Cancelled with its alert."""
        def found():
            for incident in self.product.incidents():
                aside = (incident["phase"] in ("Dismissed", "Cancelled")
                         and not incident["plan"])
                if aside or not is_it(incident):
                    continue
                if incident["phase"] in (phase, "Mitigated", "Escalated",
                                         "Cancelled"):
                    self.assertEqual(incident["phase"], phase,
                                     json.dumps(incident, indent=1))
                    return incident
            return None
        incident = wait_until(f"{what} {phase}", found, seconds, 0.5)
        self.say(f"{what}: {phase}")
        return incident

    def revision(self, space, name):
        it = self.api.get(f"/apis/apps/v1/namespaces/{space}/deployments/"
                          + name)
        return it["metadata"]["annotations"][
            "deployment.kubernetes.io/revision"]

    def test_leak_crash_loop_and_bad_revision_are_healed(self):
        try:
            self.three_faults()
        except BaseException:
            self.show()
            raise

    def three_faults(self):
        self.prepare()
        leaking = workload.pods(self.api, "shop", "cart")
        crashing = workload.pods(self.api, "store", "checkout")[0]
        serving = workload.pods(self.api, "books", "orders")
        good = self.api.get(ORDERS)["spec"]["template"]
        for pod in leaking:
            call(f"{workload.address(pod)}/leak?{LEAK_MIB_PER_MIN}")
        call(workload.address(crashing) + "/crash-loop")
        self.roll_out_what_cannot_run(good)
        self.say("faults injected: cart leaks, one checkout pod crashes, "
                 "orders has a bad revision")
        self.expect_asked(good)
        self.expect_crash_loop_healed(crashing)
        self.expect_leak_healed(leaking)
        self.expect_taken_back(good, serving)

    def roll_out_what_cannot_run(self, good):
        container = dict(good["spec"]["containers"][0], args=TOO_MUCH)
        code, answer = self.api.call(
            "PATCH", ORDERS, {"spec": {"template": {"spec": {
                "containers": [container]}}}},
            "application/strategic-merge-patch+json")
        self.assertEqual(code, 200, answer)

    def expect_asked(self, good):
        """It shows as an update that is stuck, as kills and as a crash loop;
        whichever is seen first asks, and the others wait for it."""
        incident = self.wait_for(
            "bad revision", "AwaitingApproval", 240,
            lambda it: it["target"]["name"] == "orders" and it["plan"])
        summary = incident["plan"]["change"]["summary"]
        self.assertIn("back from revision 2 to 1", summary)
        self.assertIn("spec.containers[app].args", summary)
        self.assertNotEqual(self.api.get(ORDERS)["spec"]["template"], good)
        self.product.approve(incident["id"], "take it back")
        self.asked = incident["id"]

    def expect_taken_back(self, good, serving):
        incident = self.wait_for("bad revision", "Mitigated", 300,
                                 lambda it: it["id"] == self.asked)
        self.assertEqual([each["action"] for each in incident["executions"]
                          if each["outcome"] == "applied"], ["rollback"])
        self.assertEqual(self.api.get(ORDERS)["spec"]["template"], good)
        wait_until("orders available", lambda: workload.available(
            self.api, "books", "orders"), 60)
        # The pods that served were never touched.
        self.assertEqual({pod["metadata"]["uid"] for pod in serving}, {
            pod["metadata"]["uid"]
            for pod in workload.pods(self.api, "books", "orders")})

    def expect_crash_loop_healed(self, crashing):
        incident = self.wait_for(
            "crash loop", "Mitigated", 240,
            lambda it: it["target"]["name"] == "checkout"
            and it["type"] == "crash_loop")
        # A crashing pod's status moves: an attempt may be refused for its
        # resourceVersion, and only one is applied.
        self.assertEqual([each["action"] for each in incident["executions"]
                          if each["outcome"] != "refused"], ["restart_pod"])
        wait_until("checkout available", lambda: workload.available(
            self.api, "store", "checkout"), 60)
        now = workload.pods(self.api, "store", "checkout")
        self.assertNotIn(crashing["metadata"]["uid"],
                         [pod["metadata"]["uid"] for pod in now])
        self.assertEqual(sum(workload.container(pod)["restartCount"]
                             for pod in now), 0)
        self.assertEqual(self.revision("store", "checkout"), "1")

    def expect_leak_healed(self, leaking):
        incident = self.wait_for(
            "leak", "Mitigated", 300,
            lambda it: it["target"]["name"] == "cart"
            and it["type"] == "memory_leak")
        self.assertEqual(incident["assessment"]["outcome"], "confirmed")
        wait_until("cart available", lambda: workload.available(
            self.api, "shop", "cart"), 60)
        before = {pod["metadata"]["uid"] for pod in leaking}
        now = workload.pods(self.api, "shop", "cart")
        self.assertFalse(before & {pod["metadata"]["uid"] for pod in now})
        # One new template, and nothing was killed by the kernel on the way.
        self.assertEqual(self.revision("shop", "cart"), "2")
        self.assertEqual(sum(workload.container(pod)["restartCount"]
                             for pod in now), 0)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
