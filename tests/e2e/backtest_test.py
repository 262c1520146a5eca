"""`selfheal backtest` over a month that a real Prometheus remembers."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from month import Month
from stack import Process, ROOT, free_port, request, wait_for

BUILD = os.environ["SELFHEAL_BUILD"]
WITHIN = 60


class PastPrometheus:
    """A real Prometheus that scrapes nothing and remembers `month`."""

    def __init__(self, month, folder):
        folder = pathlib.Path(folder)
        with open(folder / "history.om", "w", encoding="ascii") as file:
            month.write(file)
        subprocess.run(
            ["promtool", "tsdb", "create-blocks-from",
             "--max-block-duration=486h", "openmetrics",
             folder / "history.om", folder / "data"],
            check=True, stdout=subprocess.DEVNULL)
        (folder / "prometheus.yml").write_text("{}\n")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = Process("prometheus", [
            "prometheus", f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data", "--log.level=warn",
            "--storage.tsdb.retention.time=90d",
            f"--web.listen-address=127.0.0.1:{port}"], folder)

    def __enter__(self):
        self.process.start()
        wait_for("Prometheus", lambda: request("GET", self.url + "/-/ready"))
        return self

    def __exit__(self, *_):
        self.process.stop()


def backtest(folder, url, *more):
    config = pathlib.Path(folder) / "selfheal.yaml"
    config.write_text(f"""
rules_dir: {ROOT}/rules
runbooks_dir: {ROOT}/runbooks
prometheus: {{url: "{url}"}}
kubernetes: {{namespaces: [shop]}}
""")
    return subprocess.run(
        [pathlib.Path(BUILD) / "selfheal", "backtest", "--config", config,
         *more], capture_output=True, text=True, check=False)


class BacktestTest(unittest.TestCase):
    def test_a_month_with_500_alerts(self):
        with tempfile.TemporaryDirectory() as folder:
            month = Month(int(time.time()) - 3600)
            with PastPrometheus(month, folder) as prometheus:
                run, first = self.timed(folder, prometheus, "--json",
                                        "--progress")
                text, second = self.timed(folder, prometheus)
        took = min(first, second)  # The machine may have others to serve.
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stderr, r"alerts judged: \d+ of 501, .* a second")
        self.judged_rightly(json.loads(run.stdout), month)
        print(f"backtest: {len(month.alerts)} alerts of 30 days in {took:.1f} s"
              f" (at most {WITHIN})", flush=True)
        self.assertLessEqual(took, WITHIN)
        self.assertEqual(text.stderr, "")
        self.assertIn("would act", text.stdout)
        print(text.stdout, flush=True)

    def timed(self, folder, prometheus, *more):
        started = time.monotonic()
        run = backtest(folder, prometheus.url, "--from", "now-40d", "--to",
                       "now", *more)
        return run, time.monotonic() - started

    def judged_rightly(self, report, month):
        self.assertEqual(report["alerts"], len(month.alerts) + 1)
        found = {(e["starts_at"], e["labels"].get("pod")): e
                 for e in report["episodes"]}
        right = 0
        for alert in month.alerts:
            at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(alert.at))
            episode = found[(at, month.pod(alert.workload))]
            self.assertEqual(episode["target"],
                             "Deployment/shop/" + alert.workload)
            expected = "confirmed" if alert.real else "not_confirmed"
            right += episode["outcome"] == expected
        print(f"backtest: {right} of {len(month.alerts)} judged as they were "
              "made", flush=True)
        self.assertGreaterEqual(right, 0.9 * len(month.alerts))
        ends = {rule["rule"]: rule["ends"] for rule in report["rules"]}
        self.assertEqual(ends[None], {"unmatched": 1})
        self.assertEqual(sum(ends["memory-leak"].values()), len(month.alerts))
        acted = [e for e in report["episodes"] if e["end"] == "acts"]
        self.assertTrue(acted)
        self.assertEqual({e["action"] for e in acted}, {"rolling_restart"})


if __name__ == "__main__":
    unittest.main()
