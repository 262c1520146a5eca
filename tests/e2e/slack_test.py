"""People approve in Slack: real Prometheus and Alertmanager, the simulator,
and a local workspace of Slack."""

import json
import os
import re
import statistics
import time
import unittest

import local_slack
from local_slack import LocalSlack
from stack import ADMIN_TOKEN, Stack, request, wait_for

BUILD = os.environ["SELFHEAL_BUILD"]


class SlackStack(Stack):
    """A stack whose plans against a leak ask a person in Slack."""

    def __init__(self, slack, secret="signing_secret_file: FOLDER/slack.signing",
                 approvers="[{slack_user: U1, risk: [medium, high]}]",
                 production=""):
        self.slack = slack
        super().__init__(BUILD, watch="1h", silence_rules=True,
                         gap_closing=False)
        for name, text in (("bot", local_slack.BOT_TOKEN),
                           ("signing", local_slack.SIGNING_SECRET),
                           ("app", local_slack.APP_TOKEN)):
            (self.folder / f"slack.{name}").write_text(text + "\n")
        self.extra_config = f"""
public_url: http://selfheal.example
slack:
  api_url: {slack.url}
  channel: {local_slack.CHANNEL}
  bot_token_file: {self.folder}/slack.bot
  {secret.replace("FOLDER", str(self.folder))}
approvals: {{approvers: {approvers}}}
guards: {{max_actions_per_10m: 20, max_actions_per_hour: 50,
         storm: {{targets: 50}}, cooldown: 1s,
         production_namespaces: [{production}]}}
"""

    def write_product_config(self):
        super().write_product_config()
        (self.folder / "admin.token").write_text(
            f"admin:{ADMIN_TOKEN}\nalice:alice-t0ken\nbob:bob-t0ken\n")
        runbook = self.folder / "runbooks/memory-leak.yaml"
        runbook.write_text(re.sub(r"\n  risk: .*", "\n  risk: high",
                                  runbook.read_text()))

    def leak(self, name):
        """A leak, long enough that Prometheus has seen it."""
        self.inject(name, {"behaviour": "leak", "rate-mib-per-min": 12})
        wait_for(f"a leak of {name}", lambda: float(request(
            "GET", self.prometheus_url + "/api/v1/query?query=max(deriv("
            "container_memory_working_set_bytes{pod=~'" + name + "-.*'}[15s]))"
        )["data"]["result"][0]["value"][1]) > 2e5, 60, 0.5)
        time.sleep(12)  # Of the forty points that are judged, a third.

    def fire(self, name, **labels):
        """An alert to the real Alertmanager; when it was sent."""
        sent = time.time()
        request("POST", self.alertmanager_url + "/api/v2/alerts", [{
            "labels": {"alertname": "SelfhealMemoryLeak", "namespace": "shop",
                       "deployment": name, "severity": "warning", **labels}}])
        return sent

    def refuse_next_eviction(self):
        """Its dry run is answered as ever, the request itself with 403."""
        for fault in ({"do": "none"}, {"do": "error_before", "code": 403}):
            request("POST", self.sim + "/sim/faults", {
                "method": "POST", "path": "/eviction", "count": 1, **fault})

    def changing(self):
        return [m for m in self.mutations() if m["changed"]]

    def thread_of(self, name, seconds=60):
        """The message about that workload."""
        return self.slack.wait(f"a message about {name}", lambda: next(
            (m for m in self.slack.threads() if f"/{name}" in m["text"]),
            None), seconds)

    def asked(self, name, seconds=60):
        message = self.thread_of(name, seconds)
        self.slack.wait(f"buttons for {name}",
                        lambda: self.slack.buttons(message), seconds)
        return message

    def restart(self):
        self.product.stop()
        self.start_product()


