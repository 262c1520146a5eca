"""A cluster, workloads on it, and `selfheal serve` that may heal them, as the
service account of k8s/rbac.yaml and with no other right."""

import os
import time

from harness import workload
from harness.api import Api
from harness.control_plane import AGENT_USER
from harness.lifecycle import Options, tear_down, up
from harness.processes import Processes, wait_until
from harness.product import ROOT, Product

CALM_SECONDS = 130  # baseline of 60 rows, then a window of 60, at 1 s
# Calm at 60 % of the limit; from there the alert's 70 % are reached within the
# window, and the limit more than a minute later.
BASE_MIB = 76


class Scene:
    """`open`, then `deploy`, `serve` and faults; `close` at the end."""

    def __init__(self, folder):
        self.folder = folder
        self.product = Product(os.path.join(folder, "product"))

    def open(self):
        """Raises Unsupported where this machine can't run a cluster."""
        self.cluster = up(Options(
            dir=self.folder, interval="1s", webhook=self.product.webhook,
            token_file=self.product.token_file,
            rules=self.product.alert_rules()))
        self.api = Api(self.cluster["api"], self.cluster["token"])
        self.processes = Processes(self.folder)
        self.api.create("/api/v1/namespaces", workload.name_space("selfheal"))
        self.api.apply_yaml((ROOT / "k8s/rbac.yaml").read_text())

    def close(self):
        tear_down(self.folder)

    def deploy(self, places):
        """Three pods of the test application a place, (namespace, name)."""
        self.create(places)
        self.await_available(places)

    def create(self, places, **shape):
        """As `deploy`, not waited for; `shape` as workload.deployment has it."""
        for space, name in places:
            workload.create(self.api, space, workload.deployment(
                name, 3, **{"base_mib": BASE_MIB, **shape}))
            self._grant(space)

    def await_available(self, places, seconds=60):
        for space, name in places:
            wait_until(f"{space}/{name} available", lambda s=space, n=name:
                       workload.available(self.api, s, n), seconds)

    def _grant(self, space):
        """What k8s/rbac.yaml binds in `default`, in another namespace."""
        owner, account = AGENT_USER.split(":")[-2:]
        for role in ("selfheal-view", "selfheal-act"):
            self.api.create(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/"
                f"{space}/rolebindings",
                {"metadata": {"name": role},
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                             "kind": "ClusterRole", "name": role},
                 "subjects": [{"kind": "ServiceAccount", "name": account,
                               "namespace": owner}]})

    def serve(self, spaces, guards=""):
        self.product.start(self.cluster, spaces, self.processes, guards)

    def settle(self):
        """A calm time, to compare with."""
        time.sleep(CALM_SECONDS)
