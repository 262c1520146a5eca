"""Real pods fall ill; `selfheal serve` heals them, as the service account of
k8s/rbac.yaml and with no other right."""

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
        self.scene.deploy([("shop", "cart"), ("store", "checkout")])
        self.say("workloads available")
        self.scene.serve(["shop", "store"])
        self.say("selfheal serves; now a calm time, to compare with")
        self.scene.settle()

    def wait_for(self, kind, phase, seconds):
        def found():
            for incident in self.product.incidents():
                if incident["type"] == kind and incident["phase"] in (
                        "Mitigated", "Escalated", "Dismissed", "Cancelled"):
                    self.assertEqual(incident["phase"], phase,
                                     json.dumps(incident, indent=1))
                    return incident
            return None
        incident = wait_until(f"{kind} {phase}", found, seconds, 0.5)
        self.say(f"{kind}: {phase}")
        return incident

    def revision(self, space, name):
        it = self.api.get(f"/apis/apps/v1/namespaces/{space}/deployments/"
                          + name)
        return it["metadata"]["annotations"][
            "deployment.kubernetes.io/revision"]

    def test_leak_and_crash_loop_are_healed(self):
        try:
            self.leak_and_crash_loop()
        except BaseException:
            self.show()
            raise

    def leak_and_crash_loop(self):
        self.prepare()
        leaking = workload.pods(self.api, "shop", "cart")
        crashing = workload.pods(self.api, "store", "checkout")[0]
        for pod in leaking:
            call(f"{workload.address(pod)}/leak?{LEAK_MIB_PER_MIN}")
        call(workload.address(crashing) + "/crash-loop")
        self.say("faults injected: cart leaks, one checkout pod crashes")
        self.expect_crash_loop_healed(crashing)
        self.expect_leak_healed(leaking)

    def expect_crash_loop_healed(self, crashing):
        incident = self.wait_for("crash_loop", "Mitigated", 240)
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
        incident = self.wait_for("memory_leak", "Mitigated", 300)
        self.assertEqual(incident["target"]["name"], "cart")
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
