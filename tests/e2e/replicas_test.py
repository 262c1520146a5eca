"""A receiver and two remediators over one PostgreSQL: whoever dies or sleeps is
replaced, and does nothing when it wakes up."""

import os
import signal
import time
import unittest

from postgres import Postgres, binaries
from stack import NOTHING_SPARED, Stack, free_port, request, wait_for

BUILD = os.environ["SELFHEAL_BUILD"]
TAKEN_OVER_WITHIN = 60
# The lease and what is left of it when its holder is stopped.
BEYOND_THE_LEASE = 25


class Replicas(Stack):
    """`product` is the receiver; remediators are started one after another."""

    def __init__(self, database):
        super().__init__(BUILD, config=NOTHING_SPARED, watch="1h",
                         gap_closing=False, silence_rules=True,
                         database=database.url)
        self.database = database

    def start_product(self, wait=True):
        self.remediators = [self.remediator(name) for name in ("a", "b")]
        return super().start_product(wait, role="receiver")

    def remediator(self, name):
        """The first one leads: it has the duty before the next one asks."""
        port = free_port()
        process = self.start_replica(f"remediator-{name}", "remediator", port)
        wait_for(name, lambda: request(
            "GET", f"http://127.0.0.1:{port}/-/ready"), 20)
        wait_for("a leader", self.leader, 20)
        return process

    def leader(self):
        return self.database.ask(
            "SELECT owner FROM leases WHERE key = 'lead'"
            " AND until > clock_timestamp()")

    def crash(self, point):
        """One more alert about the workload that crashes."""
        self.post_alert({"alertname": "KubePodCrashLooping",
                         "namespace": "shop", "deployment": "checkout",
                         "point": point})

    def newest(self):
        return (self.incidents() or [None])[0]

    def changed(self):
        return [m for m in self.mutations() if m["changed"]]


@unittest.skipUnless(binaries(), "PostgreSQL is not installed")
class ReplicasTest(unittest.TestCase):
    def test_the_killed_and_the_sleeping_are_replaced(self):
        database = Postgres().start()
        try:
            with Replicas(database) as stack:
                stack.inject("checkout", {"behaviour": "crash-loop",
                                          "crash-after-seconds": 1},
                             persist=True)
                stack.settle()
                self.sleeping_leader(stack)
                self.killed_leader(stack)
                verified = stack.command("audit", "verify")
                self.assertEqual(verified.returncode, 0, verified.stdout)
        finally:
            database.remove()

    def at_work(self, stack, point):
        """An incident that somebody has in hand."""
        before = stack.newest()
        stack.crash(point)
        wait_for("an incident", lambda: (stack.newest() or {}).get("id") not in
                 (None, (before or {}).get("id")), 30)
        return stack.newest()["id"]

    def ended(self, stack, incident, since):
        wait_for("its end", lambda: stack.api(
            f"/api/v1/incidents/{incident}").get("closed_at"),
                 TAKEN_OVER_WITHIN + 30, 0.2)
        found = stack.api(f"/api/v1/incidents/{incident}")
        applied = [e for e in found["executions"] if e["outcome"] == "applied"]
        still_open = [e for e in found["executions"]
                      if e["outcome"] in (None, "unknown")]
        self.assertEqual(still_open, [], found)
        self.assertEqual(len(stack.changed()) - since, len(applied), found)
        self.assertLessEqual(len(applied), 1, found)

    def sleeping_leader(self, stack):
        since = len(stack.changed())
        sleeper = stack.remediators[0].child.pid
        leader = stack.leader()
        incident = self.at_work(stack, "sleeping")
        os.killpg(sleeper, signal.SIGSTOP)
        try:
            stopped = time.monotonic()
            wait_for("another leader", lambda: stack.leader() not in
                     ("", leader), TAKEN_OVER_WITHIN)
            print(f"SIGSTOP: taken over after "
                  f"{time.monotonic() - stopped:.1f} s", flush=True)
            self.ended(stack, incident, since)
            time.sleep(max(0, BEYOND_THE_LEASE -
                           (time.monotonic() - stopped)))
        finally:
            os.killpg(sleeper, signal.SIGCONT)
        done = len(stack.changed())
        audit = stack.database.ask(
            f"SELECT count(*) FROM audit WHERE incident = '{incident}'")
        # It is awake when it answers, and has looked around a few times.
        time.sleep(5)
        self.assertEqual(len(stack.changed()), done)
        self.assertEqual(audit, stack.database.ask(
            f"SELECT count(*) FROM audit WHERE incident = '{incident}'"))

    def killed_leader(self, stack):
        since = len(stack.changed())
        leader = stack.leader()
        incident = self.at_work(stack, "killed")
        # It leads since the other one slept.
        stack.remediators[1].stop(signal.SIGKILL)
        killed = time.monotonic()
        wait_for("another leader", lambda: stack.leader() not in ("", leader),
                 TAKEN_OVER_WITHIN)
        print(f"SIGKILL: taken over after {time.monotonic() - killed:.1f} s",
              flush=True)
        self.ended(stack, incident, since)


if __name__ == "__main__":
    unittest.main()
