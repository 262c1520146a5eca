"""One node: a containerd and a kubelet with folders, ports, a bridge and
cgroups of their own."""

import json
import os
import shutil
import subprocess

from harness.control_plane import assets_folder
from harness.images import PAUSE, load_images
from harness.processes import free_port, wait_until, write

CGROUPS = "/sys/fs/cgroup"


def _cgroup_roots():
    """The hierarchies in which a node needs a cgroup of its own."""
    if os.path.exists(os.path.join(CGROUPS, "cgroup.controllers")):
        return [CGROUPS]
    return [os.path.join(CGROUPS, name) for name in sorted(os.listdir(CGROUPS))
            if name != "unified"
            and os.path.exists(os.path.join(CGROUPS, name, "tasks"))]


def _copy(source, target):
    with open(source, encoding="ascii") as file:
        text = file.read()
    with open(target, "w", encoding="ascii") as file:
        file.write(text)


def make_cgroup(name):
    for root in _cgroup_roots():
        folder = os.path.join(root, name)
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(os.path.join(root, "cgroup.controllers")):
            with open(os.path.join(root, "cgroup.controllers"),
                      encoding="ascii") as file:
                wanted = " ".join("+" + each for each in file.read().split())
            for at in (root, folder):
                with open(os.path.join(at, "cgroup.subtree_control"), "w",
                          encoding="ascii") as file:
                    file.write(wanted)
        for each in ("cpuset.cpus", "cpuset.mems"):
            if os.path.exists(os.path.join(root, "tasks")) and os.path.exists(
                    os.path.join(folder, each)):
                _copy(os.path.join(root, each), os.path.join(folder, each))


def remove_cgroup(name):
    for root in [*_cgroup_roots(), os.path.join(CGROUPS, "unified")]:
        folders = [at for at, _, _ in os.walk(os.path.join(root, name))]
        for folder in reversed(folders):
            try:
                os.rmdir(folder)
            except OSError:
                pass


def _containerd_config(root, socket, cni):
    return f"""version = 2
root = "{root}/root"
state = "{root}/state"
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{root}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
"""


def _network(bridge, subnet, folder):
    return json.dumps({
        "cniVersion": "0.4.0", "name": bridge,
        "plugins": [{"type": "bridge", "bridge": bridge, "isGateway": True,
                     "ipMasq": False,
                     "ipam": {"type": "host-local", "dataDir": folder,
                              "ranges": [[{"subnet": subnet}]],
                              "routes": [{"dst": "0.0.0.0/0"}]}}]})


def _kubelet_config(socket, port, health, cgroup):
    return f"""apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 127.0.0.1
port: {port}
healthzBindAddress: 127.0.0.1
healthzPort: {health}
containerRuntimeEndpoint: unix://{socket}
cgroupDriver: cgroupfs
cgroupRoot: /{cgroup}
failSwapOn: false
failCgroupV1: false
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
localStorageCapacityIsolation: true
resolvConf: ""
authentication:
  anonymous: {{enabled: true}}
  webhook: {{enabled: false}}
authorization: {{mode: AlwaysAllow}}
evictionHard: {{memory.available: 20Mi, nodefs.available: 1%}}
imageGCHighThresholdPercent: 100
imageMinimumGCAge: 100h
nodeStatusUpdateFrequency: 5s
nodeLeaseDurationSeconds: 120
syncFrequency: 10s
"""


class Node:
    def __init__(self, folder, index, processes, control_plane):
        self.index = index
        self.name = f"node-{index}"
        self.folder = os.path.join(folder, self.name)
        self.socket = os.path.join(self.folder, "containerd.sock")
        self.port = free_port()
        self.bridge = f"shs{os.getpid() % 100000}n{index}"
        self.subnet = f"10.{64 + os.getpid() % 128}.{index}.0/24"
        self.cgroup = f"selfheal-{os.getpid()}-{index}"
        self.processes = processes
        self.control_plane = control_plane

    def state(self):
        """What `down` has to know."""
        return {"name": self.name, "folder": self.folder,
                "socket": self.socket, "bridge": self.bridge,
                "cgroup": self.cgroup, "port": self.port}

    def start(self, archives):
        make_cgroup(self.cgroup)
        cni = os.path.join(self.folder, "cni")
        write(os.path.join(cni, "10-bridge.conflist"),
              _network(self.bridge, self.subnet,
                       os.path.join(self.folder, "addresses")))
        config = write(os.path.join(self.folder, "containerd.toml"),
                       _containerd_config(self.folder, self.socket, cni))
        self.processes.start(f"containerd-{self.index}",
                             ["containerd", "--config", config])
        wait_until("containerd", self._containerd_answers, 120)
        load_images(self.socket, archives)
        self._start_kubelet()

    def _containerd_answers(self):
        return subprocess.run(["ctr", "-a", self.socket, "version"],
                              capture_output=True).returncode == 0

    def _start_kubelet(self):
        config = write(os.path.join(self.folder, "kubelet.yaml"),
                       _kubelet_config(self.socket, self.port, free_port(),
                                       self.cgroup))
        kubelet = os.path.join(assets_folder(), "kubelet")
        self.processes.start(f"kubelet-{self.index}", [
            kubelet, "--config", config,
            "--kubeconfig", self.control_plane.kubeconfig,
            "--hostname-override", self.name,
            "--root-dir", os.path.join(self.folder, "kubelet"),
            "--cert-dir", os.path.join(self.folder, "pki"),
            "--containerd", self.socket,
            "--housekeeping-interval", "2s",
            "--v", "1"])

    def ready(self):
        node = self.control_plane.api.get("/api/v1/nodes/" + self.name)
        return any(each["type"] == "Ready" and each["status"] == "True"
                   for each in node["status"].get("conditions", []))


def unmount_below(folder):
    """Unmounts what containerd and kubelet left mounted below a folder."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = [line.split()[4] for line in file]
    for point in sorted((p for p in points if p.startswith(folder + "/")),
                        reverse=True):
        subprocess.run(["umount", "-l", point], capture_output=True)


def clean_node(state):
    """After its kubelet and containerd are gone."""
    end_shims(state["folder"])
    unmount_below(state["folder"])
    subprocess.run(["ip", "link", "delete", state["bridge"]],
                   capture_output=True)
    remove_cgroup(state["cgroup"])
    shutil.rmtree(state["folder"], ignore_errors=True)


def end_shims(folder):
    """Ends the container shims of one containerd, by their own socket's
    place on their command line, and with them their containers."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "containerd-shim" in words[0] and any(
                word.startswith(folder + "/") for word in words):
            end_tree(int(entry))


def end_tree(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = [int(each) for each in file.read().split()]
    except OSError:
        children = []
    for child in children:
        end_tree(child)
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        pass
