"""The cluster from nothing to ready, and back to nothing."""

import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field

from harness.api import Api
from harness.control_plane import ControlPlane, require_programs
from harness.images import FAULTY, make_images
from harness.monitoring import Monitoring
from harness.node import Node, clean_node, unmount_below
from harness.processes import Failed, Processes, wait_until, write


@dataclass
class Options:
    dir: str
    webhook: str = ""
    token_file: str = ""
    rules: list = field(default_factory=list)
    interval: str = "2s"
    keep: bool = False


class Clock:
    def __init__(self):
        self.start = time.monotonic()

    def say(self, what):
        spent = time.monotonic() - self.start
        print(f"cluster: {spent:5.1f} s  {what}", flush=True)


def save(folder, state):
    write(os.path.join(folder, "cluster.json"), json.dumps(state, indent=1))


def up(options):
    require_programs()
    clock = Clock()
    folder = os.path.abspath(options.dir)
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(os.path.join(folder, "processes.json")):
        raise Failed(f"{folder} holds a cluster already")
    processes = Processes(folder)
    plane = ControlPlane(folder, processes)
    nodes = [Node(folder, index, processes, plane) for index in (1, 2)]
    state = {"nodes": [node.state() for node in nodes]}
    save(folder, state)
    try:
        archives = make_images(os.path.join(folder, "images"))
        plane.start()
        clock.say("control plane ready")
        for node in nodes:
            node.start(archives)
        clock.say("containerd and kubelet of both nodes started")
        monitoring = Monitoring(folder, processes)
        monitoring.start(plane, nodes, options)
        for node in nodes:
            wait_until(node.name + " ready", node.ready, 180)
        clock.say("both nodes ready")
        monitoring.wait()
        clock.say("Prometheus and Alertmanager ready")
    except BaseException:
        if not options.keep:
            tear_down(folder)
        raise
    state.update({
        "api": plane.url, "kubeconfig": plane.kubeconfig,
        "agent_kubeconfig": plane.agent_kubeconfig,
        "image": FAULTY, "prometheus": monitoring.prometheus_url,
        "alertmanager": monitoring.alertmanager_url,
        "token": plane.api.token, "played_port": monitoring.ports.played})
    save(folder, state)
    return state


def delete_pods(state):
    """Pods go first, so that the kubelets take their sandboxes down."""
    if "api" not in state:
        return
    api = Api(state["api"], state["token"])
    try:
        for kind in ("deployments", "statefulsets", "daemonsets",
                     "replicasets"):
            for item in api.get(f"/apis/apps/v1/{kind}")["items"]:
                name_space = item["metadata"]["namespace"]
                api.call("DELETE", f"/apis/apps/v1/namespaces/{name_space}/"
                         f"{kind}/{item['metadata']['name']}")

        def gone():
            pods = api.get("/api/v1/pods")["items"]
            for pod in pods:
                if "deletionTimestamp" not in pod["metadata"]:
                    api.call("DELETE", "/api/v1/namespaces/"
                             f"{pod['metadata']['namespace']}/pods/"
                             f"{pod['metadata']['name']}",
                             {"kind": "DeleteOptions", "apiVersion": "v1",
                              "gracePeriodSeconds": 1})
            return not pods
        wait_until("pods gone", gone, 30, 0.5)
    except (Failed, OSError, ValueError, KeyError) as error:
        print(f"cluster: pods were left to the teardown: {error}",
              file=sys.stderr)


def tear_down(folder):
    state = {}
    try:
        with open(os.path.join(folder, "cluster.json"),
                  encoding="utf-8") as file:
            state = json.load(file)
    except OSError:
        pass
    clock = Clock()
    delete_pods(state)
    clock.say("pods deleted")
    Processes(folder).stop_all()
    for node in state.get("nodes", []):
        clean_node(node)
    unmount_below(folder)
    if not os.environ.get("SELFHEAL_CLUSTER_KEEP_LOGS"):
        shutil.rmtree(folder, ignore_errors=True)
    clock.say("cluster gone")
