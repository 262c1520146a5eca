"""Slack's own SDK speaks with the local workspace of the tests: where that
differs from Slack, this fails. Run by slack_sdk.sh in a venv."""

import logging
import pathlib
import sys
import time
import unittest

from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
import local_slack  # noqa: E402
from local_slack import LocalSlack  # noqa: E402

BUTTONS = [{"type": "actions", "block_id": "approval", "elements": [
    {"type": "button", "action_id": name, "value": "opaque",
     "text": {"type": "plain_text", "text": name}}
    for name in ("approve", "deny")]}]


class Recorded:
    """An endpoint of ours, played by Bolt: keeps what Slack's people did."""

    def __init__(self, slack):
        self.actions, self.replies = [], []
        self.app = App(
            signing_secret=local_slack.SIGNING_SECRET,
            process_before_response=True,
            client=WebClient(token=local_slack.BOT_TOKEN,
                             base_url=slack.url + "/"))
        self.app.action("approve")(self.on_action)
        self.app.event("message")(self.on_message)

    def on_action(self, ack, body, action):
        ack()
        self.actions.append((body["user"]["id"], action["value"],
                             body["container"]["message_ts"]))

    def on_message(self, event):
        self.replies.append((event["user"], event["text"],
                             event["thread_ts"]))

    def post(self, url, body, content_type, secret=local_slack.SIGNING_SECRET):
        timestamp = str(int(time.time()))
        request = BoltRequest(body=body.decode(), headers={
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": local_slack.signature(
                secret, timestamp, body)})
        return self.app.dispatch(request).status


class SdkTest(unittest.TestCase):
    def setUp(self):
        self.slack = self.enterContext(LocalSlack())
        self.slack.users["U1"] = {}
        self.client = WebClient(token=local_slack.BOT_TOKEN,
                                base_url=self.slack.url + "/")

    def error_of(self, call, **arguments):
        with self.assertRaises(SlackApiError) as caught:
            call(**arguments)
        return caught.exception.response["error"]

    def test_web_api(self):
        me = self.client.auth_test()
        self.assertEqual(self.client.bots_info(
            bot=me["bot_id"])["bot"]["app_id"], local_slack.APP)
        posted = self.client.chat_postMessage(
            channel="C1", text="asks", blocks=BUTTONS)
        self.client.chat_postMessage(channel="C1", text="news",
                                     thread_ts=posted["ts"])
        self.client.chat_update(channel="C1", ts=posted["ts"], text="done",
                                blocks=[])
        self.slack.reply_event(self.slack.threads()[0], "U1", "approve")
        page = self.client.conversations_replies(channel="C1", limit=1,
                                                 ts=posted["ts"])
        self.assertEqual([m["text"] for m in page["messages"]],
                         ["done", "news"])
        rest = self.client.conversations_replies(
            channel="C1", ts=posted["ts"],
            cursor=page["response_metadata"]["next_cursor"])
        self.assertEqual(rest["messages"][1]["text"], "approve")
        self.assertFalse(rest["has_more"])
        self.assertEqual(self.slack.threads()[0]["text"], "done")
        self.client.chat_postEphemeral(channel="C1", user="U1", text="no")
        self.slack.groups["S1"] = ["U1"]
        self.assertEqual(self.client.usergroups_users_list(
            usergroup="S1")["users"], ["U1"])
        self.assertFalse(self.client.users_info(user="U1")["user"]["deleted"])

    def test_errors(self):
        post = self.client.chat_postMessage
        self.assertEqual(self.error_of(post, channel="C9", text="x"),
                         "channel_not_found")
        self.assertEqual(self.error_of(post, channel="C1", text="x", blocks=[
            {"type": "section", "text": {"type": "plain_text",
                                         "text": "x" * 3001}}]),
                         "invalid_blocks")
        self.assertEqual(self.error_of(
            self.client.chat_update, channel="C1", ts="1.2", text="x"),
            "message_not_found")
        bad = WebClient(token="xoxb-other", base_url=self.slack.url + "/")
        self.assertEqual(self.error_of(bad.auth_test), "invalid_auth")

    def test_limits(self):
        self.client.retry_handlers.append(RateLimitErrorRetryHandler(1))
        self.slack.fail("chat.postMessage",
                        (429, '{"ok":false,"error":"ratelimited"}',
                         {"Retry-After": "1"}))
        started = time.monotonic()
        self.client.chat_postMessage(channel="C1", text="x")
        self.assertGreaterEqual(time.monotonic() - started, 1)

    def test_webhook(self):
        answer = WebhookClient(self.slack.webhook_url).send(text="x")
        self.assertEqual((answer.status_code, answer.body), (200, "ok"))

    def test_signature(self):
        verifier = SignatureVerifier(local_slack.SIGNING_SECRET)
        now = str(int(time.time()))
        made = local_slack.signature(local_slack.SIGNING_SECRET, now, b"a=1")
        self.assertTrue(verifier.is_valid("a=1", now, made))
        self.assertFalse(verifier.is_valid("a=2", now, made))

    def test_people(self):
        recorded = Recorded(self.slack)
        self.slack.post = recorded.post
        self.client.chat_postMessage(channel="C1", text="asks", blocks=BUTTONS)
        message = self.slack.question()
        self.assertEqual(self.slack.click("", message, "U1", "approve"), 200)
        self.assertEqual(recorded.actions, [("U1", "opaque", message["ts"])])
        self.assertEqual(self.slack.reply("", message, "U1", "approve ok"), 200)
        self.assertEqual(recorded.replies,
                         [("U1", "approve ok", message["ts"])])

    def test_socket_mode(self):
        client = SocketModeClient(app_token=local_slack.APP_TOKEN,
                                  web_client=self.client)
        heard = []

        def listen(sender, request):
            heard.append((request.type, request.payload["type"]))
            sender.send_socket_mode_response(
                SocketModeResponse(envelope_id=request.envelope_id))
        client.socket_mode_request_listeners.append(listen)
        client.connect()
        self.addCleanup(client.close)
        self.client.chat_postMessage(channel="C1", text="asks", blocks=BUTTONS)
        payload = self.slack.click_payload(self.slack.question(), "U1",
                                           "approve")
        self.slack.envelope("interactive", payload)
        self.assertEqual(heard, [("interactive", "block_actions")])



if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    unittest.main(verbosity=2)
