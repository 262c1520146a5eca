"""A private PostgreSQL server from the distribution's package."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from stack import free_port, wait_for


def binaries():
    """The newest that Debian's packages left; None: not installed."""
    found = [p for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin")
             if (p / "initdb").exists()]
    return max(found, key=lambda p: int(p.parent.name), default=None)


def owner():
    """The server refuses root: then it runs as somebody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise AssertionError("no user to run PostgreSQL as")


class Postgres:
    """Data in a folder of its own; ends with stop()."""

    def __init__(self, *settings):
        self.bin = binaries()
        self.settings = settings
        self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfheal-pg-"))
        self.owner = owner()
        if self.owner:
            os.chown(self.folder, self.owner["user"], self.owner["group"])
        self.child = None

    @property
    def url(self):
        return (f"postgresql://selfheal@/postgres?host={self.folder}"
                f"&port={self.port}")

    def url_at(self, proxy):
        return f"postgresql://selfheal@127.0.0.1:{proxy.port}/postgres"

    def socket(self):
        return self.folder / f".s.PGSQL.{self.port}"

    def start(self):
        data = self.folder / "data"
        if not data.exists():
            subprocess.run(
                [self.bin / "initdb", "-D", data, "-U", "selfheal", "-E",
                 "UTF8", "--locale=C", "--no-sync", "--auth=trust"],
                check=True, cwd="/", stdout=subprocess.DEVNULL, **self.owner)
        with open(self.folder / "log", "ab") as log:
            self.child = subprocess.Popen(
                [self.bin / "postgres", "-D", data, "-k", self.folder, "-p",
                 str(self.port), "-c", "listen_addresses=",
                 *[part for s in self.settings for part in ("-c", s)]],
                cwd="/", stdout=log, stderr=log, start_new_session=True,
                **self.owner)
        wait_for("PostgreSQL", lambda: self.ask("SELECT 1") == "1", 60)
        return self

    def ask(self, sql):
        """The first column of the rows, a line each."""
        run = subprocess.run(
            [self.bin / "psql", "-XAtq", "-h", self.folder, "-p",
             str(self.port), "-U", "selfheal", "-d", "postgres", "-c", sql],
            capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise ValueError(run.stderr.strip())
        return run.stdout.strip()

    def stop(self, how=signal.SIGQUIT):
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(how)
            self.child.wait()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
