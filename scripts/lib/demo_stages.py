"""Where the demo plays: the Kubernetes simulator, or a real cluster.

Both offer the same: `setting` (a sentence), settle(), leak(), api(path),
incidents(**query), changes(incident), product_url(), prometheus_url,
alertmanager_url, folder (selfheal.yaml stands there) and build.
"""

import contextlib
import os
import pathlib
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "tests/cluster")]
from harness import workload  # noqa: E402
from harness.processes import Unsupported  # noqa: E402
from harness.scene import Scene  # noqa: E402
from stack import ADMIN_TOKEN, Stack, request  # noqa: E402,F401


class Simulator(Stack):
    setting = ("Real Prometheus and Alertmanager, simulated Kubernetes: "
               "namespace shop. First a minute of live samples.")

    def leak(self):
        self.inject("cart", {"behaviour": "leak", "rate-mib-per-min": 20})

    def changes(self, _incident):
        return [f"{m['method']} {m['path']}" for m in self.mutations()
                if m["changed"]]


class Cluster:
    setting = ("Real Kubernetes of two nodes, Prometheus and Alertmanager: "
               "namespace shop. First two minutes of live samples.")

    def __init__(self, scene, build):
        self.scene = scene
        self.build = pathlib.Path(build).resolve()
        self.folder = scene.product.folder
        self.prometheus_url = scene.cluster["prometheus"]
        self.alertmanager_url = scene.cluster["alertmanager"]

    def settle(self):
        self.scene.settle()

    def leak(self):
        for pod in workload.pods(self.scene.api, "shop", "cart"):
            with urllib.request.urlopen(
                    f"{workload.address(pod)}/leak?24", timeout=5) as answer:
                answer.read()

    def product_url(self):
        return self.scene.product.url

    def api(self, path):
        return request("GET", self.product_url() + path, token=ADMIN_TOKEN)

    def incidents(self, **query):
        text = "&".join(f"{key}={value}" for key, value in query.items())
        return self.api("/api/v1/incidents?limit=500&" + text)["items"]

    def changes(self, incident):
        """The intents that were applied: the API server counts no requests."""
        rows = self.api(f"/api/v1/incidents/{incident}/timeline")["items"]
        return [f"{row['data']['method']} {row['data']['path']}"
                for row in rows
                if row["stage"] == "execute" and row["outcome"] == "intent"]


def simulator(build):
    # The watch looks once a minute, as shipped: the alert comes first.
    return Simulator(build, watch="60s")


@contextlib.contextmanager
def cluster(build):
    os.environ["SELFHEAL_BUILD"] = os.path.abspath(build)
    scene = Scene(tempfile.mkdtemp(prefix="selfheal-cluster-"))
    try:
        scene.open()
        scene.deploy([("shop", "cart")])
        scene.serve(["shop"])
        yield Cluster(scene, build)
    except Unsupported as reason:
        sys.exit(f"selfheal: demo: {reason}")
    finally:
        scene.close()
