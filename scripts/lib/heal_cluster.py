"""scripts/heal's world: two real nodes, real pods, a namespace a run."""

import atexit
import json
import os
import pathlib
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cluster"))
os.environ.setdefault("SELFHEAL_BUILD", str(ROOT / "build/release"))
from harness import workload  # noqa: E402
from harness.processes import Unsupported, wait_until  # noqa: E402
from harness.scene import Scene  # noqa: E402
from heal_cases import Case  # noqa: E402


def pods(world, name):
    return workload.pods(world.api, world.space, name)


def tell(pod, what):
    with urllib.request.urlopen(f"{workload.address(pod)}/{what}",
                                timeout=5) as answer:
        return answer.read()


def leak(world, chance):
    rate = int(chance.uniform(20, 28))
    for pod in pods(world, "cart"):
        tell(pod, f"leak?{rate}")


def crash_loop(world, chance):
    tell(chance.choice(pods(world, "checkout")), "crash-loop")


def lie(world, _):
    world.post({"alertname": "KubeMemoryLeak", "namespace": world.space,
                "deployment": "cart"})


def some_load(world, chance):
    """Busy, and far from any limit."""
    for pod in pods(world, "cart") + pods(world, "checkout"):
        tell(pod, f"burn?{int(chance.uniform(10, 60))}")


CASES = [
    Case("memory_leak", "a leak in every pod", leak, "/cart", seconds=300),
    Case("crash_loop", "one pod crashes", crash_loop, "/checkout", seconds=240),
    Case("healthy", "busy pods", some_load, "", phase="", most_actions=0,
         seconds=90),
    Case("adversarial", "an alert without a cause", lie, "", phase="Dismissed",
         most_actions=0, seconds=60),
]


def cases():
    return CASES


class Cluster:
    """Started with the first run, gone with the program."""

    scene = None

    @classmethod
    def open(cls):
        if cls.scene is None:
            cls.scene = Scene(tempfile.mkdtemp(prefix="selfheal-heal-"))
            try:
                cls.scene.open()
            except Unsupported as reason:
                sys.exit(f"selfheal: heal: not on this machine: {reason}")
            atexit.register(cls.scene.close)
        return cls.scene


class World:
    """One run: workloads in their own namespace, a product with no past."""

    runs = 0

    def __init__(self):
        self.scene = Cluster.open()
        self.api = self.scene.api
        self.product = self.scene.product
        World.runs += 1
        self.space = f"heal-{World.runs}"

    def __enter__(self):
        self.scene.deploy([(self.space, "cart"), (self.space, "checkout")])
        for file in pathlib.Path(self.product.folder).glob("selfheal.db*"):
            file.unlink()
        self.scene.serve([self.space])
        return self

    def __exit__(self, *_):
        self.scene.processes.stop("selfheal")
        for name in ("cart", "checkout"):
            self.api.call("DELETE", f"/apis/apps/v1/namespaces/{self.space}/"
                          f"deployments/{name}")
        wait_until("pods gone", lambda: not any(
            pods(self, name) for name in ("cart", "checkout")), 60)

    def settle(self):
        self.scene.settle()
        self.before = self.shape()

    def shape(self):
        """Generation of each workload, uid of each pod: what an action moves."""
        shape = {}
        for name in ("cart", "checkout"):
            it = self.api.get(f"/apis/apps/v1/namespaces/{self.space}/"
                              f"deployments/{name}")
            shape[f"deployments/{name}"] = it["metadata"]["generation"]
            for pod in pods(self, name):
                shape["pods/" + pod["metadata"]["name"]] = \
                    pod["metadata"]["uid"]
        return shape

    def changes(self):
        now = self.shape()
        return [place for place, value in self.before.items()
                if now.get(place) != value]

    def incidents(self):
        return self.product.incidents()

    def incident(self, identity):
        return self.product.get("/api/v1/incidents/" + identity)

    def approve(self, identity):
        self.product.approve(identity, "scripts/heal")

    def post(self, labels):
        self.product.post_alert(labels)


def make_world(case, seed):
    return World()
