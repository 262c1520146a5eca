"""scripts/heal's world: two real nodes and real pods, a namespace a run.

The runs of one seed share a cluster and a calm time: first every workload is
deployed and left alone, then one fault after the other is injected, each with
a product of its own that has no past and minds that one namespace."""

import atexit
import os
import pathlib
import sys
import tempfile
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cluster"))
os.environ.setdefault("SELFHEAL_BUILD", str(ROOT / "build/release"))
from harness import workload  # noqa: E402
from harness.played import Played  # noqa: E402
from harness.processes import Unsupported, wait_until  # noqa: E402
from harness.scene import Scene  # noqa: E402
from heal_faults import CASES, by_place  # noqa: E402

LOAD = 3  # requests a second that each pod makes of itself
UNCORDON = {"spec": {"unschedulable": None}}
STRATEGIC = "application/strategic-merge-patch+json"


def cases():
    return CASES


class Cluster:
    """Started with the first run, gone with the program."""

    scene = None
    played = None

    @classmethod
    def open(cls):
        if cls.scene is None:
            scene = Scene(tempfile.mkdtemp(prefix="selfheal-heal-"))
            try:
                scene.open()
            except Unsupported as reason:
                sys.exit(f"selfheal: heal: not on this machine: {reason}")
            cls.scene = scene
            atexit.register(scene.close)
            cls.scene.api.apply_yaml(
                (ROOT / "k8s/overlays/nodes/nodes.yaml").read_text())
            cls.played = Played(cls.scene.cluster["played_port"])
            cls.played.start(cls.scene.api)
        return cls.scene


class Round:
    """Everything that the runs of one seed need, deployed and calm."""

    now = None

    def __init__(self, chosen, seed):
        self.seed = seed
        self.places = [(self.space(case), name) for case in chosen
                       for name in ("cart", "checkout")]
        scene = Cluster.open()
        for case in chosen:
            scene.create([(self.space(case), name)
                          for name in ("cart", "checkout")],
                         load=LOAD, **case.shape)
            case.prepare(Cluster.played, self.space(case))
        scene.await_available(self.places, 240)
        scene.settle()

    def space(self, case):
        return f"heal-{self.seed}-{by_place(CASES, case)}"

    @classmethod
    def of(cls, chosen, seed):
        if cls.now is None or cls.now.seed != seed:
            if cls.now is not None:
                cls.now.close()
            cls.now = cls(chosen, seed)
        return cls.now

    def close(self):
        api = Cluster.scene.api
        for space, name in self.places:
            api.call("DELETE", f"/apis/apps/v1/namespaces/{space}/"
                     f"deployments/{name}")
        wait_until("pods gone", lambda: not any(
            workload.pods(api, *place) for place in self.places), 120)
        Cluster.played.forget()


class World:
    """One run: its namespace, and a product with no past."""

    def __init__(self, case, seed, chosen):
        self.round = Round.of(chosen, seed)
        self.scene = Cluster.open()
        self.played = Cluster.played
        self.api = self.scene.api
        self.product = self.scene.product
        self.space = self.round.space(case)
        self.stopped = threading.Event()

    def __enter__(self):
        for file in pathlib.Path(self.product.folder).glob("selfheal.db*"):
            file.unlink()
        self.scene.serve([self.space], ", nodes: true")
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.scene.processes.stop("selfheal")
        for node in self.nodes():
            self.set_condition(node, "False")
            self.api.call("PATCH", f"/api/v1/nodes/{node}", UNCORDON, STRATEGIC)

    def settle(self):
        self.before = self.shape()

    # --- what faults are made of ---------------------------------------------

    def pods(self, name):
        return workload.pods(self.api, self.space, name)

    def tell(self, pod, what):
        with urllib.request.urlopen(f"{workload.address(pod)}/{what}",
                                    timeout=5) as answer:
            return answer.read()

    def again_and_again(self, do):
        """Once a second until the run's end; pods come and go meanwhile."""
        def run():
            while not self.stopped.wait(1):
                try:
                    do()
                except (OSError, ValueError, KeyError):
                    continue
        threading.Thread(target=run, daemon=True).start()

    def patch(self, name, body):
        code, answer = self.api.call(
            "PATCH", f"/apis/apps/v1/namespaces/{self.space}/deployments/"
            f"{name}", body, STRATEGIC)
        assert code == 200, answer

    def nodes(self):
        return sorted(each["metadata"]["name"] for each in self.api.get(
            "/api/v1/nodes")["items"])

    def set_condition(self, node, status):
        """As a node problem detector says it; the kubelet leaves it alone."""
        code, answer = self.api.call(
            "PATCH", f"/api/v1/nodes/{node}/status",
            {"status": {"conditions": [
                {"type": "KernelDeadlock", "status": status,
                 "reason": "DockerHung", "message": "task blocked"}]}},
            STRATEGIC)
        assert code == 200, answer

    def post(self, labels):
        self.product.post_alert({"namespace": self.space, **labels})

    # --- what is judged ---------------------------------------------------

    def shape(self):
        """Generation of each workload, uid of each pod, of all runs: what an
        action moves."""
        shape = {}
        for space, name in self.round.places:
            it = self.api.get(f"/apis/apps/v1/namespaces/{space}/"
                              f"deployments/{name}")
            shape[f"{space}/deployments/{name}"] = it["metadata"]["generation"]
            for pod in workload.pods(self.api, space, name):
                meta = pod["metadata"]
                shape[f"{pod['spec'].get('nodeName')}/{space}/pods/"
                      f"{meta['name']}"] = meta["uid"]
        shape.update(self.played.shape())
        return shape

    def changes(self):
        now = self.shape()
        return [place for place, value in self.before.items()
                if now.get(place) != value]

    def incidents(self):
        """Of this run: other namespaces' alerts come, too, and are denied."""
        return [each for each in self.product.incidents()
                if each["target"].get("namespace", "") in ("", self.space)]

    def incident(self, identity):
        return self.product.get("/api/v1/incidents/" + identity)

    def approve(self, identity):
        self.product.approve(identity, "scripts/heal")


def make_world(case, seed, chosen):
    return World(case, seed, chosen)
