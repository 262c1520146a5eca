"""A workspace of Slack on a loopback port: the Web API's methods that we use,
an incoming webhook, Socket Mode, and people who click and reply.

Its shapes follow Slack's own SDK, which runs against it in slack_sdk_test.py;
the standard library alone, so that every story can use it.
"""

import base64
import hashlib
import hmac
import http.server
import json
import secrets
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

TEAM, APP, BOT, BOT_USER, CHANNEL = "T1", "A1", "B1", "UBOT", "C1"
BOT_TOKEN, APP_TOKEN = "xoxb-test-bot", "xapp-test-app"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
WEBHOOK_PATH = "/services/T1/B1/s3cret"
SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def signature(secret, timestamp, body):
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def text_problem(item, limit):
    if not isinstance(item, dict) or item.get("type") not in (
            "plain_text", "mrkdwn"):
        return "invalid_blocks"
    text = item.get("text")
    return "" if isinstance(text, str) and 0 < len(text) <= limit \
        else "invalid_blocks"


def button_problem(button):
    if button.get("type") != "button" or not button.get("action_id") or len(
            button.get("value", "")) > 2000:
        return "invalid_blocks"
    problem = text_problem(button.get("text"), 75)
    confirm = button.get("confirm")
    if confirm:
        for key, limit in (("title", 100), ("text", 300), ("confirm", 30),
                           ("deny", 30)):
            problem = problem or text_problem(confirm.get(key), limit)
    return problem


def block_problem(block):
    kind = block.get("type")
    if kind == "header":
        return text_problem(block.get("text"), 150)
    if kind == "section":
        return text_problem(block.get("text"), 3000)
    if kind == "context":
        items = block.get("elements", [])
        if not 0 < len(items) <= 10:
            return "invalid_blocks"
        return next(filter(None, (text_problem(i, 2000) for i in items)), "")
    if kind == "actions":
        items = block.get("elements", [])
        ids = [item.get("action_id") for item in items]
        if not 0 < len(items) <= 25 or len(set(ids)) != len(ids):
            return "invalid_blocks"
        return next(filter(None, map(button_problem, items)), "")
    return "invalid_blocks"


def blocks_problem(blocks):
    if not isinstance(blocks, list) or len(blocks) > 50:
        return "invalid_blocks"
    return next(filter(None, map(block_problem, blocks)), "")


class Socket:
    """One connection of Socket Mode, seen from Slack."""

    def __init__(self, connection):
        self.connection = connection
        self.lock = threading.Lock()
        self.open = True

    def send(self, value):
        self.frame(1, json.dumps(value).encode())

    def frame(self, opcode, data):
        size = len(data)
        head = struct.pack("!B", 0x80 | opcode)
        if size < 126:
            head += struct.pack("!B", size)
        elif size < 1 << 16:
            head += struct.pack("!BH", 126, size)
        else:
            head += struct.pack("!BQ", 127, size)
        with self.lock:
            self.connection.sendall(head + data)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise OSError("closed")
            data += more
        return data

    def read(self):
        """The next (opcode, bytes) of a client; always masked."""
        first, second = self.exactly(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack("!H", self.exactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.exactly(8))[0]
        if not second & 0x80:
            raise OSError("a client's frame is not masked")
        mask = self.exactly(4)
        data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.exactly(size)))
        return first & 0x0F, data

    def close(self):
        self.open = False
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, headers=None, kind="application/json"):
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def arguments(self, body):
        query = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(self.path).query))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            return {**query, **(json.loads(body) if body else {})}
        form = dict(urllib.parse.parse_qsl(body.decode(),
                                           keep_blank_values=True))
        for key in ("blocks", "metadata"):
            if key in form:
                form[key] = json.loads(form[key])
        return {**query, **form}

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.server.slack.accept_socket(self)
        else:
            self.do_POST()

    def do_POST(self):
        slack = self.server.slack
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urllib.parse.urlsplit(self.path).path
        if path == WEBHOOK_PATH:
            slack.take_webhook(json.loads(body))
            return self.reply(200, "ok", kind="text/plain")
        if not path.startswith("/api/"):
            return self.reply(404, "no_service", kind="text/plain")
        method = path[len("/api/"):]
        arguments = self.arguments(body)
        token = self.headers.get("Authorization", "")[len("Bearer "):]
        token = token or arguments.pop("token", "")
        failure = slack.next_failure(method)
        if failure:
            return self.reply(*failure)
        answer = slack.call(method, arguments, token)
        return self.reply(200, json.dumps(answer))


