"""A TCP port before a server's unix socket that can lose its answers, or say
nothing at all for a while."""

import contextlib
import socket
import threading
import time


class LossyProxy:
    def __init__(self, path):
        self.path = str(path)
        self.lost_until = self.held_until = 0.0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answers(self, seconds):
        """What the server answers in that time is lost, and the connection with
        it: the request has arrived."""
        self.lost_until = time.monotonic() + seconds

    def hold(self, seconds):
        """Nothing passes in either direction; nothing is lost."""
        self.held_until = time.monotonic() + seconds

    def close(self):
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._connect, args=(client,),
                                 daemon=True).start()

    def _connect(self, client):
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.path)
        except OSError:
            client.close()
            return
        for source, sink, answers in ((client, server, False),
                                      (server, client, True)):
            threading.Thread(target=self._pass, args=(source, sink, answers),
                             daemon=True).start()

    def _pass(self, source, sink, answers):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                time.sleep(max(0, self.held_until - time.monotonic()))
                if answers and time.monotonic() < self.lost_until:
                    break
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
