"""Real Prometheus and Alertmanager around the simulator and `selfheal serve`.

Everything runs on loopback ports that the system picks, in one temporary
folder. Rule timings are compressed: what is minutes in the shipped files is
seconds here; the expressions and thresholds stay.
"""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEBHOOK_TOKEN = "webhook-token-of-the-test"
ADMIN_TOKEN = "admin-token-of-the-test"

# What the shipped files say -> what holds here.
ALERT_TIMES = [
    ("[15m]", "[20s]"), ("[10m]", "[15s]"), ("[5m]", "[10s]"),
    ("[2m]", "[10s]"), (", 3600)", ", 120)"),
]
RULE_TIMES = ALERT_TIMES + [("within: 15m", "within: 60s"),
                            ("within: 5m", "within: 60s")]
RUNBOOK_TIMES = [("observe: 60s", "observe: 6s"),
                 ("settle: 60s", "settle: 2s"), ("within: 10m", "within: 60s")]


# For a target that is acted on again and again: what spares it in production is
# set aside, everything else stays as it is.
NOTHING_SPARED = """
guards: {cooldown: 1s, max_restarts_per_hour: 100, max_actions_per_10m: 1000,
  max_actions_per_hour: 1000, same_runbook_per_day: 100,
  storm: {targets: 1000}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=60.0, pause=0.05):
    """The first true value of `condition()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            value = condition()
            if value:
                return value
        except (OSError, urllib.error.URLError, ValueError,
                LookupError) as error:
            last = error
        time.sleep(pause)
    raise AssertionError(f"timed out after {seconds:.0f} s: {what} ({last})")


def request(method, url, body=None, token=None, timeout=10,
            content_type="application/json"):
    data = None
    headers = {}
    if body is not None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers["Content-Type"] = content_type
    if token:
        headers["Authorization"] = "Bearer " + token
    call = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(call, timeout=timeout) as answer:
        text = answer.read()
    return json.loads(text) if text[:1] in (b"{", b"[") else text.decode()


def payload_of(labels, starts_at="2026-01-01T00:00:00Z"):
    """What Alertmanager posts of one alert."""
    return {"version": "4", "groupKey": "{}:{test}", "truncatedAlerts": 0,
            "status": "firing", "receiver": "selfheal", "groupLabels": {},
            "commonLabels": {}, "commonAnnotations": {}, "externalURL": "",
            "alerts": [{"status": "firing", "labels": labels, "annotations": {},
                        "startsAt": starts_at,
                        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": ""}]}


def compress(text, times):
    for before, after in times:
        text = text.replace(before, after)
    return re.sub(r"\bfor: \d+m", "for: 4s", text)


class Process:
    """A child of its own process group, with its output in a file."""

    def __init__(self, name, argv, folder, env=None):
        self.name = name
        self.log = folder / f"{name}.log"
        self.argv = [str(part) for part in argv]
        self.env = {**os.environ, **(env or {})}
        self.child = None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=self.env, start_new_session=True)
        return self

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def stop(self, how=signal.SIGTERM):
        if not self.alive():
            return
        os.killpg(self.child.pid, how)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


class Stack:
    """The whole of it. Use as a context manager, or start() and stop()."""

    def __init__(self, build, speed=20.0, seed=1, folder=None, config="",
                 gap_closing=True, scrape="1s", watch="5s",
                 silence_rules=False, database=None):
        self.build = pathlib.Path(build)
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="selfheal-"))
        self.keep = folder is not None
        self.speed, self.seed = speed, seed
        self.extra_config = config
        self.gap_closing = gap_closing
        self.scrape = scrape
        self.watch = watch
        # True: no rule of Prometheus fires; alerts come from the test alone.
        self.silence_rules = silence_rules
        self.database_url = database or f"sqlite://{self.folder}/selfheal.db"
        self.ports = {name: free_port() for name in
                      ("prometheus", "alertmanager", "selfheal")}
        self.processes = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.show_logs()
            self.stop()
            raise
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.show_logs()
        self.stop()

    # --- starting -----------------------------------------------------------

    def start(self):
        self.start_simulator()
        self.start_prometheus()
        self.start_alertmanager()
        self.write_product_config()
        self.start_product()

    def run(self, name, argv, env=None):
        process = Process(name, argv, self.folder, env).start()
        self.processes.append(process)
        return process

    def start_simulator(self):
        self.simulator = self.run("kubesim", [
            self.build / "kubesim", "--port-file", self.folder / "sim.port",
            "--kubeconfig", self.folder / "kubeconfig", "--speed", self.speed,
            "--seed", self.seed, "--age", "6h"])
        port = wait_for("the simulator", lambda: (
            self.folder / "sim.port").read_text().strip())
        self.sim = f"http://127.0.0.1:{port}"
        wait_for("the simulator's API", lambda: request("GET", self.sim + "/readyz"))

    def start_prometheus(self):
        data = self.folder / "prometheus"
        history = request(
            "GET", f"{self.sim}/sim/history?seconds=3600&step=5"
            "&job=kubesim&instance=kubesim", timeout=60)
        (self.folder / "history.om").write_text(history)
        subprocess.run(["promtool", "tsdb", "create-blocks-from",
                        "openmetrics", self.folder / "history.om", data],
                       check=True, stdout=subprocess.DEVNULL)
        rules = []
        for file in sorted((ROOT / "rules/prometheus").glob("*.yml")):
            copy = self.folder / f"alerts-{file.name}"
            copy.write_text(compress(file.read_text(), ALERT_TIMES))
            rules.append(str(copy))
        config = {
            "global": {"scrape_interval": self.scrape,
                       "evaluation_interval": "1s"},
            "rule_files": [] if self.silence_rules else rules,
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [
                f"127.0.0.1:{self.ports['alertmanager']}"]}]}]},
            "scrape_configs": [
                {"job_name": "kubesim", "honor_labels": True,
                 "static_configs": [{"targets": [self.sim[7:]], "labels": {
                     "instance": "kubesim"}}]},
                {"job_name": "selfheal",
                 "static_configs": [{"targets": [
                     f"127.0.0.1:{self.ports['selfheal']}"]}]}]}
        (self.folder / "prometheus.json").write_text(json.dumps(config))
        self.prometheus_url = f"http://127.0.0.1:{self.ports['prometheus']}"
        self.prometheus = self.run("prometheus", [
            "prometheus", f"--config.file={self.folder}/prometheus.json",
            f"--storage.tsdb.path={data}", "--log.level=warn",
            "--storage.tsdb.retention.time=30d",
            f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}"])
        wait_for("Prometheus", lambda: request(
            "GET", self.prometheus_url + "/-/ready"))

    def start_alertmanager(self):
        token = self.folder / "am-token"
        token.write_text(WEBHOOK_TOKEN)
        config = {
            "route": {"receiver": "selfheal", "group_by": ["alertname", "namespace"],
                      "group_wait": "0s", "group_interval": "1s",
                      "repeat_interval": "1h"},
            "receivers": [{"name": "selfheal", "webhook_configs": [{
                "url": f"{self.product_url()}/api/v1/alerts",
                "send_resolved": True, "max_alerts": 0,
                "http_config": {"follow_redirects": False, "authorization": {
                    "type": "Bearer", "credentials_file": str(token)}}}]}]}
        (self.folder / "alertmanager.json").write_text(json.dumps(config))
        self.alertmanager_url = f"http://127.0.0.1:{self.ports['alertmanager']}"
        self.alertmanager = self.run("alertmanager", [
            "prometheus-alertmanager",
            f"--config.file={self.folder}/alertmanager.json",
            f"--storage.path={self.folder}/alertmanager",
            "--cluster.listen-address=", "--log.level=warn",
            f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}"])
        wait_for("Alertmanager", lambda: request(
            "GET", self.alertmanager_url + "/-/ready"))

    def product_url(self):
        return f"http://127.0.0.1:{self.ports['selfheal']}"

    def write_product_config(self):
        for name, times in (("rules", RULE_TIMES), ("runbooks", RUNBOOK_TIMES)):
            (self.folder / name).mkdir(exist_ok=True)
            for file in sorted((ROOT / name).glob("*.yaml")):
                text = compress(file.read_text(), times)
                if name == "rules":
                    text = re.sub(r"\n  look_back: .*", "", text)
                    text = re.sub(r"\n  runbook:", "\n  look_back: 10s\n  runbook:", text)
                (self.folder / name / file.name).write_text(text)
        (self.folder / "webhook.token").write_text(WEBHOOK_TOKEN + "\n")
        (self.folder / "admin.token").write_text(f"alice:{ADMIN_TOKEN}\n")
        alertmanager = self.alertmanager_url if self.gap_closing else ""
        (self.folder / "selfheal.yaml").write_text(f"""
listen: 127.0.0.1:{self.ports['selfheal']}
rules_dir: {self.folder}/rules
runbooks_dir: {self.folder}/runbooks
prometheus: {{url: "{self.prometheus_url}"}}
alertmanager: {{url: "{alertmanager}", interval: 5s}}
kubernetes: {{kubeconfig: {self.folder}/kubeconfig, namespaces: [shop]}}
database: {{url: "{self.database_url}"}}
auth:
  webhook_token_file: {self.folder}/webhook.token
  admin_token_file: {self.folder}/admin.token
  public_pages: true
judge: {{baseline: 50m, baseline_step: 10s, step: 1s, window: 40}}
watch: {{interval: {self.watch}}}
{self.extra_config}
""")

    def start_replica(self, name, role, port):
        """A further process over the same store; of a remediator the port is
        for scrapes and probes."""
        config = self.folder / "selfheal.yaml"
        if role == "remediator":
            text = config.read_text()
            config = self.folder / f"{name}.yaml"
            config.write_text(
                text + f"metrics: {{listen: 127.0.0.1:{port}}}\n")
        return self.run(name, [self.build / "selfheal", "serve", "--role", role,
                               "--config", config],
                        {"SELFHEAL_LISTEN": f"127.0.0.1:{port}"})

    def start_product(self, wait=True, role="all"):
        self.product = self.run("selfheal", [
            self.build / "selfheal", "serve", "--role", role, "--config",
            self.folder / "selfheal.yaml"])
        if wait:
            wait_for("selfheal", lambda: request(
                "GET", self.product_url() + "/-/ready"), 20)
        return self.product

    def settle(self):
        """Waits until the fine window holds nothing but live samples."""
        query = ("/api/v1/query?query=count_over_time("
                 "kube_deployment_spec_replicas{deployment='cart'}[60s])")
        wait_for("a full window of live samples", lambda: int(request(
            "GET", self.prometheus_url + query)["data"]["result"][0]["value"][1])
            >= 56, 120, 0.5)

    # --- asking -------------------------------------------------------------

    def api(self, path, method="GET", body=None):
        return request(method, self.product_url() + path, body, ADMIN_TOKEN)

    def incidents(self, **query):
        text = "&".join(f"{key}={value}" for key, value in query.items())
        return self.api("/api/v1/incidents?limit=500&" + text)["items"]

    def wait_for_incident(self, phase, seconds=90, **match):
        def found():
            for incident in self.incidents():
                if incident["phase"] == phase and all(
                        incident.get(k) == v for k, v in match.items()):
                    return incident
            return None
        return wait_for(f"an incident in {phase}: {match}; there are " +
                        "see the log", found, seconds, 0.2)

    def inject(self, name, settings, kind="Deployment", **more):
        return request("POST", self.sim + "/sim/inject", {
            "namespace": "shop", "kind": kind, "name": name,
            "settings": settings, **more})

    def mutations(self):
        """Requests that changed, or tried to change, the cluster: no dry runs."""
        items = request("GET", self.sim + "/sim/log")["items"]
        return [item for item in items if item["method"] != "GET"
                and "dryRun=All" not in item.get("query", "")
                and '"dryRun":["All"]' not in json.dumps(
                    item.get("body", "")).replace(" ", "").replace("\\", "")
                and "selfsubjectaccessreviews" not in item["path"]]

    def post_alert(self, labels, **more):
        """`more` as payload_of has it."""
        return request("POST", self.product_url() + "/api/v1/alerts",
                       payload_of(labels, **more), WEBHOOK_TOKEN)

    def post_while_killing(self, labels, offset):
        """Posts, and kills the product `offset` s later; true if acknowledged."""
        def kill():
            time.sleep(offset)
            os.killpg(self.product.child.pid, signal.SIGKILL)
        killer = threading.Thread(target=kill)
        killer.start()
        try:
            self.post_alert(labels)
            return True
        except (OSError, urllib.error.URLError, http.client.HTTPException):
            return False
        finally:
            killer.join()
            self.product.child.wait()

    def command(self, *arguments):
        return subprocess.run(
            [self.build / "selfheal", *arguments, "--config",
             self.folder / "selfheal.yaml"], capture_output=True, text=True,
            check=False)

    # --- stopping -----------------------------------------------------------

    def show_logs(self):
        for process in self.processes:
            text = process.log.read_text(errors="replace") if process.log.exists() else ""
            print(f"--- {process.name}: the last lines", flush=True)
            print("\n".join(text.splitlines()[-25:]), flush=True)

    def stop(self):
        for process in reversed(self.processes):
            process.stop()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