class SlackTest(unittest.TestCase):
    def setUp(self):
        self.slack = self.enterContext(LocalSlack())
        self.slack.users.update({"U1": {}, "U2": {}, "UEVE": {}})

    def test_people_approve_by_click_and_reply(self):
        with SlackStack(self.slack) as stack:
            stack.settle()
            self.to_message, self.to_request = [], []
            self.click_after_restart(stack)
            self.reply(stack)
            self.deny(stack)
            for name in ("cart", "catalog"):
                self.many(stack, name, 5)
            self.print_figures()
            verified = stack.command("audit", "verify")
            self.assertEqual(verified.returncode, 0, verified.stderr)

    def ask(self, stack, name):
        stack.leak(name)
        sent = stack.fire(name)
        message = stack.asked(name)
        self.to_message.append(message["at"] - sent)
        return message

    def acted(self, stack, since, before):
        """Waits for the next change of the cluster; how long it took."""
        wait_for("a changing request", lambda: len(
            stack.changing()) > before, 30, 0.005)
        self.to_request.append(time.time() - since)

    def ended(self, message, phase):
        self.slack.wait(f"the message in {phase}",
                        lambda: message["text"].endswith(phase), 120)
        self.assertFalse(self.slack.buttons(message))

    def click_after_restart(self, stack):
        message = self.ask(stack, "cart")
        shown = self.slack.shown(message)
        for part in ("Fired: SelfhealMemoryLeak", "Evidence: ", "Plan: set the",
                     "Blast radius: ", "Guards: ", "approval: risk high",
                     "<http://selfheal.example/#/incidents/"):
            self.assertIn(part, shown)
        self.assertEqual(
            self.slack.click(stack.product_url(), message, "UEVE", "approve"),
            200)
        told = self.slack.wait("a refusal", lambda: self.slack.ephemerals)[0]
        self.assertEqual(told["user"], "UEVE")
        self.assertIn("not allowed", told["text"])
        self.assertEqual(stack.changing(), [])
        stack.restart()
        clicked = time.time()
        self.assertEqual(
            self.slack.click(stack.product_url(), message, "U1", "approve"),
            200)
        self.acted(stack, clicked, 0)
        self.ended(message, "Mitigated")
        incident = stack.wait_for_incident("Mitigated")
        timeline = stack.api(
            f"/api/v1/incidents/{incident['id']}/timeline")["items"]
        said = {i["outcome"]: i["data"] for i in timeline}
        self.assertEqual(said["granted"]["by"], "slack:U1")
        self.assertEqual(said["granted"]["message_ts"], message["ts"])
        self.assertEqual(said["answer_refused"]["by"], "slack:UEVE")

    def reply(self, stack):
        before = len(stack.changing())
        message = self.ask(stack, "catalog")
        replied = time.time()
        self.assertEqual(self.slack.reply(
            stack.product_url(), message, "U1", "approve known & safe"), 200)
        self.acted(stack, replied, before)
        self.ended(message, "Mitigated")
        thread = [m["text"] for m in self.slack.messages
                  if m.get("thread_ts") == message["ts"]]
        self.assertIn("granted by slack:U1: known &amp; safe", thread)

    def deny(self, stack):
        """By a reply that nobody was there to hear."""
        before = len(stack.changing())
        message = self.ask(stack, "checkout")
        stack.product.stop()
        self.slack.reply_event(message, "U1", "deny we are migrating")
        stack.start_product()
        self.ended(message, "Cancelled")
        self.assertIn("denied by slack:U1: we are migrating",
                      self.slack.shown(message))
        self.assertEqual(len(stack.changing()), before)

    def many(self, stack, name, count):
        """Questions about one leak, one after the other: each is granted, and
        the request that follows is refused, so that nothing has to settle."""
        stack.leak(name)
        for i in range(count):
            # A new message a second is what Slack takes: measured unhurried.
            wait_for("quiet in Slack", lambda: time.time() -
                     self.slack.calls[-1][2] > 1.2, 30)
            known = len(self.slack.threads())
            sent = stack.fire(name, turn=str(i))
            message = self.slack.wait("a question", lambda: next(
                (m for m in self.slack.threads()[known:]
                 if self.slack.buttons(m)), None))
            self.to_message.append(message["at"] - sent)
            stack.refuse_next_eviction()
            before = len(stack.mutations())
            clicked = time.time()
            self.slack.click(stack.product_url(), message, "U1", "approve")
            wait_for("the request", lambda: len(stack.mutations()) > before,
                     30, 0.005)
            self.to_request.append(time.time() - clicked)
            self.ended(message, "Escalated")

    def print_figures(self):
        message = statistics.median(self.to_message)
        action = statistics.median(self.to_request)
        for what, times in (("alert to Slack message", self.to_message),
                            ("answer in Slack to the action's request",
                             self.to_request)):
            print(f"{what}: p50 {statistics.median(times):.3f} s, max "
                  f"{max(times):.3f} s of {len(times)}", flush=True)
            self.assertGreaterEqual(len(times), 10)
        self.assertLessEqual(message, 1.0)
        self.assertLessEqual(action, 2.0)

    def test_two_people_approve_by_socket_mode(self):
        self.slack.groups["S1"] = ["U1", "U2"]
        with SlackStack(
                self.slack, "app_token_file: FOLDER/slack.app",
                "[{slack_group: S1, risk: [high]}]", "shop") as stack:
            self.slack.wait("a socket", lambda: self.slack.sockets, 20)
            stack.settle()
            self.two_people(stack)
            self.new_socket()
            self.slack_is_away(stack)

    def two_people(self, stack):
        stack.leak("cart")
        stack.fire("cart")
        message = stack.asked("cart")
        self.socket_click(message, "UEVE")
        self.slack.wait("a refusal", lambda: self.slack.ephemerals)
        self.socket_click(message, "U1")
        self.slack.wait("half a yes", lambda: "granted by slack:U1" in
                        self.slack.shown(message))
        self.assertTrue(self.slack.buttons(message))
        self.socket_click(message, "U1")
        self.slack.wait("a refusal", lambda: len(self.slack.ephemerals) > 1)
        self.assertIn("different people", self.slack.ephemerals[1]["text"])
        self.assertEqual(stack.changing(), [])
        event = self.slack.reply_event(message, "U2", "Approve, go on")
        self.slack.envelope("events_api", event)
        wait_for("a changing request", stack.changing, 30, 0.01)
        self.slack.wait("the end", lambda: message["text"].endswith(
            "Mitigated"), 120)
        self.slack.envelope("events_api", event)  # Once more: nothing comes.
        self.assertEqual(len(self.slack.ephemerals), 2)

    def socket_click(self, message, user):
        self.slack.envelope("interactive", self.slack.click_payload(
            message, user, "approve"))

    def new_socket(self):
        """Slack recycles the connection; then it breaks."""
        old = self.slack.sockets[-1]
        old.send({"type": "disconnect", "reason": "refresh_requested"})
        self.slack.wait("another socket", lambda: self.slack.sockets and
                        self.slack.sockets[-1] is not old)
        broken = self.slack.sockets[-1]
        broken.close()
        self.slack.wait("a third socket", lambda: self.slack.sockets and
                        self.slack.sockets[-1] not in (old, broken))

    def slack_is_away(self, stack):
        """Healing goes on, and a question waits for the API."""
        away = [(503, "", {})] * 30
        for method in ("chat.postMessage", "chat.update"):
            self.slack.fail(method, *away)
        stack.leak("catalog")
        stack.fire("catalog")
        incident = stack.wait_for_incident("AwaitingApproval", 60)
        for who in ("alice", "bob"):
            request("POST", stack.product_url() +
                    f"/api/v1/incidents/{incident['id']}/approve",
                    {"plan_hash": incident["plan"]["hash"]}, f"{who}-t0ken")
        stack.wait_for_incident("Mitigated", 120, id=incident["id"])


class WebhookTest(unittest.TestCase):
    def test_an_incoming_webhook_tells_and_nothing_more(self):
        with LocalSlack() as slack, Stack(
                BUILD, watch="1h", gap_closing=False, config=
                f"slack: {{webhook_url: '{slack.webhook_url}'}}") as stack:
            stack.settle()
            stack.inject("checkout", {"behaviour": "crash-loop",
                                      "crash-after-seconds": 20}, pods=1)
            stack.wait_for_incident("Mitigated", 150, type="crash_loop")
            said = slack.wait("two notices", lambda: len(
                slack.webhooks) >= 2 and slack.webhooks)
            self.assertIn("crash_loop of Deployment/shop/checkout",
                          said[0]["text"])
            self.assertIn("Evidence: ", json.dumps(said[0]["blocks"]))
            self.assertIn("an incoming webhook alone",
                          stack.product.log.read_text())
            self.assertEqual(slack.calls, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
