"""Two receivers and three remediators over one PostgreSQL, while processes are
killed and put to sleep, the store restarts and falls silent, and answers of the
store and of the API server get lost; then the history is checked."""

import hashlib
import heapq
import http.client
import json
import math
import os
import random
import signal
import threading
import time
import unittest

from lossy_proxy import LossyProxy
from postgres import Postgres, binaries
from stack import (ADMIN_TOKEN, NOTHING_SPARED, WEBHOOK_TOKEN, Stack, free_port,
                   payload_of, request, wait_for)

BUILD = os.environ["SELFHEAL_BUILD"]
SECONDS = float(os.environ.get("SELFHEAL_NEMESIS_SECONDS", "120"))
SEED = int(os.environ.get("SELFHEAL_NEMESIS_SEED", "20261130"))
RESOLVED_WITHIN = 60
WORKLOADS = ("cart", "catalog", "checkout")


class Replicas(Stack):
    """`product` is the first receiver."""

    def __init__(self, database, proxy):
        super().__init__(BUILD, config=NOTHING_SPARED, watch="1h",
                         gap_closing=False, silence_rules=True,
                         database=database.url_at(proxy))
        self.receivers, self.remediators = [], []

    def write_product_config(self):
        """A target is soon free for the next incident."""
        super().write_product_config()
        for folder, before, after in (
                ("rules", "look_back: 10s", "look_back: 1s"),
                ("runbooks", "within: 60s", "within: 4s")):
            file = self.folder / folder / "crash-loop.yaml"
            file.write_text(file.read_text().replace(before, after))

    def start_product(self, wait=True):
        self.receivers = [super().start_product(wait, role="receiver")]
        self.urls = [self.product_url()]
        port = free_port()
        self.receivers.append(
            self.start_replica("receiver-2", "receiver", port))
        self.urls.append(f"http://127.0.0.1:{port}")
        for name in ("a", "b", "c"):
            self.remediators.append(self.start_replica(
                f"remediator-{name}", "remediator", free_port()))

    def replicas(self):
        return self.receivers + self.remediators


class Trade(threading.Thread):
    """What goes on all the while: alerts come, and a person closes the breaker,
    since nothing helps. Remembers which alerts were acknowledged."""

    def __init__(self, stack, rng):
        super().__init__(daemon=True)
        self.stack, self.rng = stack, rng
        self.over = threading.Event()
        self.posted, self.acknowledged = 0, []

    def run(self):
        while not self.over.wait(0.5):
            if self.posted % 6 == 0:
                self.ask("/api/v1/breakers/crash-loop", ADMIN_TOKEN,
                         {"open": False, "reason": "the next one, please"})
            point = str(self.posted)
            if self.ask("/api/v1/alerts", WEBHOOK_TOKEN, payload_of({
                    "alertname": "KubePodCrashLooping", "namespace": "shop",
                    "deployment": self.rng.choice(WORKLOADS),
                    "point": point})):
                self.acknowledged.append(point)
            self.posted += 1

    def ask(self, path, token, body):
        """True where one of the receivers says yes in time."""
        try:
            request("POST", self.rng.choice(self.stack.urls) + path, body, token,
                    timeout=3)
            return True
        except (OSError, ValueError, http.client.HTTPException):
            return False


class Nemesis:
    """Does something bad every few seconds, and sets right what it did."""

    def __init__(self, stack, database, proxy, rng):
        self.stack, self.database, self.proxy = stack, database, proxy
        self.rng = rng
        self.asleep, self.dead = set(), set()
        self.done = {}
        self.later = []  # (when, order, what): a heap

    def work(self, seconds):
        end = time.monotonic() + seconds
        troubles = [self.kill, self.kill, self.sleep, self.sleep,
                    self.lose_api_answer, self.lose_api_answer,
                    self.lose_store_answer, self.mute_store,
                    self.restart_store]
        while time.monotonic() < end:
            self.rng.choice(troubles)()
            self.set_right(time.monotonic() + self.rng.uniform(0.5, 6))
            self.restart_who_gave_up()

    def set_right(self, until):
        """What is due before `until`; then it is `until`."""
        while self.later and self.later[0][0] <= until:
            when, _, what = heapq.heappop(self.later)
            time.sleep(max(0, when - time.monotonic()))
            what()
        time.sleep(max(0, until - time.monotonic()))

    def set_all_right(self):
        while self.later:
            heapq.heappop(self.later)[2]()
        self.restart_who_gave_up()

    def restart_who_gave_up(self):
        """As a kubelet does: without a store nobody starts."""
        for one in self.stack.replicas():
            if not one.alive() and one not in self.dead:
                one.start()

    def count(self, what):
        self.done[what] = self.done.get(what, 0) + 1

    def after(self, seconds, what):
        heapq.heappush(self.later, (time.monotonic() + seconds,
                                    len(self.later) + self.rng.random(), what))

    def awake(self):
        return [one for one in self.stack.replicas()
                if one.alive() and one not in self.asleep]

    def kill(self):
        awake = self.awake()
        if not awake:
            return
        victim = self.rng.choice(awake)
        victim.stop(signal.SIGKILL)
        self.dead.add(victim)
        self.count("SIGKILL")

        def start():
            self.dead.discard(victim)
            victim.start()
        self.after(self.rng.uniform(0, 3), start)

    def sleep(self):
        awake = self.awake()
        if not awake:
            return
        victim = self.rng.choice(awake)
        os.killpg(victim.child.pid, signal.SIGSTOP)
        self.asleep.add(victim)
        self.count("SIGSTOP")

        def wake():
            self.asleep.discard(victim)
            os.killpg(victim.child.pid, signal.SIGCONT)
        longest = min(90.0, SECONDS / 3)
        self.after(math.exp(self.rng.uniform(math.log(0.1),
                                             math.log(longest))), wake)

    def lose_api_answer(self):
        request("POST", self.stack.sim + "/sim/faults", {
            "method": "DELETE", "count": 1,
            "do": self.rng.choice(["swallow", "swallow", "drop"])})
        self.count("answer of the API server lost")

    def lose_store_answer(self):
        self.proxy.lose_answers(self.rng.uniform(0.05, 0.5))
        self.count("answers of the store lost")

    def mute_store(self):
        self.proxy.hold(self.rng.uniform(0.1, 8))
        self.count("store silent")

    def restart_store(self):
        self.database.stop(self.rng.choice([signal.SIGINT, signal.SIGQUIT]))
        self.count("store restarted")
        time.sleep(self.rng.uniform(0, 2))
        self.database.start()


