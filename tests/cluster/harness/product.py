"""`selfheal serve` against the cluster, with compressed timings."""

import json
import os
import pathlib
import re
import urllib.request

from harness.monitoring import answers
from harness.processes import free_port, wait_until, write

ROOT = pathlib.Path(__file__).resolve().parents[3]
WEBHOOK_TOKEN = "webhook-token-of-the-test"
ADMIN_TOKEN = "admin-token-of-the-test"

# What the shipped files say -> what holds here: minutes become seconds, the
# expressions and thresholds stay.
ALERT_TIMES = [("[1h] offset 15m", "[60s] offset 20s"),
               # An answer of a person lies within it.
               ("_generation[30m]", "_generation[180s]"), ("[30m]", "[60s]"),
               ("[15m]", "[30s]"),
               ("[10m]", "[20s]"), ("[5m]", "[15s]"), ("[2m]", "[15s]"),
               (", 3600)", ", 120)")]
RULE_TIMES = ALERT_TIMES + [("within: 15m", "within: 90s"),
                            ("within: 5m", "within: 90s")]
RUNBOOK_TIMES = [("observe: 60s", "observe: 8s"),
                 ("settle: 60s", "settle: 5s"), ("settle: 30s", "settle: 5s"),
                 ("within: 10m", "within: 120s"),
                 ("within: 15m", "within: 180s")]


def compress(text, times):
    for before, after in times:
        text = text.replace(before, after)
    return re.sub(r"\bfor: \d+m", "for: 3s", text)


class Product:
    """Files first (Alertmanager has to know the address), then `start`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.webhook = self.url + "/api/v1/alerts"
        self.token_file = write(str(self.folder / "webhook.token"),
                                WEBHOOK_TOKEN, 0o600)

    def alert_rules(self):
        return [write(str(self.folder / ("alerts-" + name)),
                      compress((ROOT / "rules/prometheus" / name).read_text(),
                               ALERT_TIMES))
                for name in ("selfheal.yml", "nodes.yml")]

    def _copy(self, name, times):
        for file in sorted((ROOT / name).glob("*.yaml")):
            text = compress(file.read_text(), times)
            if name == "rules":
                text = re.sub(r"\n  look_back: .*", "", text)
                text = re.sub(r"\n  runbook:",
                              "\n  look_back: 15s\n  runbook:", text)
            write(str(self.folder / name / file.name), text)

    def _config(self, cluster, name_spaces, guards):
        return f"""
listen: 127.0.0.1:{self.port}
rules_dir: {self.folder}/rules
runbooks_dir: {self.folder}/runbooks
prometheus: {{url: "{cluster['prometheus']}"}}
alertmanager: {{url: "{cluster['alertmanager']}", interval: 5s}}
kubernetes:
  kubeconfig: {cluster['agent_kubeconfig']}
  namespaces: {json.dumps(name_spaces)}
database: {{url: "sqlite://{self.folder}/selfheal.db"}}
auth:
  webhook_token_file: {self.token_file}
  admin_token_file: {self.folder}/admin.token
judge: {{baseline: 90s, baseline_step: 1s, min_baseline: 60, step: 1s, window: 60}}
watch: {{interval: 5s}}
guards: {{max_actions_in_flight: 2{guards}}}
"""

    def start(self, cluster, name_spaces, processes, guards=""):
        self._copy("rules", RULE_TIMES)
        self._copy("runbooks", RUNBOOK_TIMES)
        write(str(self.folder / "admin.token"), f"alice:{ADMIN_TOKEN}\n",
              0o600)
        config = write(str(self.folder / "selfheal.yaml"),
                       self._config(cluster, name_spaces, guards))
        program = os.path.join(os.environ["SELFHEAL_BUILD"], "selfheal")
        processes.start("selfheal", [program, "serve", "--config", config])
        wait_until("selfheal", lambda: answers(self.url + "/-/ready"), 30)

    def get(self, path):
        request = urllib.request.Request(
            self.url + path,
            headers={"Authorization": "Bearer " + ADMIN_TOKEN})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def post(self, path, body, token):
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), method="POST",
            headers={"Authorization": "Bearer " + token,
                     "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def post_alert(self, labels):
        """One firing alert, as Alertmanager posts it."""
        return self.post("/api/v1/alerts", {
            "version": "4", "groupKey": "{}:{test}", "truncatedAlerts": 0,
            "status": "firing", "receiver": "selfheal", "groupLabels": {},
            "commonLabels": {}, "commonAnnotations": {}, "externalURL": "",
            "alerts": [{"status": "firing", "labels": labels,
                        "annotations": {}, "generatorURL": "",
                        "startsAt": "2026-01-01T00:00:00Z",
                        "endsAt": "0001-01-01T00:00:00Z"}]}, WEBHOOK_TOKEN)

    def approve(self, identity, reason):
        plan = self.get("/api/v1/incidents/" + identity)["plan"]
        return self.post(f"/api/v1/incidents/{identity}/approve",
                         {"plan_hash": plan["hash"], "reason": reason},
                         ADMIN_TOKEN)

    def incidents(self):
        return self.get("/api/v1/incidents?limit=500")["items"]
