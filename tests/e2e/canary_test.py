"""Canary secrets in every place that takes one; none is ever seen again.

The neighbours (Prometheus, Alertmanager, the API server, Slack) are played by
one server that shows whoever asks the very headers and path that it was sent,
as a careless proxy does.
"""

import base64
import binascii
import http.server
import json
import os
import pathlib
import secrets
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

from stack import ROOT, Process, free_port, request, wait_for

BUILD = pathlib.Path(os.environ["SELFHEAL_BUILD"])
ROUTES = ["/api/v1/alerts", "/api/v1/incidents", "/api/v1/config",
          "/api/v1/rules", "/api/v1/runbooks", "/api/v1/kill-switch",
          "/api/v1/breakers", "/metrics", "/-/healthy", "/-/ready",
          "/api/v1/incidents/01J0000000000000000000000X", "/nothing"]


class Neighbour(http.server.ThreadingHTTPServer):
    """Refuses, with all that it was sent in its answer; Slack is obliged."""

    def __init__(self):
        self.bodies = []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        slack = self.path.startswith("/services/")
        self.server.bodies.append((self.path, self.headers.as_string(), body))
        answer = b"ok" if slack else (
            f"<html>no: {self.path} {self.headers.as_string()}</html>".encode())
        self.send_response(200 if slack else 401)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET

    def log_message(self, *_):
        pass


def forms(secret):
    """How a secret may be written: as it is, encoded, in three base64s."""
    raw = secret.encode()
    yield raw
    yield urllib.parse.quote(secret, safe="").encode()
    yield binascii.hexlify(raw)
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        yield text[4 if shift else 0:-4]


class CanaryTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="selfheal-")))
        self.canaries = {}
        self.seen = {}
        self.neighbour = Neighbour()
        self.addCleanup(self.neighbour.shutdown)

    def canary(self, name, form="{}"):
        """A secret of that name; `form` is what stands around it."""
        self.canaries[name] = f"canary{secrets.token_hex(12)}/{len(self.canaries)}"
        return form.format(self.canaries[name])

    def file(self, name, form="{}"):
        path = self.folder / name
        path.write_text(self.canary(name, form) + "\n")
        return path

    def write_config(self, log_format, port):
        url = self.neighbour.url
        token = self.canary("kubeconfig-token")
        (self.folder / "kubeconfig").write_text(f"""
apiVersion: v1
kind: Config
current-context: c
clusters: [{{name: c, cluster: {{server: "{url}"}}}}]
users: [{{name: u, user: {{token: "{token}"}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
""")
        (self.folder / "selfheal.yaml").write_text(f"""
listen: 127.0.0.1:{port}
rules_dir: {ROOT}/rules
runbooks_dir: {ROOT}/runbooks
prometheus:
  url: "{url}"
  bearer_token_file: {self.file("prometheus-token")}
  headers: ["X-Scope: {self.canary("prometheus-header")}"]
alertmanager:
  url: "{url}"
  username: am
  password_file: {self.file("alertmanager-password")}
  interval: 1s
kubernetes: {{kubeconfig: {self.folder}/kubeconfig, namespaces: [shop]}}
slack: {self.slack(log_format)}
database: {{url: "sqlite://{self.folder}/selfheal.db"}}
auth:
  webhook_token_file: {self.file("webhook-token")}
  admin_token_file: {self.file("admin-token", "alice:{}")}
  viewer_token_file: {self.file("viewer-token", "bob:{}")}
log: {{level: debug, format: {log_format}}}
""")

    def slack(self, log_format):
        """Of one story a bot, of the other a webhook."""
        url = self.neighbour.url
        if log_format == "json":
            hook = self.canary("slack-webhook")
            return f'{{webhook_url: "{url}/services/{hook}"}}'
        return f"""
  api_url: {url}/api
  channel: C1
  bot_token_file: {self.file("slack-bot", "xoxb-{}")}
  signing_secret_file: {self.file("slack-signing")}
  app_token_file: {self.file("slack-app", "xapp-{}")}"""

    # --- looking ----------------------------------------------------------------

    def see(self, where, text):
        self.seen[where] = text if isinstance(text, bytes) else text.encode()

    def fetch(self, method, path, token, body=None):
        call = urllib.request.Request(
            self.url + path, body, method=method,
            headers={"Authorization": "Bearer " + token} if token else {})
        try:
            with urllib.request.urlopen(call, timeout=10) as answer:
                text, head = answer.read(), answer.headers.as_string()
        except urllib.error.HTTPError as error:
            text, head = error.read(), error.headers.as_string()
        self.see(f"{method} {path} as {token[:3]}", head.encode() + text)

    def run_command(self, *arguments, stdin=""):
        run = subprocess.run(
            [BUILD / "selfheal", *arguments, "--config",
             self.folder / "selfheal.yaml"], capture_output=True, text=True,
            input=stdin, check=False, timeout=120)
        self.see("selfheal " + " ".join(arguments), run.stdout + run.stderr)

    def payload(self):
        labels = {"alertname": "KubeMemoryLeak", "namespace": "shop"}
        alerts = [{"status": "firing", "labels": labels | extra,
                   "annotations": {}, "startsAt": "2026-01-01T00:00:00Z",
                   "endsAt": "0001-01-01T00:00:00Z", "generatorURL": ""}
                  for extra in ({"pod": "cart-7f-abcde"}, {"of": "nothing"})]
        return json.dumps({
            "version": "4", "groupKey": "g", "truncatedAlerts": 0,
            "status": "firing", "receiver": "r", "groupLabels": {},
            "commonLabels": {}, "commonAnnotations": {}, "externalURL": "",
            "alerts": alerts})

    def check_unseen(self):
        leaks = [f"{name} in {where}: {form[:40]!r}"
                 for where, text in self.seen.items()
                 for name, secret in self.canaries.items()
                 for form in forms(secret) if form in text]
        self.assertEqual(leaks, [])
        print(f"canaries: {len(self.canaries)} secrets, {len(self.seen)} "
              f"outputs of {sum(map(len, self.seen.values()))} bytes, 0 seen",
              flush=True)

    # --- the story --------------------------------------------------------------

    def story(self, log_format):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.write_config(log_format, port)
        serve = Process("serve", [BUILD / "selfheal", "serve", "--config",
                                  self.folder / "selfheal.yaml"], self.folder)
        self.addCleanup(serve.stop)
        serve.start()
        wait_for("selfheal", lambda: request("GET", self.url + "/-/ready"), 30)
        self.fetch("POST", "/api/v1/alerts", self.canaries["webhook-token"],
                   self.payload().encode())
        for token in (self.canaries["admin-token"],
                      self.canaries["viewer-token"],
                      self.canaries["webhook-token"], "",
                      self.canary("wrong-token")):
            for path in ROUTES:
                self.fetch("GET", path, token)
            self.fetch("POST", "/-/reload", token)
            self.fetch("POST", "/api/v1/alerts", token, b"{")
        wait_for("a notice", lambda: any(
            path.startswith(("/services/", "/api/chat.")) for path, _, _ in
            self.neighbour.bodies), 60)
        self.fetch("GET", "/api/v1/incidents", self.canaries["admin-token"])
        self.fetch("GET", "/metrics", "")
        self.see("cmdline", pathlib.Path(
            f"/proc/{serve.child.pid}/cmdline").read_bytes())
        self.commands()
        serve.stop()
        self.see("the log", serve.log.read_bytes())
        for file in self.folder.glob("selfheal.db*"):
            self.see(file.name, file.read_bytes())
        for number, (path, _, body) in enumerate(self.neighbour.bodies):
            self.see(f"body {number} to {path[:10]}", body)
        self.each_neighbour_was_asked_with_its_secret()
        self.check_unseen()

    def commands(self):
        self.run_command("check")
        self.run_command("explain", "-", stdin=self.payload())
        self.run_command("backtest", "--from", "now-1d", "--to", "now")
        for part in ("verify", "export", "replay"):
            self.run_command("audit", part)
        self.run_command("rbac")
        # A secret file that is wrong is named, not shown.
        (self.folder / "admin-token").write_text(
            "a b:" + self.canary("bad-admin-token") + "\n")
        self.run_command("check")
        self.run_command("serve")

    def each_neighbour_was_asked_with_its_secret(self):
        """Else the canaries would prove nothing."""
        sent = "\n".join(path + head for path, head, _ in self.neighbour.bodies)
        basic = base64.b64encode(
            b"am:" + self.canaries["alertmanager-password"].encode()).decode()
        for secret in (self.canaries["prometheus-token"],
                       self.canaries["prometheus-header"], basic,
                       self.canaries["kubeconfig-token"],
                       *(secret for name, secret in self.canaries.items()
                         if name in ("slack-webhook", "slack-bot",
                                     "slack-app"))):
            self.assertIn(secret, sent)

    def test_none_is_seen_in_logfmt(self):
        self.story("logfmt")

    def test_none_is_seen_in_json(self):
        self.story("json")


if __name__ == "__main__":
    unittest.main()