class LocalSlack:
    """Use as a context manager; `url` is what slack.api_url takes."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.slack = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.webhook_url = f"http://127.0.0.1:{self.port}{WEBHOOK_PATH}"
        self.changed = threading.Condition(threading.RLock())
        self.calls, self.messages, self.ephemerals = [], [], []
        self.webhooks, self.sockets, self.acks = [], [], {}
        self.failures, self.tickets = {}, set()
        self.users = {BOT_USER: {"is_bot": True}}
        self.groups = {}
        self.clock = 0

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for one in list(self.sockets):
            one.close()
        self.server.shutdown()
        self.server.server_close()

    # --- Slack's side of the Web API ----------------------------------------

    def fail(self, method, *answers):
        """The next calls of `method` are answered (status, body, headers)."""
        with self.changed:
            self.failures.setdefault(method, []).extend(answers)

    def next_failure(self, method):
        with self.changed:
            queue = self.failures.get(method)
            if not queue:
                return None
            self.calls.append((method, {}, time.time()))
            self.changed.notify_all()
            return queue.pop(0)

    def call(self, method, arguments, token):
        with self.changed:
            self.calls.append((method, arguments, time.time()))
            wanted = APP_TOKEN if method == "apps.connections.open" \
                else BOT_TOKEN
            if method == "api.test":
                answer = {"ok": True}
            elif not token:
                answer = {"ok": False, "error": "not_authed"}
            elif token != wanted:
                answer = {"ok": False, "error": "invalid_auth"}
            else:
                answer = self.METHODS.get(method, LocalSlack.unknown)(
                    self, arguments)
            self.changed.notify_all()
            return answer

    def unknown(self, _):
        return {"ok": False, "error": "unknown_method"}

    def auth_test(self, _):
        return {"ok": True, "url": "https://acme.slack.com/", "team": "acme",
                "user": "selfheal", "team_id": TEAM, "user_id": BOT_USER,
                "bot_id": BOT, "is_enterprise_install": False}

    def bots_info(self, arguments):
        if arguments.get("bot") != BOT:
            return {"ok": False, "error": "bot_not_found"}
        return {"ok": True, "bot": {"id": BOT, "app_id": APP,
                                    "user_id": BOT_USER, "name": "selfheal",
                                    "deleted": False}}

    def users_info(self, arguments):
        user = self.users.get(arguments.get("user"))
        if user is None:
            return {"ok": False, "error": "user_not_found"}
        return {"ok": True, "user": {
            "id": arguments["user"], "team_id": TEAM, "deleted": False,
            "is_bot": False, "name": arguments["user"].lower(), **user}}

    def usergroups_users_list(self, arguments):
        group = self.groups.get(arguments.get("usergroup"))
        if group is None:
            return {"ok": False, "error": "no_such_subteam"}
        return {"ok": True, "users": group}

    def next_ts(self):
        self.clock = max(self.clock + 1, int(time.time() * 1e6))
        return f"{self.clock // 10**6}.{self.clock % 10**6:06d}"

    def find(self, ts):
        return next((m for m in self.messages if m["ts"] == ts), None)

    def content_problem(self, arguments):
        if arguments.get("channel") != CHANNEL:
            return "channel_not_found"
        if not arguments.get("text") and not arguments.get("blocks"):
            return "no_text"
        if len(arguments.get("text", "")) > 40000:
            return "msg_too_long"
        return blocks_problem(arguments.get("blocks", []))

    def post_message(self, arguments):
        problem = self.content_problem(arguments)
        thread = arguments.get("thread_ts")
        if not problem and thread and not self.find(thread):
            problem = "thread_not_found"
        if problem:
            return {"ok": False, "error": problem}
        message = {"type": "message", "ts": self.next_ts(), "channel": CHANNEL,
                   "user": BOT_USER, "bot_id": BOT, "app_id": APP,
                   "team": TEAM, "text": arguments.get("text", ""),
                   "blocks": arguments.get("blocks", []), "edits": 0,
                   "at": time.time()}
        if thread:
            message["thread_ts"] = thread
        self.messages.append(message)
        return {"ok": True, "channel": CHANNEL, "ts": message["ts"],
                "message": message}

    def update(self, arguments):
        problem = self.content_problem(arguments)
        message = self.find(arguments.get("ts"))
        if not problem and message is None:
            problem = "message_not_found"
        elif not problem and message.get("user") != BOT_USER:
            problem = "cant_update_message"
        if problem:
            return {"ok": False, "error": problem}
        message.update(text=arguments.get("text", ""),
                       blocks=arguments.get("blocks", []),
                       edits=message["edits"] + 1)
        return {"ok": True, "channel": CHANNEL, "ts": message["ts"],
                "text": message["text"], "message": message}

    def post_ephemeral(self, arguments):
        problem = self.content_problem(arguments)
        if not problem and arguments.get("user") not in self.users:
            problem = "user_not_in_channel"
        if problem:
            return {"ok": False, "error": problem}
        self.ephemerals.append(arguments)
        return {"ok": True, "message_ts": self.next_ts()}

    def replies(self, arguments):
        parent = self.find(arguments.get("ts"))
        if arguments.get("channel") != CHANNEL:
            return {"ok": False, "error": "channel_not_found"}
        if parent is None:
            return {"ok": False, "error": "thread_not_found"}
        oldest = float(arguments.get("oldest", 0))
        said = [m for m in self.messages if m.get("thread_ts") == parent["ts"]
                and float(m["ts"]) >= oldest]
        first = int(arguments.get("cursor") or 0)
        limit = int(arguments.get("limit", 1000))
        last = first + limit
        keys = ("channel", "edits", "at")
        page = [{k: v for k, v in m.items() if k not in keys}
                for m in [parent] + said[first:last]]
        return {"ok": True, "messages": page, "has_more": last < len(said),
                "response_metadata": {
                    "next_cursor": str(last) if last < len(said) else ""}}

    def connections_open(self, _):
        ticket = secrets.token_hex(8)
        self.tickets.add(ticket)
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link/"
                f"?ticket={ticket}&app_id={APP}"}

    METHODS = {"auth.test": auth_test, "bots.info": bots_info,
               "users.info": users_info,
               "usergroups.users.list": usergroups_users_list,
               "chat.postMessage": post_message, "chat.update": update,
               "chat.postEphemeral": post_ephemeral,
               "conversations.replies": replies,
               "apps.connections.open": connections_open}

    def take_webhook(self, body):
        with self.changed:
            self.webhooks.append({**body, "at": time.time()})
            self.changed.notify_all()

    # --- waiting for what the product does ----------------------------------

    def wait(self, what, condition, seconds=60):
        """The first true value of `condition()`, looked at on each change."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                value = condition()
                if value:
                    return value
                rest = deadline - time.monotonic()
                if rest <= 0:
                    raise AssertionError(f"{seconds} s without: {what}")
                self.changed.wait(min(rest, 1))

    def threads(self):
        return [m for m in self.messages if "thread_ts" not in m]

    def buttons(self, message):
        return {e["action_id"]: e for b in message["blocks"]
                if b["type"] == "actions" for e in b["elements"]}

    def shown(self, message):
        """Everything that a reader of the message sees."""
        texts = [message["text"]]
        for block in message["blocks"]:
            for item in [block.get("text")] + block.get("elements", []):
                if isinstance(item, dict) and isinstance(item.get("text"), str):
                    texts.append(item["text"])
        return "\n".join(texts)

    def question(self, seconds=60):
        """The first message that has buttons."""
        return self.wait("a question", lambda: next(
            (m for m in self.messages if self.buttons(m)), None), seconds)

    # --- people -------------------------------------------------------------

    def click_payload(self, message, user, action, **changes):
        button = self.buttons(message)[action]
        return {"type": "block_actions",
                "user": {"id": user, "username": user.lower(),
                         "name": user.lower(), "team_id": TEAM},
                "api_app_id": APP, "token": "deprecated",
                "container": {"type": "message", "message_ts": message["ts"],
                              "channel_id": CHANNEL, "is_ephemeral": False},
                "trigger_id": "1.2.3", "team": {"id": TEAM, "domain": "acme"},
                "enterprise": None, "is_enterprise_install": False,
                "channel": {"id": CHANNEL, "name": "ops"},
                "message": {k: v for k, v in message.items()
                            if k not in ("edits", "at")},
                "state": {"values": {}},
                "response_url": "https://hooks.slack.com/actions/T1/1/x",
                "actions": [{"action_id": action, "block_id": "approval",
                             "type": "button", "value": button["value"],
                             "text": button["text"],
                             "action_ts": self.next_ts()}], **changes}

    def reply_event(self, message, user, text):
        reply = {"type": "message", "ts": self.next_ts(), "channel": CHANNEL,
                 "user": user, "team": TEAM, "text": text, "blocks": [],
                 "thread_ts": message["ts"], "edits": 0, "at": time.time()}
        with self.changed:
            self.messages.append(reply)
        return {"token": "deprecated", "team_id": TEAM, "api_app_id": APP,
                "type": "event_callback", "event_id": "Ev" + reply["ts"],
                "event_time": int(time.time()),
                "is_ext_shared_channel": False,
                "event": {"type": "message", "channel": CHANNEL, "user": user,
                          "text": text, "ts": reply["ts"], "team": TEAM,
                          "thread_ts": message["ts"], "event_ts": reply["ts"],
                          "channel_type": "channel"}}

    def post(self, url, body, content_type, secret=SIGNING_SECRET):
        """Posts as Slack does; the answer's status."""
        timestamp = str(int(time.time()))
        request = urllib.request.Request(url, body, {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret, timestamp, body)})
        try:
            with urllib.request.urlopen(request, timeout=3) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def click(self, product, message, user, action, **changes):
        body = urllib.parse.urlencode({"payload": json.dumps(
            self.click_payload(message, user, action, **changes))}).encode()
        return self.post(product + "/slack/interactions", body,
                         "application/x-www-form-urlencoded")

    def reply(self, product, message, user, text):
        body = json.dumps(self.reply_event(message, user, text)).encode()
        return self.post(product + "/slack/events", body, "application/json")

    # --- Socket Mode ----------------------------------------------------------

    def accept_socket(self, handler):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
        ticket = query.get("ticket", [""])[0]
        with self.changed:
            known = ticket in self.tickets
            self.tickets.discard(ticket)
        if not known:
            return handler.reply(401, "ticket", kind="text/plain")
        key = handler.headers["Sec-WebSocket-Key"] + SOCKET_GUID
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        handler.send_response(101)
        handler.send_header("Upgrade", "websocket")
        handler.send_header("Connection", "Upgrade")
        handler.send_header("Sec-WebSocket-Accept", accept)
        handler.end_headers()
        handler.close_connection = True
        one = Socket(handler.connection)
        one.send({"type": "hello", "num_connections": 1,
                  "connection_info": {"app_id": APP},
                  "debug_info": {"host": "local",
                                 "approximate_connection_time": 18060}})
        with self.changed:
            self.sockets.append(one)
            self.changed.notify_all()
        self.serve_socket(one)

    def serve_socket(self, one):
        try:
            while one.open:
                opcode, data = one.read()
                if opcode == 8:
                    one.frame(8, data)
                    break
                if opcode == 9:
                    one.frame(10, data)
                if opcode == 1:
                    with self.changed:
                        self.acks[json.loads(data)["envelope_id"]] = one
                        self.changed.notify_all()
        except OSError:
            pass
        with self.changed:
            one.open = False
            self.sockets.remove(one)
            self.changed.notify_all()

    def envelope(self, kind, payload, seconds=3):
        """Sends by the newest socket; waits for its acknowledgement."""
        envelope = secrets.token_hex(8)
        one = self.wait("a socket", lambda: self.sockets and self.sockets[-1])
        one.send({"envelope_id": envelope, "type": kind, "payload": payload,
                  "accepts_response_payload": kind == "interactive"})
        return self.wait("an acknowledgement",
                         lambda: self.acks.get(envelope) is one, seconds)
