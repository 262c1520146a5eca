"""Children of the cluster: started detached, known by pid, ended by pid."""

import json
import os
import signal
import socket
import subprocess
import time


class Failed(Exception):
    """The cluster cannot be brought up; the message says why."""


class Unsupported(Exception):
    """This machine cannot run a cluster; the message says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def wait_until(what, probe, seconds, pause=0.2):
    """Calls `probe` until it returns something true; returns that."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            result = probe()
            if result:
                return result
        except (OSError, ValueError, KeyError) as error:
            last = error
        time.sleep(pause)
    raise Failed(f"{what}: not within {seconds} s ({last})")


def start_time(pid):
    """The kernel's start time of a process: with the pid it names one run."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


class Processes:
    """Starts children and remembers them in a file of the cluster's folder."""

    def __init__(self, folder):
        self.folder = folder
        self.file = os.path.join(folder, "processes.json")
        self.entries = []
        if os.path.exists(self.file):
            with open(self.file, encoding="utf-8") as file:
                self.entries = json.load(file)

    def start(self, name, arguments, executable=None, env=None):
        log = open(os.path.join(self.folder, name + ".log"), "ab")
        child = subprocess.Popen(
            arguments, executable=executable, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True, cwd=self.folder,
            env=env)
        log.close()
        self.entries.append({"name": name, "pid": child.pid,
                             "started": start_time(child.pid)})
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(self.entries, file)
        return child

    def tail(self, name, lines=5):
        try:
            with open(os.path.join(self.folder, name + ".log"),
                      encoding="utf-8", errors="replace") as file:
                return "".join(file.readlines()[-lines:])
        except OSError:
            return ""

    def _alive(self, entry):
        return (entry["started"] is not None
                and start_time(entry["pid"]) == entry["started"])

    def stop_all(self):
        """Ends them at once: nothing they hold outlives the cluster."""
        self._end(self.entries)

    def stop(self, name):
        """Ends the processes of that name alone."""
        self._end([each for each in self.entries if each["name"] == name])

    def _end(self, entries):
        for entry in entries:
            if self._alive(entry):
                os.kill(entry["pid"], signal.SIGKILL)
        deadline = time.monotonic() + 10
        for entry in entries:
            while self._alive(entry) and time.monotonic() < deadline:
                try:  # Reaps it where this very process started it.
                    os.waitpid(entry["pid"], os.WNOHANG)
                except ChildProcessError:
                    pass
                time.sleep(0.02)
