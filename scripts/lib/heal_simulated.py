"""scripts/heal's world: real Prometheus and Alertmanager, the simulator."""

import datetime
import os
import pathlib

from heal_cases import CALM, HEALED, LIES
from stack import Stack, request

ROOT = pathlib.Path(__file__).resolve().parents[2]
OURS = "fieldManager=scripts-heal"
MERGE = "application/merge-patch+json"


def cases():
    return HEALED + CALM + LIES


class World(Stack):
    def now(self):
        return datetime.datetime.now(datetime.timezone.utc).isoformat(
            timespec="seconds").replace("+00:00", "Z")

    def patch(self, path, body, content_type=MERGE):
        return request("PATCH", f"{self.sim}{path}?{OURS}", body,
                       content_type=content_type)

    def annotate(self, path, annotations):
        return self.patch(path, {"metadata": {"annotations": annotations}})

    def end_certificate(self, name, days):
        end = datetime.datetime.now(
            datetime.timezone.utc) + datetime.timedelta(days=days)
        self.patch("/apis/cert-manager.io/v1/namespaces/shop/certificates/"
                   f"{name}/status", {"status": {"notAfter": end.isoformat(
                       timespec="seconds").replace("+00:00", "Z")}})

    def make_deployment(self, name):
        request("POST", self.sim + "/sim/apply", {
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}},
                     "template": {"metadata": {"labels": {"app": name}},
                                  "spec": {"containers": [{
                                      "name": name, "image": name + ":1"}]}}}})

    def set_node(self, name, condition, status):
        request("POST", self.sim + "/sim/node", {
            "name": name, "condition": condition, "status": status})

    def lose_answers(self, count):
        request("POST", self.sim + "/sim/faults", {
            "path": "/api", "count": count, "do": "drop"})

    def incident(self, identity):
        return self.api("/api/v1/incidents/" + identity)

    def approve(self, identity):
        plan = self.incident(identity)["plan"]
        self.api(f"/api/v1/incidents/{identity}/approve", "POST",
                 {"plan_hash": plan["hash"], "reason": "scripts/heal"})

    def changes(self):
        """Paths of the product's requests that changed the cluster."""
        return [m["path"] for m in self.mutations()
                if m["changed"] and OURS not in m.get("query", "")]


def make_world(case, seed, _):
    build = os.environ.get("SELFHEAL_BUILD", ROOT / "build/release")
    return World(build, seed=seed, config=case.config)