class History:
    """What was acknowledged, written and done."""

    def __init__(self, database, mutations):
        self.database = database
        self.changes = [m for m in mutations if m["changed"]]
        self.intents = {}
        for line in database.ask(
                "SELECT action_id, method, path, encode(sha256(body), 'hex')"
                " FROM intents").splitlines():
            action, method, path, body = line.split("|")
            self.intents.setdefault((method, path, body), []).append(action)

    def missing(self, acknowledged):
        stored = {json.loads(line).get("point") for line in self.database.ask(
            "SELECT labels FROM alert_texts").splitlines()}
        return [point for point in acknowledged if point not in stored]

    def actions_of(self, change):
        target = change["path"] + (
            "?" + change["query"] if change["query"] else "")
        body = hashlib.sha256(change["body"].encode()).hexdigest()
        return self.intents.get((change["method"], target, body), [])

    def without_intent(self):
        return [c for c in self.changes if not self.actions_of(c)]

    def most_of_one_action(self):
        counts = {}
        for change in self.changes:
            for action in self.actions_of(change):
                counts[action] = counts.get(action, 0) + 1
        return max(counts.values(), default=0)

    def overlapping(self):
        """Actions that began on a target before its last one had ended."""
        return self.database.ask(
            "SELECT a.action_id, b.action_id FROM actions a JOIN actions b"
            " ON a.target = b.target AND a.action_id <> b.action_id"
            " AND a.started_at <= b.started_at"
            " AND b.started_at < coalesce(a.finished_at, b.started_at + 1)"
        ).splitlines()


@unittest.skipUnless(binaries(), "PostgreSQL is not installed")
class NemesisTest(unittest.TestCase):
    def test_nothing_is_lost_or_done_twice(self):
        database = Postgres().start()
        proxy = LossyProxy(database.socket())
        try:
            with Replicas(database, proxy) as stack:
                self.live_through(stack, database, proxy)
        except BaseException:
            for table in ("phase, target, id FROM incidents ORDER BY id",
                          "* FROM actions", "action_id, method, path, outcome,"
                          " detail FROM intents ORDER BY row"):
                print(database.ask("SELECT " + table), flush=True)
            raise
        finally:
            proxy.close()
            database.remove()

    def live_through(self, stack, database, proxy):
        rng = random.Random(SEED)
        for name in WORKLOADS:
            stack.inject(name, {"behaviour": "crash-loop",
                                "crash-after-seconds": 1}, persist=True)
        stack.settle()
        trade = Trade(stack, random.Random(SEED + 1))
        nemesis = Nemesis(stack, database, proxy, rng)
        trade.start()
        nemesis.work(SECONDS)
        trade.over.set()
        trade.join()
        nemesis.set_all_right()
        request("DELETE", stack.sim + "/sim/faults")
        resolved = self.resolved(database)
        wait_for("a receiver", lambda: request(
            "GET", stack.urls[0] + "/-/ready"), 30)
        self.check(History(database, stack.mutations()), trade, nemesis,
                   resolved)
        verified = stack.command("audit", "verify")
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def resolved(self, database):
        """Seconds until no intent is open any more."""
        began = time.monotonic()
        wait_for("the open intents' resolution", lambda: database.ask(
            "SELECT count(*) FROM intents JOIN incidents ON id = incident"
            " WHERE outcome IS NULL OR outcome = 'unknown' AND finished = 0")
            == "0", RESOLVED_WITHIN, 0.2)
        return time.monotonic() - began

    def check(self, history, trade, nemesis, resolved):
        missing = history.missing(trade.acknowledged)
        without = history.without_intent()
        overlapping = history.overlapping()
        most = history.most_of_one_action()
        print(f"{SECONDS:.0f} s, seed {SEED}: "
              + ", ".join(f"{count} x {what}" for what, count in
                          sorted(nemesis.done.items())), flush=True)
        print(f"{trade.posted} alerts posted, {len(trade.acknowledged)} "
              f"acknowledged, {len(missing)} of them missing; "
              f"{len(history.changes)} mutations, {len(without)} without an "
              f"intent, at most {most} of one action, {len(overlapping)} "
              f"overlapping; open intents resolved after {resolved:.1f} s",
              flush=True)
        self.assertEqual(missing, [])
        self.assertEqual(without, [])
        self.assertEqual(overlapping, [])
        # A run in which next to nothing happened proves nothing.
        self.assertEqual(most, 1)
        self.assertGreater(len(history.changes), SECONDS / 60)
        self.assertGreater(len(trade.acknowledged), SECONDS / 10)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
