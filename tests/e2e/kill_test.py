"""kill -9 all along the way: nothing acknowledged is lost, nothing is done
twice, no intent stays open."""

import json
import os
import random
import signal
import time
import unittest

from postgres import Postgres, binaries
from stack import NOTHING_SPARED, Stack, request, wait_for

BUILD = os.environ["SELFHEAL_BUILD"]
POINTS = int(os.environ.get("SELFHEAL_KILL_POINTS", "200"))
POSTGRES_POINTS = int(os.environ.get("SELFHEAL_KILL_POINTS", "20"))
# From the post to the end of the action takes about a tenth of a second.
WINDOW = float(os.environ.get("SELFHEAL_KILL_WINDOW", "0.35"))
RESOLVED_WITHIN = 60


def open_intents(incident):
    return [e for e in incident.get("executions", [])
            if e["outcome"] in (None, "unknown")]


class KillTest(unittest.TestCase):
    def test_no_point_of_the_way_loses_or_doubles_anything(self):
        def empty(stack):
            for suffix in ("", "-wal", "-shm"):
                (stack.folder / f"selfheal.db{suffix}").unlink(missing_ok=True)
        self.kill_all_along(POINTS, None, empty)

    @unittest.skipUnless(binaries(), "PostgreSQL is not installed")
    def test_nor_over_postgresql(self):
        database = Postgres().start()
        self.addCleanup(database.remove)
        self.kill_all_along(POSTGRES_POINTS, database.url, lambda _: database.ask(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public"))

    def kill_all_along(self, points, database, empty):
        """`empty(stack)` leaves a store as before the first start."""
        rng = random.Random(20261125)
        with Stack(BUILD, config=NOTHING_SPARED, watch="1h", gap_closing=False,
                   silence_rules=True, database=database) as stack:
            stack.inject("checkout", {"behaviour": "crash-loop",
                                      "crash-after-seconds": 1}, persist=True)
            stack.settle()
            tally = {"acked": 0, "acted": 0, "slowest": 0.0}
            for point in range(points):
                stack.product.stop()
                empty(stack)
                self.kill_once(stack, point, rng.uniform(0, WINDOW), tally)
            print(f"{points} kills: {tally['acked']} acknowledged, 0 lost; "
                  f"{tally['acted']} acted, 0 doubled; slowest resolution "
                  f"{tally['slowest']:.1f} s after the restart", flush=True)
            # A run in which nothing was ever cut short proves nothing.
            self.assertGreater(tally["acted"], points // 10)
            self.assertGreater(tally["acked"], points // 2)

    def kill_once(self, stack, point, offset, tally):
        request("DELETE", stack.sim + "/sim/log")
        stack.start_product()
        labels = {"alertname": "KubePodCrashLooping", "namespace": "shop",
                  "deployment": "checkout", "point": str(point)}
        acked = stack.post_while_killing(labels, offset)
        stack.product.stop(signal.SIGKILL)
        stack.start_product()
        restarted = time.monotonic()
        if acked:
            tally["acked"] += 1
            alerts = stack.api("/api/v1/alerts")["items"]
            self.assertEqual(len(alerts), 1, f"point {point}: acknowledged, lost")
        incident = self.resolved(stack, acked, restarted, tally)
        deletes = [m for m in stack.mutations() if m["changed"]]
        executions = incident.get("executions", []) if incident else []
        applied = [e for e in executions if e["outcome"] == "applied"]
        self.assertLessEqual(len(deletes), 1, f"point {point}: {deletes}")
        self.assertEqual(len(deletes), len(applied),
                         f"point {point}: {deletes} {json.dumps(executions)}")
        tally["acted"] += len(deletes)

    def resolved(self, stack, acked, restarted, tally):
        """The incident once it has acted or ended and no intent is open."""
        def settled():
            incidents = stack.incidents()
            if not incidents:
                return not acked
            incident = incidents[0]
            # What can't be told from the object ends with a person.
            if open_intents(incident) and incident["phase"] != "Escalated":
                return None
            at_work = incident["phase"] in ("Open", "Executing")
            return None if at_work else incident
        found = wait_for("the open intents' resolution", settled,
                         RESOLVED_WITHIN, 0.05)
        tally["slowest"] = max(tally["slowest"], time.monotonic() - restarted)
        return found if isinstance(found, dict) else None


if __name__ == "__main__":
    unittest.main(verbosity=2)
