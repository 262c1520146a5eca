"""etcd, kube-apiserver, controller manager and scheduler."""

import os
import shutil
import subprocess

from harness.api import Api
from harness.processes import Failed, Unsupported, free_port, wait_until, write

ADMIN_TOKEN = "cluster-admin-token"
# The identity under test: the service account of k8s/rbac.yaml. It has no
# rights before that is applied.
AGENT_TOKEN = "cluster-agent-token"
AGENT_USER = "system:serviceaccount:selfheal:selfheal"


def assets_folder():
    cache = os.environ.get("SELFHEAL_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME")
        or os.path.expanduser("~/.cache"), "selfheal")
    return os.environ.get("KUBEBUILDER_ASSETS") or os.path.join(
        cache, "kubernetes")


def require_programs():
    folder = assets_folder()
    for name in ("controlplane", "kubelet", "kube-state-metrics"):
        if not os.access(os.path.join(folder, name), os.X_OK):
            raise Unsupported(f"{folder}/{name} is absent "
                              "(KUBEBUILDER_ASSETS names its folder)")
    for name in ("etcd", "containerd", "ctr", "runc", "gcc", "prometheus",
                 "prometheus-alertmanager", "openssl", "iptables"):
        if shutil.which(name) is None:
            raise Unsupported(f"{name} is not installed")
    if not os.access("/usr/lib/cni/bridge", os.X_OK):
        raise Unsupported("the CNI plugins are not installed")
    if os.geteuid() != 0:
        raise Unsupported("nodes need root")
    return folder


def kubeconfig(url, token, authority):
    return f"""apiVersion: v1
kind: Config
current-context: it
clusters:
- name: it
  cluster: {{server: "{url}", certificate-authority: "{authority}"}}
users:
- name: it
  user: {{token: "{token}"}}
contexts:
- name: it
  context: {{cluster: it, user: it}}
"""


class ControlPlane:
    def __init__(self, folder, processes):
        self.folder = folder
        self.processes = processes
        self.url = f"https://127.0.0.1:{free_port()}"
        self.api = Api(self.url, ADMIN_TOKEN)
        self.kubeconfig = os.path.join(folder, "admin.kubeconfig")
        self.agent_kubeconfig = os.path.join(folder, "agent.kubeconfig")

    def _keys(self):
        key = os.path.join(self.folder, "sa.key")
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True,
                       capture_output=True)
        write(os.path.join(self.folder, "tokens.csv"),
              f'{ADMIN_TOKEN},admin,admin,"system:masters"\n'
              f'{AGENT_TOKEN},{AGENT_USER},agent,"system:serviceaccounts"\n',
              0o600)
        # The API server makes this one itself, and signs it with itself.
        authority = os.path.join(self.folder, "certs", "apiserver.crt")
        write(self.kubeconfig,
              kubeconfig(self.url, ADMIN_TOKEN, authority), 0o600)
        write(self.agent_kubeconfig,
              kubeconfig(self.url, AGENT_TOKEN, authority), 0o600)
        return key

    def start(self):
        key = self._keys()
        client = f"http://127.0.0.1:{free_port()}"
        peer = f"http://127.0.0.1:{free_port()}"
        server = os.path.join(assets_folder(), "controlplane")
        self.processes.start("etcd", [
            "etcd", "--data-dir", os.path.join(self.folder, "etcd"),
            "--unsafe-no-fsync", "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster",
            "default=" + peer])
        self.processes.start("kube-apiserver", [
            "kube-apiserver", "--etcd-servers", client,
            "--cert-dir", os.path.join(self.folder, "certs"),
            "--bind-address", "127.0.0.1",
            "--secure-port", self.url.rsplit(":", 1)[1],
            "--service-account-issuer", "https://kubernetes.default.svc",
            "--service-account-key-file", key,
            "--service-account-signing-key-file", key,
            "--authorization-mode", "RBAC",
            "--token-auth-file", os.path.join(self.folder, "tokens.csv"),
            "--service-cluster-ip-range", "10.0.0.0/24",
            "--allow-privileged=true",
            "--disable-admission-plugins", "ServiceAccount",
            "--endpoint-reconciler-type", "none"], executable=server)
        try:
            wait_until("kube-apiserver", self.api.ready, 180)
        except Failed as error:
            raise Failed(f"{error}\n{self.processes.tail('kube-apiserver')}"
                         ) from error
        self.processes.start("kube-controller-manager", [
            "kube-controller-manager", "--kubeconfig", self.kubeconfig,
            "--service-account-private-key-file", key,
            "--leader-elect=false", "--bind-address", "127.0.0.1",
            "--secure-port", str(free_port()),
            # A node that is busy is not a node that is gone.
            "--node-monitor-grace-period", "120s"], executable=server)
        self.processes.start("kube-scheduler", [
            "kube-scheduler", "--kubeconfig", self.kubeconfig,
            "--leader-elect=false", "--bind-address", "127.0.0.1",
            "--secure-port", str(free_port())], executable=server)
