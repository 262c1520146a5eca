"""What this cluster lacks. Volumes that grow and cert-manager's Certificates:
their objects are real ones of the real API server, their controllers and
metrics are played here. And Debian's Prometheus finds no pods by itself."""

import datetime
import http.server
import json
import threading
import time

from harness.processes import free_port, wait_until

CERTIFICATES = "/apis/cert-manager.io/v1/namespaces/{}/certificates"
VOLUMES = "/api/v1/persistentvolumes"
CLAIMS = "/api/v1/namespaces/{}/persistentvolumeclaims"
STATUS = "application/merge-patch+json"
GIB = 1 << 30
LIFETIME = datetime.timedelta(days=90)
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "certificates.cert-manager.io"},
    "spec": {"group": "cert-manager.io", "scope": "Namespaced",
             "names": {"plural": "certificates", "singular": "certificate",
                       "kind": "Certificate", "listKind": "CertificateList"},
             "versions": [{
                 "name": "v1", "served": True, "storage": True,
                 "subresources": {"status": {}},
                 "schema": {"openAPIV3Schema": {
                     "type": "object",
                     "properties": {"spec": OPEN, "status": OPEN}}}}]}}
STORAGE_CLASS = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                 "metadata": {"name": "grows"}, "provisioner": "csi.example",
                 "allowVolumeExpansion": True}


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def gib(quantity):
    """Of what the actions write: whole Gi, or bytes."""
    if quantity.endswith("Gi"):
        return float(quantity[:-2])
    if quantity.endswith("Mi"):
        return float(quantity[:-2]) / 1024
    return float(quantity) / GIB


class Played:
    """Controllers of claims and certificates, and an exporter for both."""

    def __init__(self, port):
        self.port = port
        self.api = None
        self.used_gib = {}  # (namespace, claim) -> GiB
        self.certificates = set()  # (namespace, name)

    def start(self, api):
        self.api = api
        api.create("/apis/storage.k8s.io/v1/storageclasses", STORAGE_CLASS)
        api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                   DEFINITION)
        wait_until("the kind Certificate", lambda: api.call(
            "GET", CERTIFICATES.format("default"))[0] == 200, 30)
        played = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/targets":
                    kind, body = "application/json", played.targets()
                else:
                    kind, body = "text/plain; version=0.0.4", played.metrics()
                body = body.encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", self.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Thread(target=self._run, daemon=True).start()

    def forget(self):
        """The objects stay; nobody measures or plays for them any more."""
        self.used_gib = {}
        self.certificates = set()

    def shape(self):
        """What an action moves: the wanted size, the last issue."""
        shape = {}
        for space, name in self.used_gib:
            shape[f"{space}/claims/{name}"] = self.claim(
                space, name)["spec"]["resources"]
        for space, name in self.certificates:
            shape[f"{space}/certificates/{name}"] = self.certificate(
                space, name)["status"]["revision"]
        return shape

    def make_claim(self, space, name, size_gib, used_gib):
        """A volume of its own, which the cluster's own controller binds."""
        shape = {"storageClassName": "grows", "accessModes": ["ReadWriteOnce"]}
        storage = {"storage": f"{size_gib}Gi"}
        self.api.create(VOLUMES, {
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": {"name": f"{space}-{name}"},
            "spec": {**shape, "capacity": storage,
                     "claimRef": {"namespace": space, "name": name},
                     "hostPath": {"path": "/nowhere"}}})
        self.api.create(CLAIMS.format(space), {
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": name},
            "spec": {**shape, "volumeName": f"{space}-{name}",
                     "resources": {"requests": storage}}})
        wait_until(f"claim {space}/{name} bound", lambda: self.claim(
            space, name)["status"].get("phase") == "Bound", 60)
        self.used_gib[space, name] = used_gib

    def make_certificate(self, space, name):
        self.api.create(CERTIFICATES.format(space), {
            "apiVersion": "cert-manager.io/v1", "kind": "Certificate",
            "metadata": {"name": name},
            "spec": {"issuerRef": {"name": "internal"},
                     "secretName": name}})
        self._issue(space, name, 1)
        self.certificates.add((space, name))

    def end_certificate(self, space, name, days):
        self._status(CERTIFICATES, space, name, {
            "notAfter": text(now() + datetime.timedelta(days=days))})

    def certificate(self, space, name):
        return self.api.get(CERTIFICATES.format(space) + "/" + name)

    def claim(self, space, name):
        return self.api.get(CLAIMS.format(space) + "/" + name)

    def targets(self):
        """Pods of the test application that run, for `http_sd_configs`."""
        running = [pod for pod in self.api.get("/api/v1/pods")["items"]
                   if pod["status"].get("phase") == "Running"
                   and pod["status"].get("podIP")
                   and "deletionTimestamp" not in pod["metadata"]
                   and "app" in pod["metadata"].get("labels", {})]
        return json.dumps([
            {"targets": [f"{pod['status']['podIP']}:8080"],
             "labels": {"namespace": pod["metadata"]["namespace"],
                        "pod": pod["metadata"]["name"]}} for pod in running])

    def metrics(self):
        lines = []
        for (space, name), used in list(self.used_gib.items()):
            claim = self.claim(space, name)
            whole = gib(claim["status"]["capacity"]["storage"])
            labels = f'{{namespace="{space}",persistentvolumeclaim="{name}"}}'
            for metric, value in (("capacity", whole),
                                  ("available", whole - used)):
                lines.append(f"kubelet_volume_stats_{metric}_bytes{labels} "
                             f"{value * GIB:.0f}")
            lines.append(f"kubelet_volume_stats_inodes{labels} 655360")
            lines.append(f"kubelet_volume_stats_inodes_free{labels} 600000")
        for space, name in list(self.certificates):
            ends = self.certificate(space, name)["status"]["notAfter"]
            moment = datetime.datetime.fromisoformat(
                ends.replace("Z", "+00:00")).timestamp()
            lines.append(
                "certmanager_certificate_expiration_timestamp_seconds"
                f'{{namespace="{space}",name="{name}"}} {moment:.0f}')
        return "\n".join(lines) + "\n"

    def _status(self, place, space, name, status):
        code, answer = self.api.call(
            "PATCH", f"{place.format(space)}/{name}/status",
            {"status": status}, STATUS)
        if code != 200:
            raise ValueError(f"status of {space}/{name}: {code} {answer}")

    def _issue(self, space, name, revision):
        self._status(CERTIFICATES, space, name, {
            "revision": revision, "notBefore": text(now()),
            "notAfter": text(now() + LIFETIME),
            "conditions": [{"type": "Ready", "status": "True",
                            "reason": "Ready",
                            "lastTransitionTime": text(now())}]})

    def _run(self):
        while True:
            time.sleep(1)
            try:
                self._reconcile()
            except (OSError, ValueError, KeyError):
                continue  # the API server goes, or the object has gone

    def _reconcile(self):
        for space, name in list(self.certificates):
            status = self.certificate(space, name)["status"]
            if any(each["type"] == "Issuing" and each["status"] == "True"
                   for each in status.get("conditions", [])):
                self._issue(space, name, status["revision"] + 1)
        for space, name in list(self.used_gib):
            claim = self.claim(space, name)
            wanted = claim["spec"]["resources"]["requests"]["storage"]
            if claim["status"]["capacity"]["storage"] != wanted:
                self._grow(space, name, {"storage": wanted})

    def _grow(self, space, name, storage):
        self.api.call("PATCH", f"{VOLUMES}/{space}-{name}",
                      {"spec": {"capacity": storage}}, STATUS)
        self._status(CLAIMS, space, name, {"capacity": storage})
