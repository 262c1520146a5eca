"""An alert heals a workload: real Prometheus and Alertmanager, the simulator."""

import os
import unittest

from stack import Stack

BUILD = os.environ["SELFHEAL_BUILD"]


class HealTest(unittest.TestCase):
    def test_leak_is_mitigated_by_one_restart(self):
        with Stack(BUILD) as stack:
            stack.inject("cart", {"behaviour": "leak", "rate-mib-per-min": 12})
            incident = stack.wait_for_incident(
                "Mitigated", 180, type="memory_leak")
            self.assertEqual(incident["target"]["name"], "cart")
            self.assertEqual(incident["assessment"]["outcome"], "confirmed")
            restarts = [m for m in stack.mutations() if m["method"] == "PATCH"]
            self.assertEqual(len(restarts), 1, restarts)


if __name__ == "__main__":
    unittest.main(verbosity=2)
