"""The blocks of "Backup and restore" in docs/operations.md, run as they are
printed, while `selfheal serve` runs where they say so. What they ask of a
cluster is played: `kubectl exec` runs its command here.

    python3 backup.py SELFHEAL
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from postgres import Postgres, binaries  # noqa: E402
from stack import ADMIN_TOKEN, WEBHOOK_TOKEN  # noqa: E402
from stack import Process, free_port, request, wait_for  # noqa: E402

SELFHEAL = os.path.abspath(sys.argv[1])
KUBECTL = """#!/bin/sh
case " $* " in
  *" exec "*) while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;;
esac
"""
CONFIG = """
kubernetes: {{kubeconfig: {folder}/kubeconfig}}
auth: {{webhook_token_file: {folder}/webhook, admin_token_file: {folder}/admin}}
"""


def blocks():
    """The blocks of the section, in their order."""
    text = pathlib.Path("docs/operations.md").read_text(encoding="utf-8")
    section = text.split("\n## Backup and restore\n")[1].split("\n## ")[0]
    return re.findall(r"^```\w*\n(.*?)^```$", section, re.M | re.S)


class Site:
    """A folder with a configuration, and one `selfheal serve` at a time."""

    def __init__(self, folder, database):
        self.folder = pathlib.Path(folder)
        self.database = database
        self.serve = None
        (self.folder / "bin").mkdir()
        (self.folder / "bin/selfheal").symlink_to(SELFHEAL)
        kubectl = self.folder / "bin/kubectl"
        kubectl.write_text(KUBECTL)
        kubectl.chmod(0o755)
        (self.folder / "webhook").write_text(WEBHOOK_TOKEN)
        (self.folder / "admin").write_text(ADMIN_TOKEN)
        shutil.copy("tests/checks/lib/kubeconfig", self.folder)
        (self.folder / "config").mkdir()
        (self.folder / "config/selfheal.yaml").write_text(
            CONFIG.format(folder=folder))

    def start(self, database=None):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.serve = Process(
            "serve", [SELFHEAL, "serve", "--config",
                      self.folder / "config/selfheal.yaml"], self.folder,
            {"DATABASE_URL": database or self.database,
             "SELFHEAL_LISTEN": f"127.0.0.1:{port}"}).start()
        wait_for("selfheal", lambda: request("GET", self.url + "/-/ready"), 20)

    def stop(self):
        if self.serve is not None:
            self.serve.stop()

    def post(self, name):
        """An alert of that name, and a kill switch with it as its reason."""
        payload = json.loads(
            pathlib.Path("docs/reference/payload.json").read_text())
        payload["alerts"][0]["labels"]["alertname"] = name
        request("POST", self.url + "/api/v1/alerts", payload,
                WEBHOOK_TOKEN)
        request("POST", self.url + "/api/v1/kill-switch",
                {"on": True, "reason": name}, ADMIN_TOKEN)

    def get(self, path):
        return request("GET", self.url + "/api/v1/" + path, token=ADMIN_TOKEN)

    def alerts(self):
        return sorted(alert["alertname"]
                      for alert in self.get("alerts")["items"])

    def run(self, script, **env):
        """A block of the page; what it says."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.folder,
            env={**os.environ, "DATABASE_URL": self.database,
                 "PATH": f"{self.folder}/bin:{env.pop('PATH')}", **env},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        if done.returncode != 0:
            sys.exit(f"{script}\n{done.stdout}")
        return done.stdout

    def head(self, database):
        """Rows and head of the audit, which has to be intact."""
        said = self.run("selfheal audit verify", DATABASE_URL=database,
                        PATH=os.environ["PATH"])
        return re.fullmatch(r"intact: (\d+) rows, head [0-9a-f]{64}\n",
                            said)[0]

    def expect_restored(self, database, breakers):
        """Before the backup one alert was posted, after it another."""
        self.start(database)
        if self.alerts() != ["before"]:
            sys.exit(f"restored: {self.alerts()}")
        switch = json.dumps(self.get("kill-switch"))
        if '"before"' not in switch:
            sys.exit(f"restored: {switch}")
        found = [breaker["scope"] for breaker in self.get("breakers")["items"]
                 if breaker["open"]]
        if found != breakers:
            sys.exit(f"restored: breakers open: {found}")
        self.post("afterwards")
        self.stop()
        self.head(database)


def sqlite(folder, backup, restore):
    place = f"{folder}/data"
    site = Site(folder, f"sqlite://{place}/selfheal.db")
    os.mkdir(place)
    backup, restore = (script.replace("/var/lib/selfheal", place)
                       for script in (backup, restore))
    try:
        site.start()
        site.post("before")
        said = site.run(backup, PATH=os.environ["PATH"])
        copy, = site.folder.glob("selfheal-*.db")
        site.post("later")
        site.stop()
        lost = site.head(site.database)
        copy.rename(site.folder / "BACKUP.db")
        site.run(restore, PATH=os.environ["PATH"])
        head = site.head(site.database)
        if head not in said or head == lost:
            sys.exit(f"the backup said {said}, restored: {head}")
        site.expect_restored(site.database, [])
    finally:
        site.stop()
    print(f"SQLite: restored: {head}", end="")


def postgres(folder, backup, restore):
    """The user of the program owns its databases, and may nothing else."""
    server = Postgres().start()
    url = server.url.replace("selfheal@/postgres", "app@/{}")
    site = Site(folder, url.format("live"))
    path = f"{server.bin}:{os.environ['PATH']}"
    restored = url.format("restored")
    restore = restore.replace("--owner=selfheal", "--owner=app")
    try:
        server.ask("CREATE ROLE app LOGIN")
        server.ask("CREATE DATABASE live OWNER app TEMPLATE template0")
        site.start()
        site.post("before")
        site.run(backup, PATH=path)
        dump, = site.folder.glob("selfheal-*.dump")
        site.post("later")
        site.stop()
        lost = site.head(site.database)
        dump.rename(site.folder / "BACKUP.dump")
        said = site.run(restore, PATH=path, ADMIN_URL=server.url,
                        RESTORED_URL=restored)
        head = site.head(restored)
        if head not in said or head == lost:
            sys.exit(f"the restore said {said}, restored: {head}")
        site.expect_restored(restored, ["global"])
    finally:
        site.stop()
        server.remove()
    print(f"PostgreSQL: restored: {head}", end="")


def main():
    sqlite_backup, sqlite_restore, *of_postgres = blocks()
    with tempfile.TemporaryDirectory() as folder:
        sqlite(folder, sqlite_backup, sqlite_restore)
    if not binaries():
        print("PostgreSQL is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        postgres(folder, *of_postgres)


main()
