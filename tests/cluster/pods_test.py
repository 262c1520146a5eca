"""The cluster itself: real pods run, leak, die and are measured."""

import json
import os
import pathlib
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import workload  # noqa: E402
from harness.api import Api  # noqa: E402
from harness.lifecycle import Options, tear_down, up  # noqa: E402
from harness.processes import Unsupported, wait_until  # noqa: E402


def fetch(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


class Queries:
    def __init__(self, url):
        self.url = url

    def value(self, expression):
        """The one value of an instant query; None without a series."""
        answer = json.loads(fetch(self.url + "/api/v1/query?" +
                                  urllib.parse.urlencode(
                                      {"query": expression})))
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if result else None


class PodsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="selfheal-cluster-")
        self.addCleanup(tear_down, self.folder)
        try:
            self.cluster = up(Options(dir=self.folder, interval="1s"))
        except Unsupported as reason:
            self.skipTest(str(reason))
        self.api = Api(self.cluster["api"], self.cluster["token"])
        self.prometheus = Queries(self.cluster["prometheus"])

    def test_pods_run_fail_and_are_measured(self):
        workload.create(self.api, "shop", workload.deployment("cart", 3))
        wait_until("cart available",
                   lambda: workload.available(self.api, "shop", "cart"), 60)
        leaking, crashing, calm = workload.pods(self.api, "shop", "cart")
        nodes = {pod["spec"]["nodeName"]
                 for pod in (leaking, crashing, calm)}
        self.assertEqual(nodes, {"node-1", "node-2"})
        fetch(workload.address(leaking) + "/leak?1200")
        fetch(workload.address(crashing) + "/crash-loop")
        self.expect_memory_grows(leaking)
        self.expect_oom_kill(leaking)
        self.expect_crash_loop(crashing)
        self.expect_a_new_pod_is_healthy(crashing)
        name = calm["metadata"]["name"]
        self.assertEqual(self.prometheus.value(
            "kube_pod_container_status_restarts_total"
            f'{{namespace="shop",pod="{name}"}}'), 0)

    def expect_memory_grows(self, pod):
        name = pod["metadata"]["name"]
        query = ("max(max_over_time(container_memory_working_set_bytes"
                 f'{{namespace="shop",pod="{name}",container="app"}}[1m]))')
        wait_until("memory above 60 MiB", lambda: (
            self.prometheus.value(query) or 0) > 60 * 2**20, 60)

    def expect_oom_kill(self, pod):
        name = pod["metadata"]["name"]

        def killed():
            now = self.api.get("/api/v1/namespaces/shop/pods/" + name)
            last = workload.container(now)["lastState"].get("terminated", {})
            return last.get("reason") == "OOMKilled"
        wait_until("OOM kill", killed, 60)
        wait_until("OOM kill in the metrics", lambda: self.prometheus.value(
            "kube_pod_container_status_last_terminated_reason"
            f'{{namespace="shop",pod="{name}",reason="OOMKilled"}}') == 1, 30)

    def expect_crash_loop(self, pod):
        name = pod["metadata"]["name"]
        wait_until("CrashLoopBackOff in the metrics", lambda: (
            self.prometheus.value(
                "kube_pod_container_status_waiting_reason"
                f'{{namespace="shop",pod="{name}",'
                'reason="CrashLoopBackOff"}') == 1), 60)

    def expect_a_new_pod_is_healthy(self, pod):
        self.api.call("DELETE", "/api/v1/namespaces/shop/pods/" +
                      pod["metadata"]["name"])
        wait_until("replacement available",
                   lambda: workload.available(self.api, "shop", "cart"), 60)
        uids = {each["metadata"]["uid"]
                for each in workload.pods(self.api, "shop", "cart")}
        self.assertNotIn(pod["metadata"]["uid"], uids)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
